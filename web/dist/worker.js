// The service worker: it keeps the files of the phone app, so that the app
// starts and shows what is known without a network. It keeps no answers of the
// API; those are each child's own, in IndexedDB. The build puts in the names of
// the files, and so renews it when one of them changes.

const version = '3860814ad409';
const files = ["/","/icon-192.png","/icon-512.png","/icon.svg","/manifest.webmanifest","/assets/Picture-CFW4NFwd.css","/assets/Picture-g51urtS0.js","/assets/Rows-D76_DVIl.js","/assets/Rows-cmGZMZof.css","/assets/Trail-DDfLL9jl.css","/assets/Trail-yC2d68G-.js","/assets/art-B8B0Yu5y.svg","/assets/style-B_yS3rHy.css","/assets/visitor-5YpAi-Pl.css","/assets/visitor-I72y6v_e.js"];

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
