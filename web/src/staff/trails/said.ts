import { t as species } from '../../words/staff-species';
import { t } from '../../words/staff-trails';

// pathName says which part of a trail a path is: "Name (German)".
export function pathName(path: string): string {
  const [first, language, field] = path.split('.');
  if (first === 'texts') return `${t[field as 'name']} (${species[language as 'en']})`;
  const step = /^steps\[(\d+)\]/.exec(path);
  if (step) return t.step(Number(step[1]) + 1);
  const name: unknown = t[first as 'name'];
  return typeof name === 'string' ? name : path;
}

// shown gives a value as text.
export function shown(value: unknown): string {
  if (Array.isArray(value)) return value.map((s: { species?: string; group?: string }) => s.species ?? s.group).join(', ') || '—';
  if (typeof value === 'boolean') return value ? species.yes : species.no;
  return String(value ?? '') || '—';
}
