// Photos that wait for the network.

import { words } from './language.svelte';

const en = {
  title: 'Waiting for the network',
  waiting: (n: number) => (n === 1 ? '1 photo waits for the network' : `${n} photos wait for the network`),
  sending: 'Sending…',
  explain: 'They are kept on this phone with the time they were taken. When the network is back they are sent by themselves, each once.',
  empty: 'Nothing waits any more.',
  unsaved: 'This phone has no room to keep them. Leave this page open until they are sent.',
  photo: 'Photo that waits',
  remove: 'Delete',
  now: 'Try now',
  arrived: 'Your photos have arrived!',
  well: 'Well done',
};

const de: typeof en = {
  title: 'Warten auf das Netz',
  waiting: (n) => (n === 1 ? '1 Foto wartet auf das Netz' : `${n} Fotos warten auf das Netz`),
  sending: 'Wird gesendet…',
  explain: 'Sie liegen auf diesem Telefon, mit der Zeit der Aufnahme. Ist das Netz wieder da, werden sie von selbst gesendet, jedes einmal.',
  empty: 'Nichts wartet mehr.',
  unsaved: 'Dieses Telefon hat keinen Platz, sie aufzuheben. Lass die Seite offen, bis sie gesendet sind.',
  photo: 'Foto, das wartet',
  remove: 'Löschen',
  now: 'Jetzt versuchen',
  arrived: 'Deine Fotos sind angekommen!',
  well: 'Prima',
};

const fr: typeof en = {
  title: 'En attente du réseau',
  waiting: (n) => (n === 1 ? '1 photo attend le réseau' : `${n} photos attendent le réseau`),
  sending: 'Envoi…',
  explain: "Elles sont gardées sur ce téléphone avec l'heure de la prise. Quand le réseau revient, elles partent d'elles-mêmes, chacune une fois.",
  empty: "Plus rien n'attend.",
  unsaved: "Ce téléphone n'a plus de place pour les garder. Laisse cette page ouverte jusqu'à l'envoi.",
  photo: 'Photo qui attend',
  remove: 'Supprimer',
  now: 'Essayer maintenant',
  arrived: 'Tes photos sont arrivées !',
  well: 'Super',
};

export const t = words({ en, de, fr });
