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
