// Who is signed in, and the calls they make. A call that is answered "not
// signed in" leads to the sign-in page; what was typed stays where it is.

import { ask, Problem, type Answer, type Details, type Method, type PathsOf, type Schemas } from '../api';

export type Me = Schemas['StaffMe'];
export type Role = Me['role'];

// link is what came after # from a link that works once. It is taken out of
// the address at once, so that it stays in no history.
function takeLink(): { link: string; owner: string } | undefined {
  const given = new URLSearchParams(location.hash.slice(1));
  const link = given.get('link');
  if (!link) return undefined;
  history.replaceState(null, '', location.pathname);
  return { link, owner: given.get('for') ?? '' };
}

export const session = $state<{ me?: Me; known: boolean; away: boolean; link?: { link: string; owner: string } }>({
  known: false, // whether it is known who is signed in
  away: false, // a session ended while somebody worked
  link: takeLink(),
});

const ranks: Role[] = ['editor', 'keeper', 'admin'];

// may tells whether who is signed in has a role, or more.
export const may = (role: Role): boolean => ranks.indexOf(session.me?.role ?? 'editor') >= ranks.indexOf(role);

export async function call<M extends Method, P extends PathsOf<M>>(method: M, path: P, details: Details<M, P>): Promise<Answer<M, P>> {
  try {
    return await ask(method, path, details);
  } catch (error) {
    if (error instanceof Problem && error.kind === 'no-session' && session.me) session.away = true;
    throw error;
  }
}

export function enter(me: Me) {
  session.me = me;
  session.known = true;
  session.away = false;
  session.link = undefined;
}

export function leave() {
  session.me = undefined;
  session.away = false;
}

// begin finds out who is signed in in this browser.
export async function begin() {
  try {
    enter(await ask('get', '/staff/v1/session', {}));
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 401) throw error;
    session.known = true;
  }
}
