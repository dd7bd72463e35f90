// The question that follows a catch.

import { words } from './language.svelte';

const en = {
  title: 'A question',
  worth: (n: number) => (n === 1 ? '1 point for the right answer' : `${n} points for the right answer`),
  right: 'Right!',
  wrong: (answer: string) => `Not quite. It is: ${answer}`,
};

const de: typeof en = {
  title: 'Eine Frage',
  worth: (n) => (n === 1 ? '1 Punkt für die richtige Antwort' : `${n} Punkte für die richtige Antwort`),
  right: 'Richtig!',
  wrong: (answer) => `Nicht ganz. Richtig ist: ${answer}`,
};

const fr: typeof en = {
  title: 'Une question',
  worth: (n) => `${n} ${n <= 1 ? 'point' : 'points'} pour la bonne réponse`,
  right: 'Bravo !',
  wrong: (answer) => `Pas tout à fait. C'est : ${answer}`,
};

export const t = words({ en, de, fr });
