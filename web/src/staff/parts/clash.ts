// What two people changed of one thing, by paths of words: "texts.de.name".

export type Clash = { path: string; mine: unknown; theirs: unknown };

export const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

export const get = (of: object, path: string): unknown => path.split('.').reduce<unknown>((at, word) => (at as Record<string, unknown>)[word], of);

export function set(of: object, path: string, value: unknown) {
  const words = path.split('.');
  const last = words.pop()!;
  (words.reduce<unknown>((at, word) => (at as Record<string, unknown>)[word], of) as Record<string, unknown>)[last] = value;
}

// meet takes over into mine what only they changed since it was read, and gives
// what both changed, and otherwise.
export function meet(paths: readonly string[], was: object, mine: object, now: object): Clash[] {
  const clashes: Clash[] = [];
  for (const path of paths) {
    const [before, ours, theirs] = [was, mine, now].map((of) => get(of, path));
    if (same(before, theirs) || same(ours, theirs)) continue;
    if (same(before, ours)) set(mine, path, structuredClone(theirs));
    else clashes.push({ path, mine: ours, theirs });
  }
  return clashes;
}
