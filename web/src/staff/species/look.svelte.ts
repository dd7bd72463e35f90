// What of the list is looked at; it stays while one edits a species.
type Look = { search: string; display: '' | 'on' | 'off'; missing: '' | 'en' | 'de' | 'fr'; sort: 'number' | 'name'; offset: number };
export const look = $state<Look>({ search: '', display: '', missing: '', sort: 'number', offset: 0 });
