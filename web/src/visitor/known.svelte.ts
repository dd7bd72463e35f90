// Answers of the API that a screen shows: at once as they were last known on
// this phone, then as they are. Without a network the former stay, with the
// time they are from.
//
//   const badges = known('/v1/badges');      in a component's script
//   {#if badges.value} … {/if}  <Stale of={badges} />
//
// They are asked for anew when another child takes the phone, the language
// changes, or something was earned: news() says so.

import { untrack } from 'svelte';
import { Problem, type Answer, type Details, type PathsOf } from '../api';
import { speech } from '../words/language.svelte';
import { asChild, me } from './family.svelte';
import { recall, remember } from './memory';

const changes = $state({ count: 0 });

// news has everything that is shown asked for anew.
export const news = () => void changes.count++;

type Gettable = PathsOf<'get'>;
type Asked<P extends Gettable> = Pick<Details<'get', P>, keyof Details<'get', P> & ('values' | 'query')>;

export class Known<T> {
  value = $state.raw<T>();
  at = $state(0); // when it was answered
  busy = $state(false);
  problem = $state.raw<Problem>();
  offline = $state(false); // nothing was answered just now
  again: () => void = () => undefined;
}

// always follows a call for as long as the page is open.
export function always<T>(follow: () => T): T {
  let followed!: T;
  $effect.root(() => void (followed = follow()));
  return followed;
}

// known follows a call for as long as the component lives. Where details gives
// undefined nothing is asked.
export function known<P extends Gettable>(path: P, details: () => Asked<P> | undefined = () => ({}) as Asked<P>): Known<Answer<'get', P>> {
  const shown = new Known<Answer<'get', P>>();
  let before = '';
  $effect(() => {
    void changes.count;
    const asked = details();
    const child = me();
    const name = JSON.stringify([path, asked]);
    const language = speech.language;
    const about = [child.key, name, language].join();
    let over = false;

    async function load() {
      if (!asked) return;
      shown.busy = true;
      const last = about === before ? undefined : await recall(child.key, name, language);
      if (over) return;
      if (about !== before) {
        before = about;
        shown.value = last?.value as Answer<'get', P> | undefined;
        shown.at = last?.at ?? 0;
      }
      try {
        const value = await asChild(child, 'get', path, asked as Details<'get', P>);
        void remember(child.key, name, language, value);
        if (over) return;
        Object.assign(shown, { value, at: Date.now(), problem: undefined, offline: false });
      } catch (error) {
        if (over) return;
        shown.problem = error instanceof Problem ? error : undefined;
        shown.offline = !shown.problem;
      } finally {
        if (!over) shown.busy = false;
      }
    }
    shown.again = load;
    addEventListener('online', load);
    untrack(load);
    return () => {
      over = true;
      removeEventListener('online', load);
    };
  });
  return shown;
}
