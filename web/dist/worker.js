// The service worker: it keeps the files of the phone app, so that the app
// starts and shows what is known without a network; and the zoo's pictures that
// were seen. It keeps no other answers of the API; those are each child's own,
// in IndexedDB. The build puts in the names of the files, and so renews it when
// one of them changes.

const version = '714439a3e174';
const files = ["/","/icon-192.png","/icon-512.png","/icon.svg","/manifest.webmanifest","/assets/Picture-BsFE5hZj.js","/assets/Picture-DUJu-PVI.css","/assets/Rows-BSNHE5sK.js","/assets/Rows-cmGZMZof.css","/assets/Trail-CbmOBtS2.css","/assets/Trail-fo5NjXPB.js","/assets/art-B8B0Yu5y.svg","/assets/style-B_yS3rHy.css","/assets/visitor-D1OoUJU5.css","/assets/visitor-D6rgWMeS.js"];

// How many pictures are kept: of the collection, and of cards. The first that
// came go first. Together they have about 50 MB.
const most = { thumbnails: 1000, cards: 250 };

self.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(version)
      .then((cache) => cache.addAll(files.map((file) => new Request(file, { cache: file.startsWith('/assets/') ? 'default' : 'reload' }))))
      .then(() => self.skipWaiting()),
  );
});

// Pages that are open go on with the files of the version before.
self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((kept) => Promise.all(kept.filter((name) => name !== version && !(name in most)).slice(0, -1).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener('fetch', (event) => {
  const { method, url, mode } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== 'GET' || origin !== location.origin) return;
  if (pathname === '/' && mode === 'navigate') {
    event.respondWith(caches.open(version).then((cache) => cache.match('/')).then((page) => page ?? fetch(event.request)));
  } else if (pathname.startsWith('/assets/') || files.includes(pathname)) {
    event.respondWith(caches.match(pathname).then((file) => file ?? fetch(event.request)));
  } else if (pathname.startsWith('/v1/pictures/')) {
    event.respondWith(picture(event, pathname));
  }
});

// picture gives a picture as it was kept, for it never changes.
async function picture(event, pathname) {
  const name = pathname.endsWith('/thumbnail') ? 'thumbnails' : 'cards';
  const cache = await caches.open(name).catch(() => undefined); // no room, or not allowed
  const kept = await cache?.match(pathname);
  if (kept) return kept;
  const answer = await fetch(event.request);
  if (answer.ok && cache) event.waitUntil(keep(cache, pathname, answer.clone(), most[name]).catch(() => undefined));
  return answer;
}

async function keep(cache, pathname, answer, most) {
  await cache.put(pathname, answer);
  const all = await cache.keys();
  await Promise.all(all.slice(0, Math.max(0, all.length - most)).map((old) => cache.delete(old)));
}
