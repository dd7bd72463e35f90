// Calls of the API, with the types of its document: paths, methods, values and
// answers that are not in openapi.json do not compile.

import type { components, paths } from './openapi';
import { t } from './words/shell';
import { speech } from './words/language.svelte';

export type Schemas = components['schemas'];

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';
export type Path = keyof paths;
export type PathsOf<M extends Method> = { [P in Path]: undefined extends paths[P][M] ? never : P }[Path];

type JSONOf<R> = R extends { content: { 'application/json': infer Body } } ? Body : undefined;
type Good<R> = R extends { 201: infer A; 200: infer B } ? JSONOf<A> | JSONOf<B>
  : R extends { 200: infer A } | { 201: infer A } | { 204: infer A } ? JSONOf<A>
  : never;

// Answer is what a call answers when all is well; undefined for no content.
export type Answer<M extends Method, P extends Path> = paths[P][M] extends { responses: infer R } ? Good<R> : never;

type ValuesOf<O> = O extends { parameters: { path: infer V extends object } } ? { values: V } : { values?: undefined };
type BodyOf<O> = O extends { requestBody: { content: { 'image/jpeg': unknown } } } ? { photo: BodyInit }
  : O extends { requestBody: { content: { 'application/json': infer B } } } ? { body: B }
  : { body?: undefined };
type QueryOf<O> = O extends { parameters: { query?: infer Q } } ? { query?: Q } : { query?: undefined };

// Details of a call: values for the {names} of its path, what it takes, whose
// token goes with it, how many milliseconds it may take, and which version of
// something is edited: its number, or what tagOf gave.
export type Details<M extends Method, P extends Path> = ValuesOf<paths[P][M]> & BodyOf<paths[P][M]> & QueryOf<paths[P][M]> & {
  token?: string;
  patience?: number;
  version?: number | string;
};

// Problem is an answer that says what went wrong, in the visitor's language.
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly kind: string, // the last word of its type: "locked"
    readonly title: string,
    detail: string,
    readonly id: string,
    readonly wait: number, // seconds after which it is worth another try
    readonly wrong: { field: string; message: string }[] = [], // values that were refused: "texts.de.name"
  ) {
    super(detail);
  }

  // passing problems are worth another try with the same photo.
  get passing(): boolean {
    return this.status >= 500 || this.status === 408 || this.status === 429;
  }

  // text is the whole problem in a line, with the id to tell staff.
  get text(): string {
    return [`${this.title}.`, this.message, this.id && `(${this.id})`].filter(Boolean).join(' ');
  }
}

const tags = new WeakMap<object, string>();

// tagOf gives the version of what an answer told of, for the edit that follows.
export const tagOf = (answer: object): string => tags.get(answer) ?? '';

// ask makes a call. It throws a Problem for an answer that is one, and any
// other error if nothing was answered: then there is no network.
export async function ask<M extends Method, P extends PathsOf<M>>(method: M, path: P, details: Details<M, P>): Promise<Answer<M, P>> {
  const { values, body, photo, query, token, patience = 20_000, version } = details as {
    values?: Record<string, string | number>; body?: unknown; photo?: BodyInit; query?: Record<string, unknown>; token?: string; patience?: number;
    version?: number | string;
  };
  let address = (path as string).replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(values?.[name] ?? ''));
  const asked = Object.entries(query ?? {}).filter(([, v]) => v !== undefined).map(([k, v]) => [k, String(v)]);
  if (asked.length > 0) address += `?${new URLSearchParams(asked)}`;
  const headers: Record<string, string> = { 'Accept-Language': speech.language };
  if (version !== undefined) headers['If-Match'] = typeof version === 'string' ? version : `"${version}"`;
  if (token) headers.Authorization = `Bearer ${token}`;
  if (photo) headers['Content-Type'] = 'image/jpeg';
  if (body !== undefined) headers['Content-Type'] = 'application/json';

  const control = new AbortController();
  const timer = setTimeout(() => control.abort(), patience);
  try {
    const answer = await fetch(address, {
      method: method.toUpperCase(), headers, signal: control.signal, cache: 'no-store',
      body: photo ?? (body === undefined ? undefined : JSON.stringify(body)),
    });
    if (!answer.ok) throw await problemOf(answer);
    const told = answer.status === 204 ? undefined : await answer.json();
    const tag = answer.headers.get('ETag');
    if (tag && told) tags.set(told, tag);
    return told as Answer<M, P>;
  } finally {
    clearTimeout(timer);
  }
}

// What is not a problem of ours comes from something on the way to us.
async function problemOf(answer: Response): Promise<Problem> {
  const p = await answer.json().catch(() => ({ title: t.trouble }));
  const wait = Number(answer.headers.get('Retry-After')) || 0;
  const wrong = ((p.errors ?? []) as { location?: string; message?: string }[]).map((e) => ({ field: (e.location ?? '').replace(/^body\./, ''), message: e.message ?? '' }));
  return new Problem(answer.status, String(p.type ?? '').split(':').pop() ?? '', p.title ?? t.trouble, p.detail ?? '', p.id ?? String(answer.status), wait, wrong);
}
