// What happens in the zoo, followed for as long as the page is open: over lost
// networks, services that start again, and new versions of this page.

import type { Schemas } from '../api';
import { speech } from '../words/language.svelte';
import { listen } from './stream';

export type Today = Schemas['Today'];
export type Catch = Schemas['Catch'];
export type Page = Schemas['Page'];

export const live = $state({
  today: undefined as Today | undefined,
  now: Date.now(), // by the service's clock: screens' own may be wrong
  heard: 0, // when the service was last heard of
  connected: false,
  fresh: 0, // when an animal was last seen to be caught
  paused: false,
});

const address = '/v1/zoo/today/live';
const soonest = 1_000; // until another try
const latest = 15_000;
const asleep = 20_000; // longer than the service is ever silent
const settled = 8_000; // after which a service is taken to stay

let ahead = 0; // how far the service's clock is ahead of ours, in milliseconds
let last = ''; // id of the last event
let connection = new AbortController();
let held: Today | undefined; // what would be shown, were it not paused

const clock = () => Date.now() + ahead;

// follow keeps `live` as it is in the zoo until it is told to stop.
export function follow(): () => void {
  const control = new AbortController();
  const ticking = setInterval(() => (live.now = clock()), 1_000);
  document.addEventListener('visibilitychange', woken);
  void run(control.signal);
  return () => {
    control.abort();
    clearInterval(ticking);
    document.removeEventListener('visibilitychange', woken);
  };
}

// A phone that slept may hold a connection that died meanwhile.
function woken() {
  if (!document.hidden && clock() - live.heard > asleep) connection.abort();
}

async function run(signal: AbortSignal) {
  for (let wait = soonest; !signal.aborted; wait = Math.min(wait * 2, latest)) {
    const headers: Record<string, string> = { 'Accept-Language': speech.language };
    if (last) headers['Last-Event-ID'] = last;
    connection = new AbortController();
    signal.onabort = () => connection.abort();
    await listen(address, headers, connection.signal, (answer) => {
      wait = soonest;
      alive(answer);
    }, (event) => {
      show(JSON.parse(event.data) as Today);
      last = event.id;
    }).catch(() => undefined);
    live.connected = false;
    if (!signal.aborted) await pause(wait * (0.75 + Math.random() / 2));
  }
}

function alive(answer: Response) {
  if (!live.connected) {
    const theirs = Date.parse(answer.headers.get('Date') ?? '');
    ahead = Number.isNaN(theirs) ? 0 : theirs - Date.now();
    if (live.heard) void renew();
  }
  live.now = live.heard = clock();
  live.connected = true;
}

function show(today: Today) {
  if (live.paused) {
    held = today;
    return;
  }
  const before = live.today?.latest?.[0];
  const first = today.latest?.[0];
  if (live.today && first && (!before || first.slug !== before.slug || first.times > before.times)) live.fresh = clock();
  live.today = today;
}

// pause waits, or until the network is said to be back.
function pause(milliseconds: number): Promise<void> {
  return new Promise((done) => {
    const over = () => {
      clearTimeout(timer);
      removeEventListener('online', over);
      done();
    };
    const timer = setTimeout(over, milliseconds);
    addEventListener('online', over);
  });
}

// renew loads the page anew if the service that came back has another version
// of it: nobody does so by hand at a screen on a wall. It waits until the service
// has stayed a while, since a browser that finds none shows its own page for ever.
async function renew() {
  await new Promise((done) => setTimeout(done, settled * (1 + Math.random() / 2)));
  const script = document.querySelector<HTMLScriptElement>('script[type=module][src]');
  if (!live.connected || !script) return;
  try {
    const answer = await fetch(location.pathname, { cache: 'no-store' });
    const page = await answer.text();
    if (answer.ok && page.includes('id="page"') && !page.includes(new URL(script.src).pathname)) location.reload();
  } catch {
    // with the next connection
  }
}

// halt holds the page still, for those whom movement disturbs, or lets it go on.
export function halt() {
  live.paused = !live.paused;
  if (!live.paused && held) show(held);
  held = undefined;
}
