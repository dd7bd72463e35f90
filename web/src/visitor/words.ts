// Every string of the page, in every language; the API's sentences come from
// the API. The page speaks the first of the browser's languages that it knows.

const words = {
  en: {
    catch: 'Catch an animal',
    looking: 'Looking…',
    hint: 'Take a photo of an animal, or choose one.',
    private: 'The photo is looked at and forgotten. No name, no account.',
    collection: 'My collection',
    caughtOf: (caught: number, total: number) => `${caught} of ${total} animals`,
    points: (n: number) => (n === 1 ? '1 point' : `${n} points`),
    caught: 'Caught!',
    seen: 'Seen again',
    unsure: 'Not sure yet',
    nothing: 'No animal found',
    stranger: 'Does not live here',
    earned: (n: number) => `+${n} points`,
    maybe: 'It may be:',
    eats: 'Eats',
    lives: 'Lives',
    sleeps: 'Sleeps',
    status: 'Status',
    wow: 'Did you know?',
    notYet: 'not caught yet',
    times: (n: number) => (n === 1 ? 'seen once' : `seen ${n} times`),
    offline: 'No network. The photo waits here; try again.',
    unreadable: 'This picture cannot be opened. Choose another one.',
    again: 'Try again',
    close: 'Close',
  },
  de: {
    catch: 'Tier fangen',
    looking: 'Ich schaue…',
    hint: 'Fotografiere ein Tier oder wähle ein Foto.',
    private: 'Das Foto wird angeschaut und vergessen. Kein Name, kein Konto.',
    collection: 'Meine Sammlung',
    caughtOf: (caught: number, total: number) => `${caught} von ${total} Tieren`,
    points: (n: number) => (n === 1 ? '1 Punkt' : `${n} Punkte`),
    caught: 'Gefangen!',
    seen: 'Wieder gesehen',
    unsure: 'Noch nicht sicher',
    nothing: 'Kein Tier gefunden',
    stranger: 'Lebt hier nicht',
    earned: (n: number) => `+${n} Punkte`,
    maybe: 'Es könnte sein:',
    eats: 'Frisst',
    lives: 'Lebt',
    sleeps: 'Schläft',
    status: 'Status',
    wow: 'Wusstest du das?',
    notYet: 'noch nicht gefangen',
    times: (n: number) => (n === 1 ? 'einmal gesehen' : `${n}-mal gesehen`),
    offline: 'Kein Netz. Das Foto wartet hier; versuche es noch einmal.',
    unreadable: 'Dieses Bild lässt sich nicht öffnen. Wähle ein anderes.',
    again: 'Noch einmal',
    close: 'Schließen',
  },
  fr: {
    catch: 'Attraper un animal',
    looking: 'Je regarde…',
    hint: 'Prends un animal en photo ou choisis une photo.',
    private: "La photo est regardée puis oubliée. Pas de nom, pas de compte.",
    collection: 'Ma collection',
    caughtOf: (caught: number, total: number) => `${caught} animaux sur ${total}`,
    points: (n: number) => (n <= 1 ? `${n} point` : `${n} points`),
    caught: 'Attrapé !',
    seen: 'Revu',
    unsure: 'Pas encore sûr',
    nothing: 'Aucun animal trouvé',
    stranger: "N'habite pas ici",
    earned: (n: number) => `+${n} points`,
    maybe: "C'est peut-être :",
    eats: 'Mange',
    lives: 'Vit',
    sleeps: 'Dort',
    status: 'Statut',
    wow: 'Le savais-tu ?',
    notYet: 'pas encore attrapé',
    times: (n: number) => (n === 1 ? 'vu une fois' : `vu ${n} fois`),
    offline: "Pas de réseau. La photo attend ici ; réessaie.",
    unreadable: "Cette image ne s'ouvre pas. Choisis-en une autre.",
    again: 'Réessayer',
    close: 'Fermer',
  },
};

type Language = keyof typeof words;

function preferred(): Language {
  for (const tag of navigator.languages) {
    const primary = tag.slice(0, 2).toLowerCase();
    if (primary in words) return primary as Language;
  }
  return 'en';
}

export const language = preferred();
export const t = words[language];
