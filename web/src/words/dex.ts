// The collection.

import { words } from './language.svelte';

const en = {
  title: 'My animals',
  number: (n: number) => `No. ${n}`,
  caught: 'caught',
  notYet: 'not caught yet',
};

const de: typeof en = {
  title: 'Meine Tiere',
  number: (n) => `Nr. ${n}`,
  caught: 'gefangen',
  notYet: 'noch nicht gefangen',
};

const fr: typeof en = {
  title: 'Mes animaux',
  number: (n) => `N° ${n}`,
  caught: 'attrapé',
  notYet: 'pas encore attrapé',
};

export const t = words({ en, de, fr });
