// A species while somebody edits it. What was typed is kept until it is saved
// or given up, also while one looks at another page.

import { Problem, type Schemas } from '../../api';
import { type Clash, get, meet, same, set } from '../parts/clash';
import { call } from '../session.svelte';

export type Facts = Schemas['StaffFacts'];
export type Species = Schemas['StaffSpecies'];
export const languages = ['en', 'de', 'fr'] as const;
export const texts = ['name', 'habitat', 'diet', 'sleep', 'surprise'] as const;

// paths are the facts that an edit may change, each with a way to it.
const own = ['scientificName', 'class', 'order', 'family', 'group', 'conservation', 'continents', 'activity', 'awake', 'sleepHours', 'rarity', 'keys', 'art', 'picture', 'onDisplay'] as const;
export type Path = (typeof own)[number] | `texts.${(typeof languages)[number]}.${(typeof texts)[number]}`;
export const paths: Path[] = [...own, ...languages.flatMap((l) => texts.map((f): Path => `texts.${l}.${f}`))];

const factsOf = (s: Facts): Facts => {
  const { scientificName, class: c, order, family, group, conservation, continents, activity, awake, sleepHours, rarity, keys, art, picture, onDisplay, texts } = s;
  return structuredClone($state.snapshot({ scientificName, class: c, order, family, group, conservation, continents, activity, awake, sleepHours, rarity, keys, art, picture, onDisplay, texts })) as Facts;
};

const text = () => ({ name: '', habitat: '', diet: '', sleep: '', surprise: '' });
const blank = (): Facts => ({
  scientificName: '', class: 'Mammalia', order: '', family: '', group: 'mammal', conservation: 'LC', continents: [], activity: 'day', awake: ['08:00-18:00'],
  sleepHours: 0, rarity: 3, keys: [], art: '', picture: '', onDisplay: true, texts: { en: text(), de: text(), fr: text() },
});

export class Draft {
  base = $state.raw<Species>(); // as it was read; undefined for a new one
  facts = $state<Facts>(blank());
  slug = $state('');
  clashes = $state.raw<Clash[]>([]);
  faster = $state(''); // who was, if somebody was
  saved = $state.raw<number>(); // the version before what was just saved
  changed = $derived(paths.filter((p) => !same(get(this.facts, p), get(this.base ?? blank(), p))));

  begin(s: Species) {
    this.base = s;
    this.facts = factsOf(s);
    this.slug = s.slug;
    this.clashes = [];
    this.faster = '';
  }

  give = (path: string, value: unknown) => set(this.facts, path, structuredClone(value));
  giveUp = () => (this.base ? this.begin(this.base) : (this.facts = blank()));

  // save stores the facts. If somebody was faster, what only they changed is
  // taken over, and what both changed is laid open; nothing is stored yet.
  async save(): Promise<Species | undefined> {
    this.saved = undefined;
    if (!this.base) {
      const made = await call('post', '/staff/v1/species', { body: { slug: this.slug, ...factsOf(this.facts) } });
      this.begin(made);
      return made;
    }
    try {
      const before = this.base.version;
      this.begin(await call('put', '/staff/v1/species/{slug}', { values: { slug: this.slug }, version: before, body: factsOf(this.facts) }));
      if (this.base.version !== before) this.saved = before;
      return this.base;
    } catch (error) {
      if (!(error instanceof Problem) || error.kind !== 'edited-meanwhile') throw error;
    }
    this.meet(await call('get', '/staff/v1/species/{slug}', { values: { slug: this.slug } }));
    return undefined;
  }

  private meet(theirs: Species) {
    this.clashes = $state.snapshot(meet(paths, this.base!, this.facts, theirs));
    [this.base, this.faster] = [theirs, theirs.editedBy ?? '?'];
  }
}

const drafts = new Map<string, Draft>();

// draftOf gives the draft of a species, '+' is a new one; call load with it.
export function draftOf(slug: string): Draft {
  let d = drafts.get(slug);
  if (!d) drafts.set(slug, (d = new Draft()));
  return d;
}

export async function load(d: Draft, slug: string) {
  if (slug === '+') return;
  const now = await call('get', '/staff/v1/species/{slug}', { values: { slug } });
  if (!d.base || d.changed.length === 0) d.begin(now);
}

export const forget = (slug: string) => drafts.delete(slug);

addEventListener('beforeunload', (event) => {
  if ([...drafts.values()].some((d) => d.base && d.changed.length > 0)) event.preventDefault();
});
