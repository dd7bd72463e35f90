// The collection.

import { words } from './language.svelte';

const en = {
  title: 'My animals',
  number: (n: number) => `No. ${n}`,
  caught: 'caught',
  notYet: 'not caught yet',
  search: 'Search',
  group: 'Kind of animal',
  allGroups: 'All kinds',
  continent: 'Where from',
  allContinents: 'The whole world',
  open: 'Not caught yet',
  found: (n: number) => (n === 1 ? '1 animal is shown' : `${n} animals are shown`),
  none: 'No animal is called that.',
  everything: 'Show all',
};

const de: typeof en = {
  title: 'Meine Tiere',
  number: (n) => `Nr. ${n}`,
  caught: 'gefangen',
  notYet: 'noch nicht gefangen',
  search: 'Suchen',
  group: 'Art von Tier',
  allGroups: 'Alle Tiere',
  continent: 'Woher',
  allContinents: 'Die ganze Welt',
  open: 'Noch nicht gefangen',
  found: (n) => (n === 1 ? '1 Tier wird gezeigt' : `${n} Tiere werden gezeigt`),
  none: 'So heißt hier kein Tier.',
  everything: 'Alle zeigen',
};

const fr: typeof en = {
  title: 'Mes animaux',
  number: (n) => `N° ${n}`,
  caught: 'attrapé',
  notYet: 'pas encore attrapé',
  search: 'Chercher',
  group: "Sorte d'animal",
  allGroups: 'Tous',
  continent: "D'où",
  allContinents: 'Le monde entier',
  open: 'Pas encore attrapés',
  found: (n) => (n <= 1 ? `${n} animal affiché` : `${n} animaux affichés`),
  none: "Aucun animal ne s'appelle ainsi.",
  everything: 'Tout montrer',
};

export const t = words({ en, de, fr });
