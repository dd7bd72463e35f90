// The lesson that was just deleted here, to be brought back.

export const deleted = $state<{ lesson?: { species: string; name: string } }>({});
