// What this phone keeps in IndexedDB: answers of the API, so that everything
// already seen can be read without a network; captures that wait to be sent;
// and which animals recognition hesitated between, so that "that is not what I
// saw" works later too. Where there is no IndexedDB nothing is kept.

import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { Place } from './place';

export interface Waiting {
  id: string;
  child: string;
  at: number; // when the photo was taken, in milliseconds
  photo: ArrayBuffer; // a JPEG
  type: string;
  place?: Place; // where it was taken, if the phone knew
  refused?: string; // what was answered that another try will not change
}

export interface Remembered {
  value: unknown;
  at: number;
}

export interface Caught {
  id: string; // of the capture
  child: string;
  slug: string;
  at: number;
  others: { slug: string; name: string }[]; // what else it may be
}

interface Schema extends DBSchema {
  answers: { key: [child: string, path: string, language: string]; value: Remembered };
  waiting: { key: string; value: Waiting };
  caught: { key: string; value: Caught; indexes: { of: [child: string, slug: string] } };
}

type Store = 'answers' | 'waiting' | 'caught';

let opened: Promise<IDBPDatabase<Schema> | undefined> | undefined;

async function open() {
  try {
    return await openDB<Schema>('zoodex', 1, {
      upgrade(db) {
        db.createObjectStore('answers');
        db.createObjectStore('waiting', { keyPath: 'id' });
        db.createObjectStore('caught', { keyPath: 'id' }).createIndex('of', ['child', 'slug']);
      },
      terminated: () => (opened = undefined),
    });
  } catch {
    return undefined; // private mode, or not allowed
  }
}

const database = () => (opened ??= open());

const everything = (child: string) => IDBKeyRange.bound([child], [child, []]);

export async function remember(child: string, path: string, language: string, value: unknown) {
  const db = await database();
  await db?.put('answers', { value, at: Date.now() }, [child, path, language]).catch(() => undefined); // it can be asked for again
}

// recall gives what was answered last, in another language if need be.
export async function recall(child: string, path: string, language: string): Promise<Remembered | undefined> {
  const db = await database();
  if (!db) return undefined;
  const own = await db.get('answers', [child, path, language]);
  return own ?? (await db.getAll('answers', IDBKeyRange.bound([child, path], [child, path, []])))[0];
}

// wait keeps a capture; it fails where there is no room or no IndexedDB.
export async function wait(capture: Waiting) {
  const db = await database();
  if (!db) throw new Error('this browser has no IndexedDB');
  await db.put('waiting', capture);
}

export const waiting = async (): Promise<Waiting[]> => (await (await database())?.getAll('waiting')) ?? [];
export const waited = async (id: string) => (await database())?.delete('waiting', id);

export const noteCaught = async (caught: Caught) => (await database())?.put('caught', caught).catch(() => undefined);

export const forgetCaught = async (id: string) => (await database())?.delete('caught', id);

// lastCaught gives the latest capture of a species that this phone made.
export async function lastCaught(child: string, slug: string): Promise<Caught | undefined> {
  const all = (await (await database())?.getAllFromIndex('caught', 'of', [child, slug])) ?? [];
  return all.sort((a, b) => b.at - a.at)[0];
}

// forget removes everything about a child.
export async function forget(child: string) {
  const db = await database();
  if (!db) return;
  const change = db.transaction(['answers', 'waiting', 'caught'] satisfies Store[], 'readwrite');
  await change.objectStore('answers').delete(everything(child));
  for (const store of ['waiting', 'caught'] as const) {
    for (const one of await change.objectStore(store).getAll()) {
      if (one.child === child) await change.objectStore(store).delete(one.id);
    }
  }
  await change.done;
}
