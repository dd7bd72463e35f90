import { speech } from '../../words/language.svelte';
import { t } from '../../words/staff-settings';

export const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

const day = (date: Date, options: Intl.DateTimeFormatOptions) => date.toLocaleDateString(speech.language, { timeZone: 'UTC', ...options });

// weekday names a day of the week, whole or short.
export const weekday = (name: string, form: 'long' | 'short' = 'long'): string =>
  day(new Date(Date.UTC(2024, 0, 1 + weekdays.indexOf(name as 'monday'))), { weekday: form }); // which began on a Monday

export const month = (n: number): string => day(new Date(Date.UTC(2024, n - 1, 1)), { month: 'long' });

// dated writes a day with its day of the week.
export const dated = (iso: string): string => day(new Date(`${iso}T00:00:00Z`), { weekday: 'long', day: 'numeric', month: 'long' });

// fieldName says which value a path is: "Until (2)".
export function fieldName(path: string): string {
  const name: unknown = t.fields[(path.split('.').pop() ?? '').replace(/\[.*/, '') as 'from'];
  const line = /\[(\d+)\]/.exec(path);
  return typeof name === 'string' ? (line ? `${name} (${Number(line[1]) + 1})` : name) : path;
}

// shown gives a value of a history with its days in the reader's language.
export const shown = (text: string): string =>
  text.split(/( · |, )/).map((word) => (weekdays.includes(word as 'monday') ? weekday(word) : word === 'closed' ? t.closed : word)).join('');
