// Small things that this browser keeps over a reload. Where it keeps nothing
// (private mode, no room) they hold until the page is closed.

const memory = new Map<string, string>();

export function kept<T>(key: string): T | undefined {
  let text: string | null | undefined;
  try {
    text = localStorage.getItem(key);
  } catch {
    // not allowed
  }
  text ??= memory.get(key);
  try {
    return text ? (JSON.parse(text) as T) : undefined;
  } catch {
    return undefined;
  }
}

// keep tells whether it will still be there after the page was closed.
export function keep(key: string, value: unknown): boolean {
  const text = JSON.stringify(value);
  memory.set(key, text);
  try {
    localStorage.setItem(key, text);
    return true;
  } catch {
    return false;
  }
}
