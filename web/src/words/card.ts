// The card of an animal and its facts.

import type { Schemas } from '../api';
import { words } from './language.svelte';

type Code = Schemas['Conservation']['code'];
type Activity = Schemas['Facts']['activity'];

const en = {
  doubt: 'Not what you saw?',
  instead: 'Which of these did you see?',
  none: 'none of these',
  eats: 'Eats',
  lives: 'Lives',
  sleeps: 'Sleeps',
  status: 'In the wild',
  wow: 'Did you know?',
  home: 'Home',
  number: (n: number) => `No. ${n}`,
  visits: (n: number) => (n === 1 ? 'seen on 1 visit' : `seen on ${n} visits`),
  aloud: 'Read to me',
  quiet: 'Stop reading',
  awake: 'Awake now',
  asleep: 'Asleep now',
  hours: (n: number) => `${n} hours of sleep a day`,
  activity: (a: Activity) => ({ day: 'up by day', night: 'up by night', twilight: 'up at dusk and dawn', anytime: 'up at any time' })[a],
  clock: (spans: string) => `usually awake ${spans}`,
  conservation: (code: Code) =>
    ({
      EX: 'There are none left, anywhere.',
      EW: 'There are none left in the wild, only in zoos and parks.',
      CR: 'Only very few are left. Without help they will be gone soon.',
      EN: 'There are few left, and ever fewer. They need help.',
      VU: 'They are growing fewer. If nothing changes, it gets dangerous for them.',
      NT: 'They are still doing well enough, but people keep an eye on them.',
      LC: 'There are many of them, and they are doing well.',
      DD: 'Nobody knows exactly how many there are.',
      NE: 'Nobody has counted them yet.',
    })[code],
  locked: 'Still a secret',
  find: 'Find this animal and catch it, then its page opens.',
  rarity: (n: number) => ['', 'Everybody finds it.', 'Easy, with a little luck.', 'Sometimes it hides.', 'It is seldom seen.', 'Hardly anybody ever finds it.'][n] ?? '',
};

const de: typeof en = {
  doubt: 'Nicht das, was du gesehen hast?',
  instead: 'Welches davon hast du gesehen?',
  none: 'keines davon',
  eats: 'Frisst',
  lives: 'Lebt',
  sleeps: 'Schläft',
  status: 'In der Wildnis',
  wow: 'Wusstest du das?',
  home: 'Heimat',
  number: (n) => `Nr. ${n}`,
  visits: (n) => (n === 1 ? 'bei 1 Besuch gesehen' : `bei ${n} Besuchen gesehen`),
  aloud: 'Lies mir vor',
  quiet: 'Nicht mehr vorlesen',
  awake: 'Jetzt wach',
  asleep: 'Schläft jetzt',
  hours: (n) => `${n} Stunden Schlaf am Tag`,
  activity: (a) => ({ day: 'am Tag wach', night: 'in der Nacht wach', twilight: 'in der Dämmerung wach', anytime: 'zu jeder Zeit wach' })[a],
  clock: (spans) => `meist wach ${spans}`,
  conservation: (code) =>
    ({
      EX: 'Es gibt keine mehr, nirgendwo.',
      EW: 'In der Wildnis gibt es keine mehr, nur noch in Zoos und Parks.',
      CR: 'Es sind nur noch ganz wenige. Ohne Hilfe sind sie bald verschwunden.',
      EN: 'Es sind wenige, und es werden immer weniger. Sie brauchen Hilfe.',
      VU: 'Es werden weniger. Wenn sich nichts ändert, wird es gefährlich für sie.',
      NT: 'Noch geht es ihnen gut genug, aber man behält sie im Auge.',
      LC: 'Es gibt viele von ihnen, und es geht ihnen gut.',
      DD: 'Niemand weiß genau, wie viele es gibt.',
      NE: 'Noch hat sie niemand gezählt.',
    })[code],
  locked: 'Noch ein Geheimnis',
  find: 'Finde dieses Tier und fang es, dann öffnet sich seine Seite.',
  rarity: (n) => ['', 'Das finden alle.', 'Leicht, mit ein wenig Glück.', 'Manchmal versteckt es sich.', 'Man sieht es selten.', 'Kaum jemand findet es je.'][n] ?? '',
};

const fr: typeof en = {
  doubt: "Ce n'est pas ce que tu as vu ?",
  instead: 'Lequel as-tu vu ?',
  none: 'aucun de ceux-là',
  eats: 'Mange',
  lives: 'Vit',
  sleeps: 'Dort',
  status: 'Dans la nature',
  wow: 'Le savais-tu ?',
  home: 'Origine',
  number: (n) => `N° ${n}`,
  visits: (n) => (n === 1 ? 'vu lors de 1 visite' : `vu lors de ${n} visites`),
  aloud: 'Lis-moi',
  quiet: 'Arrête de lire',
  awake: 'Éveillé maintenant',
  asleep: 'Il dort maintenant',
  hours: (n) => `${n} heures de sommeil par jour`,
  activity: (a) => ({ day: 'éveillé le jour', night: 'éveillé la nuit', twilight: 'éveillé au crépuscule', anytime: 'éveillé à toute heure' })[a],
  clock: (spans) => `d'ordinaire éveillé ${spans}`,
  conservation: (code) =>
    ({
      EX: "Il n'y en a plus, nulle part.",
      EW: "Il n'y en a plus dans la nature, seulement dans les zoos et les parcs.",
      CR: "Il n'en reste que très peu. Sans aide, ils auront bientôt disparu.",
      EN: "Ils sont peu nombreux, et de moins en moins. Ils ont besoin d'aide.",
      VU: 'Ils sont de moins en moins nombreux. Si rien ne change, ils seront en danger.',
      NT: 'Ils vont encore assez bien, mais on les surveille.',
      LC: 'Ils sont nombreux et vont bien.',
      DD: "Personne ne sait exactement combien il y en a.",
      NE: "Personne ne les a encore comptés.",
    })[code],
  locked: 'Encore un secret',
  find: "Trouve cet animal et attrape-le : sa page s'ouvrira.",
  rarity: (n) => ['', 'Tout le monde le trouve.', 'Facile, avec un peu de chance.', 'Parfois, il se cache.', 'On le voit rarement.', "Presque personne ne l'a jamais trouvé."][n] ?? '',
};

export const t = words({ en, de, fr });
