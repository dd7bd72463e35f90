// Where in the app one is: the words after # in the address, which the back
// button of the phone knows too. "#/dex/lion" is ['dex', 'lion'].

const read = () => location.hash.replace(/^#\/?/, '').split('/').filter(Boolean).map(decodeURIComponent);

export const route = $state({ path: read() });

let steps = 0; // taken within the app, and not gone back

addEventListener('hashchange', () => (route.path = read()));

// to gives the address of a place, for links.
export const to = (...path: string[]) => `#/${path.map(encodeURIComponent).join('/')}`;

export function go(...path: string[]) {
  if (to(...path) === location.hash) return;
  steps++;
  location.hash = to(...path);
}

// leave goes back to where one came from, or else to a place.
export function leave(...path: string[]) {
  if (steps > 0) {
    steps--;
    history.back();
  } else {
    instead(...path);
  }
}

// instead goes to a place and leaves no trace of where one is now.
export function instead(...path: string[]) {
  location.replace(to(...path));
}
