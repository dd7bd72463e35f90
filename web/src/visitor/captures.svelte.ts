// Captures on their way. A capture is kept on the phone before it is sent, and
// until its answer was heard; it is sent under the same id however often, so
// that it counts once. What waits is shown, and sent when the network is back.

import { Problem } from '../api';
import type { Captured } from './collection';
import { asChild, family, me } from './family.svelte';
import { newID } from './id';
import { news } from './known.svelte';
import { noteCaught, wait, waited, waiting, type Waiting } from './memory';
import type { Place } from './place';

export interface Arrived {
  capture: Waiting;
  answer: Captured;
}

export const captures = $state<{
  waiting: Waiting[]; // the oldest first
  unsaved: boolean; // some are only on this page, since the phone has no room
  sending: boolean;
  arrived: Arrived[]; // answers to what had waited, to be shown
}>({ waiting: [], unsaved: false, sending: false, arrived: [] });

const unsaved = new Set<string>(); // ids of captures that are only on this page
const slow = 120_000; // milliseconds after which a capture is sent with its time

// take keeps a photo as a capture of the child who holds the phone.
export async function take(photo: Blob, place?: Place): Promise<Waiting> {
  const capture: Waiting = { id: newID(), child: me().key, at: Date.now(), photo: await photo.arrayBuffer(), type: photo.type, place };
  try {
    await wait(capture);
  } catch {
    unsaved.add(capture.id);
  }
  return capture;
}

function list(waiting: Waiting[]) {
  captures.waiting = waiting;
  captures.unsaved = waiting.some((c) => unsaved.has(c.id));
}

// drop takes a capture out of what waits.
export async function drop(id: string) {
  await waited(id);
  unsaved.delete(id);
  list(captures.waiting.filter((c) => c.id !== id));
}

function hold(capture: Waiting) {
  list([...captures.waiting.filter((c) => c.id !== capture.id), capture].sort((a, b) => a.at - b.at));
}

const underWay = new Map<string, Promise<Captured>>();

// send sends a capture and gives its answer. It fails as the call fails; what
// another try may mend waits for it.
export function send(capture: Waiting): Promise<Captured> {
  const already = underWay.get(capture.id);
  if (already) return already;
  const sent = deliver(capture).finally(() => underWay.delete(capture.id));
  underWay.set(capture.id, sent);
  return sent;
}

// later has a capture that is under way for too long wait; its answer will be
// shown when it comes.
export function later(capture: Waiting) {
  hold(capture);
  send(capture).then((answer) => void captures.arrived.push({ capture, answer }), () => undefined);
}

async function deliver(capture: Waiting): Promise<Captured> {
  const child = family.children.find((c) => c.key === capture.child);
  if (!child) {
    await drop(capture.id);
    throw new Error('the child has left this phone');
  }
  const photo = new Blob([capture.photo], { type: capture.type });
  const put = (at?: string) => asChild(child, 'put', '/v1/captures/{id}', { values: { id: capture.id }, photo, query: { at, place: capture.place }, patience: 60_000 });
  let answer: Captured;
  try {
    answer = await put(Date.now() - capture.at > slow ? new Date(capture.at).toISOString() : undefined).catch((error) => {
      // This phone's clock runs ahead: let the service's hold.
      if (error instanceof Problem && error.kind === 'capture-in-the-future') return put();
      throw error;
    });
  } catch (error) {
    if (!(error instanceof Problem) || error.passing) hold(capture);
    else await refuse(capture, error);
    throw error;
  }
  const slug = answer.species?.slug;
  const others = (answer.candidates ?? []).filter((c) => c.slug !== slug).map(({ slug, name }) => ({ slug, name }));
  if (slug) await noteCaught({ id: capture.id, child: child.key, slug, at: capture.at, others });
  await drop(capture.id);
  news();
  return answer;
}

// What waited and can never be accepted stays to be seen, with the reason; what
// was just taken does not, since the reason is on the screen.
async function refuse(capture: Waiting, problem: Problem) {
  if (!captures.waiting.some((c) => c.id === capture.id)) return drop(capture.id);
  const refused = { ...capture, refused: problem.text };
  hold(refused);
  if (!unsaved.has(capture.id)) await wait(refused).catch(() => undefined);
}

// sendAll sends what waits, one after the other, until the network fails.
export async function sendAll(): Promise<void> {
  if (captures.sending) return;
  captures.sending = true;
  try {
    for (const capture of captures.waiting) {
      if (capture.refused || underWay.has(capture.id)) continue;
      try {
        const answer = await send(capture);
        captures.arrived.push({ capture, answer });
      } catch (error) {
        if (!(error instanceof Problem) || error.passing) return;
      }
    }
  } finally {
    captures.sending = false;
  }
}

const patience = 20_000; // milliseconds between two tries, while something waits

// follow loads what waits and keeps sending it, for as long as the page is open.
export async function follow() {
  list((await waiting()).sort((a, b) => a.at - b.at));
  addEventListener('online', () => void sendAll());
  document.addEventListener('visibilitychange', () => void (document.hidden || sendAll()));
  addEventListener('beforeunload', (event) => {
    if (captures.unsaved) event.preventDefault();
  });
  setInterval(() => void (navigator.onLine && sendAll()), patience);
  await sendAll();
}
