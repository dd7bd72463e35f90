// The service worker: it keeps the files of the phone app, so that the app
// starts and shows what is known without a network. It keeps no answers of the
// API; those are each child's own, in IndexedDB. The build puts in the names of
// the files, and so renews it when one of them changes.

const version = '8734065efdae';
const files = ["/","/icon-192.png","/icon-512.png","/icon.svg","/manifest.webmanifest","/assets/Picture-BjbojFWf.js","/assets/Picture-CFW4NFwd.css","/assets/Rows-DeODFeG8.js","/assets/Rows-cmGZMZof.css","/assets/art-B8B0Yu5y.svg","/assets/route-BB-4B9iw.css","/assets/route.svelte-Bd7UL_LW.js","/assets/style-B_yS3rHy.css","/assets/visitor-BCK0Vzeo.css","/assets/visitor-Dk6TImZZ.js"];

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
      .then((kept) => Promise.all(kept.filter((name) => name !== version).slice(0, -1).map((name) => caches.delete(name))))
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
  }
});
