// What can be chosen for a species, in the language of the desk.

import type { Schemas } from '../../api';
import { speech } from '../../words/language.svelte';
import { call } from '../session.svelte';

export const options = $state<{ value?: Schemas['StaffOptions']; language?: string }>({});

// wantOptions reads them when there are none in this language yet.
export function wantOptions() {
  const language = speech.language;
  if (options.language === language) return;
  options.language = language;
  call('get', '/staff/v1/options', {}).then(
    (value) => (options.value = value),
    () => (options.language = undefined),
  );
}
