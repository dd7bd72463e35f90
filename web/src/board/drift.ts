// Where the picture stands on the screen: it wanders in a slow loop, a step a
// minute, so that no edge burns in.

const minute = 60_000;

// drift gives how far it is from the middle, each way from -1 to 1. The loop
// takes 77 minutes and passes through no point twice in a row.
export function drift(now: number): [x: number, y: number] {
  const step = Math.floor(now / minute);
  return [Math.sin((2 * Math.PI * step) / 11), Math.sin((2 * Math.PI * step) / 7)];
}
