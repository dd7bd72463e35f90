// The trail that was just deleted here, to be brought back.

export const deleted = $state<{ trail?: { key: string; name: string } }>({});
