// Numbers and days as people here write them, and which days to name below a chart.

import { scaleUtc } from 'd3-scale';
import { speech } from '../../words/language.svelte';
import { t } from '../../words/staff-visits';

export const number = (n: number): string => n.toLocaleString(speech.language);

const utc = (day: string) => new Date(`${day}T00:00:00Z`);
const write = (date: Date, options: Intl.DateTimeFormatOptions) => date.toLocaleDateString(speech.language, { ...options, timeZone: 'UTC' });

export const dayName = (day: string): string => write(utc(day), { dateStyle: 'medium' });
export const hourName = (hour: number): string => `${hour}–${hour + 1}`;

export function dayMarks(days: string[]): { at: number; text: string }[] {
  const all = scaleUtc().domain([utc(days[0]), utc(days[days.length - 1])]).ticks(7).filter((tick) => tick.getTime() % 864e5 === 0);
  const ticks = all.length > 0 ? all : [utc(days[0])];
  const months = ticks.length > 1 && ticks.every((tick) => tick.getUTCDate() === 1);
  return ticks.map((tick) => ({
    at: (tick.getTime() - utc(days[0]).getTime()) / 864e5,
    text: write(tick, months ? { month: 'short', year: 'numeric' } : { day: 'numeric', month: 'short' }),
  }));
}

// summary says what a chart shows to those who do not see it.
export function summary(what: string, values: number[], names: string[]): string {
  const most = Math.max(0, ...values);
  const total = values.reduce((sum, value) => sum + value, 0);
  return total === 0 ? `${what}: ${t.none}` : t.told(what, number(total), number(most), names[values.indexOf(most)]);
}
