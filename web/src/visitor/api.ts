// The calls of this page. A visitor is made on the first one, and kept in the
// browser's storage.

import { language } from './words';

export type Progress = { caught: number; total: number; points: number };
export type Name = { slug: string; name: string; scientificName: string };
export type Facts = {
  conservation: { code: string; name: string };
  continents: string[];
  habitat: string;
  diet: string;
  sleep: string;
  surprise: string;
};
export type Captured = {
  id: string;
  outcome: 'caught' | 'seen' | 'unsure' | 'nothing' | 'stranger';
  species?: Name & { number: number; facts: Facts };
  candidates: (Name & { confidence: number })[];
  why: string;
  earned: { points: number };
  progress: Progress;
};
export type DexPage = Name & { number: number; caught: boolean; timesSeen: number };
export type Dex = { progress: Progress; species: DexPage[] };
export type SpeciesPage = Name & { number: number; facts: Facts; timesSeen: number };

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
}

const tokenKey = 'zoodex.token';

async function call<T>(method: string, path: string, token: string | null, body?: Blob): Promise<T> {
  const headers: Record<string, string> = { 'Accept-Language': language };
  if (token) headers.Authorization = `Bearer ${token}`;
  const answer = await fetch(path, { method, headers, body });
  if (answer.ok) return answer.json();
  const p = await answer.json().catch(() => ({ title: answer.statusText, detail: '', id: '' }));
  throw new Problem(answer.status, p.title, p.detail, p.id);
}

let joining: Promise<string> | null = null;

function join(): Promise<string> {
  joining ??= call<{ token: string }>('POST', '/v1/visitors', null)
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
