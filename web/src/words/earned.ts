// Levels, and what else is earned.

import { words } from './language.svelte';

const en = {
  level: (n: number) => `Level ${n}`,
  missing: (points: number, next: string) => (points === 1 ? `1 point to “${next}”` : `${points} points to “${next}”`),
  visits: (n: number) => (n === 1 ? '1 visit with animals' : `${n} visits with animals`),
};

const de: typeof en = {
  level: (n) => `Stufe ${n}`,
  missing: (points, next) => (points === 1 ? `Noch 1 Punkt bis „${next}“` : `Noch ${points} Punkte bis „${next}“`),
  visits: (n) => (n === 1 ? '1 Besuch mit Tieren' : `${n} Besuche mit Tieren`),
};

const fr: typeof en = {
  level: (n) => `Niveau ${n}`,
  missing: (points, next) => `Encore ${points} ${points <= 1 ? 'point' : 'points'} jusqu'à « ${next} »`,
  visits: (n) => `${n} ${n <= 1 ? 'visite' : 'visites'} avec des animaux`,
};

export const t = words({ en, de, fr });
