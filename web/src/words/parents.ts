// What parents want to know.

import { words } from './language.svelte';

interface Section {
  about: string;
  text: string;
}

const en = {
  title: 'For parents',
  known: 'What we know about you',
  sections: [
    { about: 'What your child does here', text: 'Points the phone at an animal. If the app knows it, a page with facts opens, and the collection grows. Nothing pushes: there are no reminders, no adverts and nothing to buy.' },
    { about: 'No account, no names', text: 'Nobody signs in. The nickname is drawn from word lists and never typed. We do not ask for age or address, and keep no position.' },
    { about: 'Photos are looked at and forgotten', text: 'A picture goes to the zoo’s service, is looked at within a moment and not kept. Three fingerprints of it remain, by which the same photo is known again; no picture can be made from them. While there is no network, photos wait on the phone.' },
    { about: 'Leaderboards only with a yes', text: 'Nobody stands on a leaderboard who has not said yes to it, and it can be taken back at any time.' },
    { about: 'Several children, several phones', text: 'Each child can have a collection of its own on one phone. The card with the pass code opens it on another.' },
    { about: 'Going again', text: 'Under “Leave and erase” everything is erased in two taps, at once and for good.' },
  ] as Section[],
  place: { about: 'Only photos from this zoo', text: 'A photo taken elsewhere earns nothing. If you allow it, the phone compares by itself where it is with where the zoo is, while the camera is open, and tells us with a photo no more than “inside” or “outside”. No position is sent or kept. If you say no, nothing is told and photos count all the same.' } as Section,
};

const de: typeof en = {
  title: 'Für Eltern',
  known: 'Was wir über dich wissen',
  sections: [
    { about: 'Was Ihr Kind hier tut', text: 'Es hält das Telefon auf ein Tier. Erkennt die App es, öffnet sich eine Seite mit Wissenswertem, und die Sammlung wächst. Nichts drängt: keine Erinnerungen, keine Werbung, nichts zu kaufen.' },
    { about: 'Kein Konto, keine Namen', text: 'Niemand meldet sich an. Der Spitzname wird aus Wortlisten gezogen und nie getippt. Nach Alter und Adresse fragen wir nicht, und eine Position speichern wir nicht.' },
    { about: 'Fotos werden angeschaut und vergessen', text: 'Ein Bild geht an den Dienst des Zoos, wird in einem Augenblick angeschaut und nicht behalten. Es bleiben drei Fingerabdrücke, an denen man dasselbe Foto wiedererkennt; ein Bild lässt sich daraus nicht machen. Ohne Netz warten Fotos auf dem Telefon.' },
    { about: 'Bestenlisten nur mit einem Ja', text: 'Auf einer Bestenliste steht nur, wer Ja gesagt hat, und das lässt sich jederzeit zurücknehmen.' },
    { about: 'Mehrere Kinder, mehrere Telefone', text: 'Jedes Kind kann auf einem Telefon eine eigene Sammlung haben. Die Karte mit dem Passwort öffnet sie auf einem anderen.' },
    { about: 'Wieder gehen', text: 'Unter „Gehen und löschen“ ist alles mit zwei Fingertipps gelöscht, sofort und für immer.' },
  ],
  place: { about: 'Nur Fotos aus diesem Zoo', text: 'Ein Foto von anderswo bringt nichts. Wenn Sie es erlauben, vergleicht das Telefon selbst, wo es ist und wo der Zoo ist, solange die Kamera offen ist, und sagt uns mit einem Foto nur „drinnen“ oder „draußen“. Keine Position wird gesendet oder gespeichert. Sagen Sie Nein, so sagt es nichts, und Fotos zählen trotzdem.' },
};

const fr: typeof en = {
  title: 'Pour les parents',
  known: 'Ce que nous savons de toi',
  sections: [
    { about: 'Ce que fait votre enfant', text: "Il dirige le téléphone vers un animal. Si l'application le reconnaît, une page s'ouvre et la collection grandit. Rien ne presse : pas de rappels, pas de publicité, rien à acheter." },
    { about: 'Pas de compte, pas de noms', text: "Personne ne s'inscrit. Le surnom est tiré de listes de mots, jamais tapé. Nous ne demandons ni âge ni adresse, et ne gardons aucune position." },
    { about: 'Les photos sont regardées puis oubliées', text: "Une image va au service du zoo, elle est regardée en un instant et n'est pas gardée. Il en reste trois empreintes auxquelles on reconnaît la même photo ; on ne peut en refaire une image. Sans réseau, les photos attendent sur le téléphone." },
    { about: 'Classements seulement avec un oui', text: "N'est dans un classement que qui a dit oui, et cela se reprend à tout moment." },
    { about: 'Plusieurs enfants, plusieurs téléphones', text: "Chaque enfant peut avoir sa collection sur un même téléphone. La carte avec le code l'ouvre sur un autre." },
    { about: 'Partir', text: 'Sous « Partir et effacer », deux touches effacent tout, tout de suite et pour toujours.' },
  ],
  place: { about: 'Seulement les photos de ce zoo', text: "Une photo prise ailleurs ne rapporte rien. Si vous le permettez, le téléphone compare lui-même où il est et où est le zoo, tant que la caméra est ouverte, et ne nous dit avec une photo que « dedans » ou « dehors ». Aucune position n'est envoyée ni gardée. Si vous dites non, il ne dit rien et les photos comptent quand même." },
};

export const t = words({ en, de, fr });
