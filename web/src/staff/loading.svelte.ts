// What a page shows of a call: the last answer, or why there is none. Made in
// a component, it is called anew when something changes that the call reads.

export class Loading<T> {
  value = $state.raw<T>();
  error = $state.raw<unknown>();
  busy = $state(true);
  #turn = 0;

  constructor(readonly ask: () => Promise<T>) {}

  load = async () => {
    const turn = ++this.#turn;
    const asked = this.ask();
    this.busy = true;
    try {
      const value = await asked;
      if (turn === this.#turn) [this.value, this.error] = [value, undefined];
    } catch (error) {
      if (turn === this.#turn) this.error = error;
    } finally {
      if (turn === this.#turn) this.busy = false;
    }
  };
}

export function loading<T>(ask: () => Promise<T>): Loading<T> {
  const l = new Loading(ask);
  $effect(() => void l.load());
  return l;
}

// growing is a list that comes page by page: show begins anew, more adds what
// follows after the last page, or after what it is given.
export function growing<T>(page: (from?: string) => Promise<{ items: T[]; next?: string }>) {
  let from: string | undefined;
  const list: Loading<{ items: T[]; next?: string }> = new Loading(async () => {
    const asked = from;
    const { items, next } = await page(asked);
    return { items: [...(asked ? list.value?.items ?? [] : []), ...items], next };
  });
  const go = (start?: string) => {
    from = start;
    void list.load();
  };
  return { list, show: () => go(), more: (after = list.value?.next) => go(after) };
}
