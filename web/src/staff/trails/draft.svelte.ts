// A trail while somebody edits it. What was typed is kept until it is saved or
// given up, also while one looks at another page.

import { Problem, tagOf, type Schemas } from '../../api';
import { type Clash, get, meet, same, set } from '../parts/clash';
import { call } from '../session.svelte';

export type Plan = Schemas['StaffTrailPlan'];
export const languages = ['en', 'de', 'fr'] as const;
const paths = ['ordered', 'from', 'until', 'points', 'art', 'steps', ...languages.flatMap((l) => [`texts.${l}.name`, `texts.${l}.text`])];

const caption = () => ({ name: '', text: '' });
const blank = (): Plan => ({ ordered: false, from: '', until: '', points: 30, art: 'signpost', texts: { en: caption(), de: caption(), fr: caption() }, steps: [] });
const planOf = ({ ordered, from, until, points, art, texts, steps }: Plan): Plan => structuredClone($state.snapshot({ ordered, from, until, points, art, texts, steps })) as Plan;

export class Draft {
  base = $state.raw<Plan>(); // as it was read; undefined for a new one
  plan = $state<Plan>(blank());
  key = $state('');
  clashes = $state.raw<Clash[]>([]);
  faster = $state('');
  saved = $state(false);
  changed = $derived(paths.filter((p) => !same(get(this.plan, p), get(this.base ?? blank(), p))));
  #tag = '';

  get tag() {
    return this.#tag;
  }

  begin(now: Schemas['StaffTrailDraft']) {
    this.#tag = tagOf(now);
    [this.base, this.plan, this.key] = [planOf(now), planOf(now), now.key ?? ''];
    [this.clashes, this.faster] = [[], ''];
  }

  give = (path: string, value: unknown) => set(this.plan, path, structuredClone(value));
  giveUp = () => void (this.plan = this.base ? planOf(this.base) : blank());

  // save stores the trail. If somebody was faster, what only they changed is
  // taken over, and what both changed is laid open; nothing is stored yet.
  async save(): Promise<boolean> {
    this.saved = false;
    const values = { key: this.key };
    if (!this.base) {
      this.begin(await call('post', '/staff/v1/trails', { body: { key: this.key || undefined, ...planOf(this.plan) } }));
      return true;
    }
    try {
      this.begin(await call('put', '/staff/v1/trails/{key}', { values, version: this.#tag, body: planOf(this.plan) }));
      return (this.saved = true);
    } catch (error) {
      if (!(error instanceof Problem) || error.kind !== 'edited-meanwhile') throw error;
    }
    const theirs = await call('get', '/staff/v1/trails/{key}', { values });
    const { versions } = await call('get', '/staff/v1/trails/{key}/versions', { values, query: { limit: 1 } });
    this.clashes = $state.snapshot(meet(paths, this.base, this.plan, planOf(theirs))) as Clash[];
    [this.base, this.faster, this.#tag] = [planOf(theirs), versions[0]?.who || '?', tagOf(theirs)];
    return false;
  }
}

const drafts = new Map<string, Draft>();

// draftOf gives the draft of a trail, '+' is a new one; call load with it.
export function draftOf(key: string): Draft {
  let d = drafts.get(key);
  if (!d) drafts.set(key, (d = new Draft()));
  return d;
}

export async function load(d: Draft, key: string) {
  if (key === '+') return;
  const now = await call('get', '/staff/v1/trails/{key}', { values: { key } });
  if (!d.base || d.changed.length === 0) d.begin(now);
}

export const forget = (key: string) => drafts.delete(key);

addEventListener('beforeunload', (event) => {
  if ([...drafts.values()].some((d) => d.base && d.changed.length > 0)) event.preventDefault();
});
