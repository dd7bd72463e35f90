// What every screen shows of the child who holds the phone.

import type { Schemas } from '../api';
import { always, known } from './known.svelte';

export type Captured = Schemas['Captured'];
export type CaughtSpecies = Schemas['CaughtSpecies'];
export type DexPage = Schemas['DexPage'];

export const dex = always(() => known('/v1/dex'));
export const profile = always(() => known('/v1/me'));

export const pageOf = (slug: string): DexPage | undefined => dex.value?.species?.find((page) => page.slug === slug);
