import { t } from '../../words/staff-species';

// pathName says which fact a path is: "Habitat (German)".
export function pathName(path: string): string {
  const [first, language, field] = path.split('.');
  if (first === 'texts') return `${t[field as 'name']} (${t[language as 'en']})`;
  return t[first.replace(/\[.*/, '') as 'name'] ?? path;
}

const id = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

// shown gives a value as text.
export const shown = (value: unknown): string => (typeof value === 'string' && id.test(value) ? t.ownPicture(value.slice(-4)) : (Array.isArray(value) ? value.join(' ') : String(value ?? '')) || '—');
