// Where a child stands among the others.

import { words } from './language.svelte';

const en = {
  periods: { today: 'Today', week: 'Week', season: 'Season', ever: 'Ever' },
  period: 'Since when',
  place: (rank: number, of: number) => `Place ${rank} of ${of}`,
  would: (rank: number) => `You would be in place ${rank}`,
  noPoints: 'No points yet in this time.',
  yes: 'Yes, let others see my place',
  no: 'Take me off again',
  private: 'Only you see this. Others see you when you say yes, under your made-up name, with your points. You can change your mind at any time.',
  public: (name: string) => `Others see you here as ${name}, with your points.`,
  empty: 'Nobody stands here yet.',
  board: 'To the big board',
  groups: 'My groups',
};

const de: typeof en = {
  periods: { today: 'Heute', week: 'Woche', season: 'Saison', ever: 'Immer' },
  period: 'Seit wann',
  place: (rank, of) => `Platz ${rank} von ${of}`,
  would: (rank) => `Du wärst auf Platz ${rank}`,
  noPoints: 'In dieser Zeit noch keine Punkte.',
  yes: 'Ja, andere dürfen meinen Platz sehen',
  no: 'Nimm mich wieder herunter',
  private: 'Das siehst nur du. Andere sehen dich, wenn du Ja sagst, unter deinem erfundenen Namen, mit deinen Punkten. Das kannst du jederzeit ändern.',
  public: (name) => `Andere sehen dich hier als ${name}, mit deinen Punkten.`,
  empty: 'Hier steht noch niemand.',
  board: 'Zur großen Tafel',
  groups: 'Meine Gruppen',
};

const fr: typeof en = {
  periods: { today: 'Jour', week: 'Semaine', season: 'Saison', ever: 'Toujours' },
  period: 'Depuis quand',
  place: (rank, of) => `Place ${rank} sur ${of}`,
  would: (rank) => `Tu serais à la place ${rank}`,
  noPoints: 'Pas encore de points sur cette période.',
  yes: 'Oui, les autres peuvent voir ma place',
  no: 'Retire-moi du tableau',
  private: "Tu es seul à voir ceci. Les autres te voient si tu dis oui, sous ton nom inventé, avec tes points. Tu peux changer d'avis à tout moment.",
  public: (name) => `Les autres te voient ici sous le nom ${name}, avec tes points.`,
  empty: 'Personne ici pour le moment.',
  board: 'Vers le grand tableau',
  groups: 'Mes groupes',
};

export const t = words({ en, de, fr });
