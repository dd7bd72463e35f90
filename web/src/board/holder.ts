// The child who holds this phone, as the app has kept it; undefined on a screen
// that nobody plays with.

import { kept } from '../visitor/keep';
import type { Child } from '../visitor/family.svelte';

export function holder(): Child | undefined {
  const family = kept<{ children: Child[]; current: string }>('zoodex.family');
  const child = family?.children?.find((c) => c.key === family.current);
  return child?.token ? child : undefined;
}
