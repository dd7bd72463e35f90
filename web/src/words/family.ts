// The children on a phone, and what parents want to know and set.

import { words } from './language.svelte';

const en = {
  title: 'Who is playing?',
  another: 'Another child',
  language: 'Language',
  credits: 'Who made the pictures',
};

const de: typeof en = {
  title: 'Wer spielt?',
  another: 'Noch ein Kind',
  language: 'Sprache',
  credits: 'Von wem die Bilder sind',
};

const fr: typeof en = {
  title: 'Qui joue ?',
  another: 'Un autre enfant',
  language: 'Langue',
  credits: 'Qui a fait les images',
};

export const t = words({ en, de, fr });
