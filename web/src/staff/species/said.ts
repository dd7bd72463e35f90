import { t } from '../../words/staff-species';

// pathName says which fact a path is: "Habitat (German)".
export function pathName(path: string): string {
  const [first, language, field] = path.split('.');
  if (first === 'texts') return `${t[field as 'name']} (${t[language as 'en']})`;
  return t[first.replace(/\[.*/, '') as 'name'] ?? path;
}

// shown gives a value as text.
export const shown = (value: unknown): string => (Array.isArray(value) ? value.join(' ') : String(value ?? '')) || '—';
