// Looking through the camera, and what comes of a capture.

import { words } from './language.svelte';

const en = {
  looking: 'Looking…',
  choose: 'Choose a photo',
  caught: 'Caught!',
  seen: 'Seen again',
  unsure: 'Not sure yet',
  nothing: 'No animal found',
  stranger: 'Does not live here',
  void: 'Does not count',
  earned: (n: number) => `+${n} points`,
  maybe: 'It may be:',
  right: 'right',
};

const de: typeof en = {
  looking: 'Ich schaue…',
  choose: 'Foto wählen',
  caught: 'Gefangen!',
  seen: 'Wieder gesehen',
  unsure: 'Noch nicht sicher',
  nothing: 'Kein Tier gefunden',
  stranger: 'Lebt hier nicht',
  void: 'Zählt nicht',
  earned: (n) => `+${n} Punkte`,
  maybe: 'Es könnte sein:',
  right: 'richtig',
};

const fr: typeof en = {
  looking: 'Je regarde…',
  choose: 'Choisir une photo',
  caught: 'Attrapé !',
  seen: 'Revu',
  unsure: 'Pas encore sûr',
  nothing: 'Aucun animal trouvé',
  stranger: "N'habite pas ici",
  void: 'Ne compte pas',
  earned: (n) => `+${n} points`,
  maybe: "C'est peut-être :",
  right: 'juste',
};

export const t = words({ en, de, fr });
