// Looking through the camera, and what comes of a capture.

import type { Reason } from '../camera/stream';
import type { Coach } from '../visitor/camera/watch.svelte';
import { words } from './language.svelte';

interface Blocked {
  what: string;
  mend: string;
}

const en = {
  hello: 'Who lives here?',
  why: 'Point the phone at an animal, and I tell you who it is. For that I have to see through the camera.',
  open: 'Open the camera',
  private: 'Pictures are looked at and forgotten. No name, no account.',
  parents: 'For parents',
  place: 'Only photos from this zoo count. May the phone check whether you are here? It compares by itself, and no position is sent.',
  placeYes: 'Yes, check',
  choose: 'Choose a photo',
  looking: 'Looking…',
  seen: 'What the camera sees',
  shoot: 'Take a photo',
  sound: 'Sound',
  retry: 'Try the camera again',
  perhaps: (name: string) => `Perhaps: ${name}…`,
  certain: (percent: number) => `${percent} percent sure`,
  point: 'Point me at an animal.',
  still: 'Hold still, I am nearly sure…',
  justNow: 'You have just caught this one. Who else lives here?',
  coach: (what: Coach) =>
    ({
      dark: 'It is too dark for me. Is there more light?',
      still: 'Hold still…',
      closer: 'Closer! Let the animal fill the picture.',
      point: 'I see no animal. Point me at one, and go closer.',
      offline: 'No network. Take a photo, it will wait.',
    })[what],
  blocked: (reason: Reason): Blocked =>
    ({
      refused: {
        what: 'The camera is not allowed',
        mend: 'Touch the sign beside the address above, allow the camera for this page, and try again. Or choose a photo you took with the phone.',
      },
      absent: { what: 'I find no camera', mend: 'This device has none, or it is switched off. Choose a photo instead.' },
      busy: {
        what: 'Another app has the camera',
        mend: 'Close the other app, or the call that uses the camera, and try again. Or choose a photo.',
      },
      insecure: { what: 'No camera at this address', mend: 'Browsers open the camera only at an address that begins with https. Choose a photo instead.' },
    })[reason],
  waits: 'No network right now. Your photo is kept here and will be sent by itself.',
  caught: 'Caught!',
  seenAgain: 'Seen again',
  unsure: 'Not sure yet',
  nothing: 'No animal found',
  stranger: 'Does not live here',
  void: 'Does not count',
  earned: (n: number) => (n === 1 ? '+1 point' : `+${n} points`),
  maybe: 'Is it one of these?',
  right: 'right',
  level: (name: string) => `New level: ${name}`,
  badge: (name: string) => `New badge: ${name}`,
};

const de: typeof en = {
  hello: 'Wer wohnt denn da?',
  why: 'Halte das Telefon auf ein Tier, und ich sage dir, wer es ist. Dazu muss ich durch die Kamera schauen.',
  open: 'Kamera öffnen',
  private: 'Bilder werden angeschaut und vergessen. Kein Name, kein Konto.',
  parents: 'Für Eltern',
  place: 'Es zählen nur Fotos aus diesem Zoo. Darf das Telefon nachsehen, ob du hier bist? Es vergleicht selbst, und keine Position wird gesendet.',
  placeYes: 'Ja, nachsehen',
  choose: 'Foto wählen',
  looking: 'Ich schaue…',
  seen: 'Was die Kamera sieht',
  shoot: 'Foto machen',
  sound: 'Ton',
  retry: 'Kamera noch einmal versuchen',
  perhaps: (name) => `Vielleicht: ${name}…`,
  certain: (percent) => `zu ${percent} Prozent sicher`,
  point: 'Zeig mir ein Tier.',
  still: 'Halt still, gleich weiß ich es…',
  justNow: 'Das hast du gerade gefangen. Wer wohnt hier noch?',
  coach: (what) =>
    ({
      dark: 'Es ist mir zu dunkel. Gibt es mehr Licht?',
      still: 'Halt still…',
      closer: 'Näher! Das Tier soll das Bild füllen.',
      point: 'Ich sehe kein Tier. Zeig mir eines und geh näher heran.',
      offline: 'Kein Netz. Mach ein Foto, es wartet hier.',
    })[what],
  blocked: (reason) =>
    ({
      refused: {
        what: 'Die Kamera ist nicht erlaubt',
        mend: 'Tippe oben auf das Zeichen neben der Adresse, erlaube dieser Seite die Kamera und versuche es noch einmal. Oder wähle ein Foto, das du mit dem Telefon gemacht hast.',
      },
      absent: { what: 'Ich finde keine Kamera', mend: 'Dieses Gerät hat keine, oder sie ist ausgeschaltet. Wähle stattdessen ein Foto.' },
      busy: {
        what: 'Eine andere App hat die Kamera',
        mend: 'Schließ die andere App oder den Anruf, der die Kamera benutzt, und versuche es noch einmal. Oder wähle ein Foto.',
      },
      insecure: { what: 'Keine Kamera an dieser Adresse', mend: 'Browser öffnen die Kamera nur an einer Adresse, die mit https beginnt. Wähle stattdessen ein Foto.' },
    })[reason],
  waits: 'Gerade kein Netz. Dein Foto ist hier gut aufgehoben und wird von selbst gesendet.',
  caught: 'Gefangen!',
  seenAgain: 'Wieder gesehen',
  unsure: 'Noch nicht sicher',
  nothing: 'Kein Tier gefunden',
  stranger: 'Wohnt nicht hier',
  void: 'Zählt nicht',
  earned: (n) => (n === 1 ? '+1 Punkt' : `+${n} Punkte`),
  maybe: 'Ist es eines von diesen?',
  right: 'richtig',
  level: (name) => `Neue Stufe: ${name}`,
  badge: (name) => `Neues Abzeichen: ${name}`,
};

const fr: typeof en = {
  hello: 'Qui habite ici ?',
  why: "Dirige le téléphone vers un animal et je te dis qui c'est. Pour cela, je dois regarder par la caméra.",
  open: 'Ouvrir la caméra',
  private: 'Les images sont regardées puis oubliées. Pas de nom, pas de compte.',
  parents: 'Pour les parents',
  place: "Seules les photos de ce zoo comptent. Le téléphone peut-il vérifier que tu es ici ? Il compare lui-même, et aucune position n'est envoyée.",
  placeYes: 'Oui, vérifier',
  choose: 'Choisir une photo',
  looking: 'Je regarde…',
  seen: 'Ce que voit la caméra',
  shoot: 'Prendre une photo',
  sound: 'Son',
  retry: 'Réessayer la caméra',
  perhaps: (name) => `Peut-être : ${name}…`,
  certain: (percent) => `sûr à ${percent} pour cent`,
  point: 'Montre-moi un animal.',
  still: 'Ne bouge plus, je suis presque sûr…',
  justNow: "Tu viens de l'attraper. Qui d'autre habite ici ?",
  coach: (what) =>
    ({
      dark: "Il fait trop sombre pour moi. Y a-t-il plus de lumière ?",
      still: 'Ne bouge plus…',
      closer: "Plus près ! L'animal doit remplir l'image.",
      point: "Je ne vois pas d'animal. Montre-m'en un et approche-toi.",
      offline: 'Pas de réseau. Prends une photo, elle attendra.',
    })[what],
  blocked: (reason) =>
    ({
      refused: {
        what: "La caméra n'est pas autorisée",
        mend: "Touche le signe à côté de l'adresse, en haut, autorise la caméra pour cette page et réessaie. Ou choisis une photo prise avec le téléphone.",
      },
      absent: { what: 'Je ne trouve pas de caméra', mend: "Cet appareil n'en a pas, ou elle est éteinte. Choisis plutôt une photo." },
      busy: {
        what: 'Une autre application utilise la caméra',
        mend: "Ferme l'autre application, ou l'appel qui utilise la caméra, et réessaie. Ou choisis une photo.",
      },
      insecure: { what: 'Pas de caméra à cette adresse', mend: "Les navigateurs n'ouvrent la caméra qu'à une adresse qui commence par https. Choisis plutôt une photo." },
    })[reason],
  waits: "Pas de réseau pour le moment. Ta photo est gardée ici et partira d'elle-même.",
  caught: 'Attrapé !',
  seenAgain: 'Revu',
  unsure: 'Pas encore sûr',
  nothing: 'Aucun animal trouvé',
  stranger: "N'habite pas ici",
  void: 'Ne compte pas',
  earned: (n) => `+${n} ${n <= 1 ? 'point' : 'points'}`,
  maybe: "Est-ce l'un de ceux-ci ?",
  right: 'juste',
  level: (name) => `Nouveau niveau : ${name}`,
  badge: (name) => `Nouveau badge : ${name}`,
};

export const t = words({ en, de, fr });

// outcome says what came of a capture.
export const outcome = (of: 'caught' | 'seen' | 'unsure' | 'nothing' | 'stranger' | 'void') => t[of === 'seen' ? 'seenAgain' : of];
