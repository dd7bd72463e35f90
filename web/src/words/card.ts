// The card of an animal and its facts.

import { words } from './language.svelte';

const en = {
  doubt: 'Not what you saw?',
  instead: 'Which of these did you see?',
  none: 'none of these',
  eats: 'Eats',
  lives: 'Lives',
  sleeps: 'Sleeps',
  status: 'In the wild',
  wow: 'Did you know?',
  home: 'Home',
  number: (n: number) => `No. ${n}`,
  visits: (n: number) => (n === 1 ? 'seen on 1 visit' : `seen on ${n} visits`),
};

const de: typeof en = {
  doubt: 'Nicht das, was du gesehen hast?',
  instead: 'Welches davon hast du gesehen?',
  none: 'keines davon',
  eats: 'Frisst',
  lives: 'Lebt',
  sleeps: 'Schläft',
  status: 'In der Wildnis',
  wow: 'Wusstest du das?',
  home: 'Heimat',
  number: (n) => `Nr. ${n}`,
  visits: (n) => (n === 1 ? 'bei 1 Besuch gesehen' : `bei ${n} Besuchen gesehen`),
};

const fr: typeof en = {
  doubt: "Ce n'est pas ce que tu as vu ?",
  instead: 'Lequel as-tu vu ?',
  none: 'aucun de ceux-là',
  eats: 'Mange',
  lives: 'Vit',
  sleeps: 'Dort',
  status: 'Dans la nature',
  wow: 'Le savais-tu ?',
  home: 'Origine',
  number: (n) => `N° ${n}`,
  visits: (n) => (n === 1 ? 'vu lors de 1 visite' : `vu lors de ${n} visites`),
};

export const t = words({ en, de, fr });
