// What of the numbers is looked at; it stays while one is on other pages.
type Look = { span: '7' | '30' | '365' | 'other'; from: string; until: string; order: 'most' | 'least' };
export const look = $state<Look>({ span: '30', from: '', until: '', order: 'most' });

// asked is its days, as a call asks for them.
export const asked = () =>
  look.span === 'other' ? { from: look.from || undefined, until: look.until || undefined } : { days: Number(look.span) };
