// The calls of this page. A visitor is made on the first one, and kept in the
// browser's storage.

import type { components } from '../openapi';
import { language, t } from './words';

type Schemas = components['schemas'];
export type Captured = Schemas['Captured'];
export type CaughtSpecies = Schemas['CaughtSpecies'];
export type Dex = Schemas['Dex'];
export type DexPage = Schemas['DexPage'];
export type SpeciesPage = Schemas['SpeciesPage'];

// Problem is an answer that says what went wrong, in the visitor's language.
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    detail: string,
    readonly id: string,
  ) {
    super(detail);
  }

  // passing problems are worth another try with the same photo.
  get passing(): boolean {
    return this.status >= 500 || this.status === 408 || this.status === 429;
  }
}

const tokenKey = 'zoodex.token';

async function call<T>(method: string, path: string, token: string | null, body?: Blob): Promise<T> {
  const headers: Record<string, string> = { 'Accept-Language': language };
  if (token) headers.Authorization = `Bearer ${token}`;
  const answer = await fetch(path, { method, headers, body });
  if (answer.ok) return answer.json();
  // What is not a problem of ours comes from something on the way to us.
  const p = await answer.json().catch(() => ({ title: t.trouble, detail: '', id: String(answer.status) }));
  throw new Problem(answer.status, p.title, p.detail, p.id);
}

let joining: Promise<string> | null = null;

function join(): Promise<string> {
  joining ??= call<Schemas['NewVisitor']>('POST', '/v1/visitors', null)
    .then((visitor) => {
      localStorage.setItem(tokenKey, visitor.token);
      return visitor.token;
    })
    .finally(() => (joining = null));
  return joining;
}

async function asVisitor<T>(method: string, path: string, body?: Blob): Promise<T> {
  const token = localStorage.getItem(tokenKey) ?? (await join());
  try {
    return await call<T>(method, path, token, body);
  } catch (error) {
    if (!(error instanceof Problem && error.status === 401)) throw error;
    // The visitor was erased, on another phone perhaps: begin anew.
    localStorage.removeItem(tokenKey);
    return call<T>(method, path, await join(), body);
  }
}

export const dex = () => asVisitor<Dex>('GET', '/v1/dex');
export const species = (slug: string) => asVisitor<SpeciesPage>('GET', `/v1/species/${slug}`);
export const capture = (id: string, photo: Blob) => asVisitor<Captured>('PUT', `/v1/captures/${id}`, photo);
