// The children on this phone. Each is a visitor of the API with a token of
// their own, made when the network first allows; which picture stands for a
// child is known to the phone alone.

import { ask, Problem, type Answer, type Details, type Method, type PathsOf } from '../api';
import { newID } from './id';
import { keep, kept } from './keep';
import { forget } from './memory';

export interface Child {
  key: string; // names the child on this phone
  art: string;
  id?: string; // the visitor's
  token?: string; // missing until the API has made the visitor
  nickname?: string;
  passCode?: string; // if it was made on this phone
}

interface Kept {
  children: Child[];
  current: string;
}

const place = 'zoodex.family';

// Pictures that a child may choose from, as the art is called.
export const faces = ['lion', 'giant-panda', 'koala', 'tiger', 'king-penguin', 'ocellaris-clownfish', 'greater-flamingo', 'asian-small-clawed-otter',
  'linnaeus-two-toed-sloth', 'polar-bear', 'western-honey-bee', 'plains-zebra'];

export const family = $state<{ children: Child[]; current: string; lasting: boolean; erased: boolean }>(begin());

function begin() {
  const before = kept<Kept>(place);
  const children = before?.children?.length ? before.children : [newChild([])];
  const current = children.some((c) => c.key === before?.current) ? before!.current : children[0].key;
  const lasting = keep(place, { children, current });
  return { children, current, lasting, erased: false };
}

function newChild(others: Child[]): Child {
  const free = faces.filter((face) => others.every((c) => c.art !== face));
  const choice = free.length > 0 ? free : faces;
  return { key: newID(), art: choice[Math.floor(Math.random() * choice.length)] };
}

function save() {
  family.lasting = keep(place, { children: family.children, current: family.current });
}

// me is the child who holds the phone.
export const me = (): Child => family.children.find((c) => c.key === family.current) ?? family.children[0];

export function switchTo(key: string) {
  family.current = key;
  save();
}

// addChild begins a new collection, or goes on with one whose token is known.
export function addChild(known: Partial<Child> = {}) {
  const child = { ...newChild(family.children), ...known };
  family.children.push(child);
  switchTo(child.key);
}

export function change(child: Child, what: Partial<Child>) {
  Object.assign(child, what);
  save();
}

// removeChild takes a child off this phone, with everything kept of them.
export async function removeChild(key: string) {
  family.children = family.children.filter((c) => c.key !== key);
  if (family.children.length === 0) family.children = [newChild([])];
  if (family.current === key) family.current = family.children[0].key;
  save();
  await forget(key);
}

const joining = new Map<string, Promise<string>>();

function join(child: Child): Promise<string> {
  const already = joining.get(child.key);
  if (already) return already;
  const made = ask('post', '/v1/visitors', {})
    .then(({ id, token, nickname, passCode }) => {
      change(child, { id, token, nickname, passCode });
      return token;
    })
    .finally(() => joining.delete(child.key));
  joining.set(child.key, made);
  return made;
}

// asChild makes a call with a child's token.
export async function asChild<M extends Method, P extends PathsOf<M>>(child: Child, method: M, path: P, details: Details<M, P>): Promise<Answer<M, P>> {
  const token = child.token ?? (await join(child));
  try {
    return await ask(method, path, { ...details, token });
  } catch (error) {
    if (!(error instanceof Problem && error.status === 401)) throw error;
    // The visitor was erased, on another phone perhaps: begin anew.
    if (child.token === token) {
      change(child, { id: undefined, token: undefined, nickname: undefined, passCode: undefined });
      family.erased = true;
    }
    return ask(method, path, { ...details, token: child.token ?? (await join(child)) });
  }
}

// asMe makes a call as the child who holds the phone.
export const asMe = <M extends Method, P extends PathsOf<M>>(method: M, path: P, details: Details<M, P>) => asChild(me(), method, path, details);
