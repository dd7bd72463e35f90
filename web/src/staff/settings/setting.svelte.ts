// A setting while somebody changes it. What was typed is kept when somebody
// else was faster: their change is in the history, and saving again is on it.

import { Problem, tagOf } from '../../api';
import { Deed } from '../../parts/deed.svelte';

const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

export class Setting<T extends object> {
  base = $state.raw<T>(); // as it was read
  value = $state<T>(); // as it is to be
  saved = $state(false);
  story = $state(0); // counts the changes that are seen here
  deed = new Deed();
  changed = $derived(JSON.stringify(this.base) !== JSON.stringify(this.value));

  constructor(readonly read: () => Promise<T>, readonly write: (value: T, version: string) => Promise<T>) {}

  begin = (now: T) => {
    this.base = now;
    this.value = copy(now);
    this.story++;
  };
  load = () => this.deed.run(async () => this.begin(await this.read()));
  giveUp = () => {
    this.deed.error = undefined;
    if (this.base) this.value = copy(this.base);
  };

  save = async () => {
    this.saved = false;
    await this.deed.run(async () => {
      try {
        this.begin(await this.write(copy($state.snapshot(this.value) as T), tagOf(this.base!)));
        this.saved = true;
      } catch (error) {
        if (error instanceof Problem && error.kind === 'edited-meanwhile') {
          this.base = await this.read();
          this.story++;
        }
        throw error;
      }
    });
  };

  // wrong says what is wrong with a field.
  wrong = (field: string): string => {
    const error = this.deed.error;
    return error instanceof Problem ? error.wrong.filter((w) => w.field === field).map((w) => w.message).join('; ') : '';
  };
}
