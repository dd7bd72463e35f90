import { speech } from '../../words/language.svelte';

// moment says when something was, as people here write it.
export const moment = (iso: string | undefined): string =>
  iso ? new Date(iso).toLocaleString(speech.language, { dateStyle: 'medium', timeStyle: 'short' }) : '';
