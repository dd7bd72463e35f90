// Server-sent events, read by fetch rather than EventSource: that does not tell
// of the service's remarks (": nothing new"), by which a connection that died
// quietly is known from a zoo in which nothing happens.

export interface Event {
  id: string;
  name: string;
  data: string;
}

const silence = 40_000; // the service says something every 15 seconds
const longest = 1 << 20; // of an event, in characters

// listen tells of each event, and of each sign of life, until the stream ends;
// then it throws.
export async function listen(address: string, headers: Record<string, string>, signal: AbortSignal, alive: (answer: Response) => void, heard: (event: Event) => void) {
  const control = new AbortController();
  const stop = () => control.abort();
  let watch = setTimeout(stop, silence);
  signal.addEventListener('abort', stop);
  try {
    const answer = await fetch(address, { headers, signal: control.signal, cache: 'no-store' });
    if (!answer.ok || !answer.body) throw new Error(`answered ${answer.status}`);
    const reader = answer.body.getReader();
    const decoder = new TextDecoder();
    for (let text = ''; ; ) {
      const { done, value } = await reader.read();
      if (done) throw new Error('the stream has ended');
      clearTimeout(watch);
      watch = setTimeout(stop, silence);
      alive(answer);
      const blocks = (text + decoder.decode(value, { stream: true })).split('\n\n');
      text = blocks.pop()!;
      if (text.length > longest) throw new Error('an event is too long');
      for (const block of blocks) {
        const event = parse(block);
        if (event.data) heard(event);
      }
    }
  } finally {
    clearTimeout(watch);
    signal.removeEventListener('abort', stop);
    control.abort();
  }
}

function parse(block: string): Event {
  const event = { id: '', name: '', data: '' };
  for (const line of block.split('\n')) {
    const [, key, value] = /^(id|event|data): ?(.*)$/.exec(line) ?? [];
    if (key) event[key === 'event' ? 'name' : (key as 'id' | 'data')] = value;
  }
  return event;
}
