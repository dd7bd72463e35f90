// What frames every screen: the tabs, closing and trying again, the network.

import { words } from './language.svelte';

const en = {
  camera: 'Camera',
  dex: 'Dex',
  earned: 'Earned',
  tabs: 'Parts of the app',
  family: 'Family and settings',
  points: (n: number) => (n === 1 ? '1 point' : `${n} points`),
  caughtOf: (caught: number, total: number) => `${caught} of ${total} animals`,
  close: 'Close',
  back: 'Back',
  again: 'Try again',
  no: 'No',
  wait: 'One moment…',
  offline: 'No network right now.',
  asOf: (when: string) => `No network. This is from ${when}.`,
  trouble: 'Something on the way does not answer.',
  erased: 'This collection was erased on another phone. A new one begins here.',
  forgetful: 'This browser keeps nothing when it is closed. Keep the page open, or leave private mode.',
};

const de: typeof en = {
  camera: 'Kamera',
  dex: 'Dex',
  earned: 'Verdient',
  tabs: 'Teile der App',
  family: 'Familie und Einstellungen',
  points: (n) => (n === 1 ? '1 Punkt' : `${n} Punkte`),
  caughtOf: (caught, total) => `${caught} von ${total} Tieren`,
  close: 'Schließen',
  back: 'Zurück',
  again: 'Noch einmal',
  no: 'Nein',
  wait: 'Einen Moment…',
  offline: 'Gerade kein Netz.',
  asOf: (when) => `Kein Netz. Das hier ist von ${when}.`,
  trouble: 'Etwas auf dem Weg antwortet nicht.',
  erased: 'Diese Sammlung wurde auf einem anderen Telefon gelöscht. Hier beginnt eine neue.',
  forgetful: 'Dieser Browser behält nichts, wenn er zugeht. Lass die Seite offen oder verlass den privaten Modus.',
};

const fr: typeof en = {
  camera: 'Caméra',
  dex: 'Dex',
  earned: 'Gagné',
  tabs: "Parties de l'application",
  family: 'Famille et réglages',
  points: (n) => (n <= 1 ? `${n} point` : `${n} points`),
  caughtOf: (caught, total) => `${caught} ${caught <= 1 ? 'animal' : 'animaux'} sur ${total}`,
  close: 'Fermer',
  back: 'Retour',
  again: 'Réessayer',
  no: 'Non',
  wait: 'Un instant…',
  offline: 'Pas de réseau pour le moment.',
  asOf: (when) => `Pas de réseau. Ceci date de ${when}.`,
  trouble: 'Quelque chose en chemin ne répond pas.',
  erased: 'Cette collection a été effacée sur un autre téléphone. Une nouvelle commence ici.',
  forgetful: "Ce navigateur n'enregistre rien à la fermeture. Garde la page ouverte, ou quitte le mode privé.",
};

export const t = words({ en, de, fr });
