// Something that a touch asks for and a call has to do: whether it is under way,
// and why it failed the last time.

export class Deed {
  busy = $state(false);
  error = $state.raw<unknown>();

  async run(work: () => Promise<unknown>) {
    this.busy = true;
    this.error = undefined;
    try {
      await work();
    } catch (error) {
      this.error = error;
    } finally {
      this.busy = false;
    }
  }
}
