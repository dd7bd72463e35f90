// Lessons: photos of a species that the network is to learn, and what it learnt.

import { words } from './language.svelte';

const photos = (n: number) => (n === 1 ? '1 photo' : `${n} photos`); // in English and in French
const fotos = (n: number) => (n === 1 ? '1 Foto' : `${n} Fotos`);

const en = {
  explain: 'Animals that Zoodex does not know can be taught: give each a lesson with about twenty photos or more, train, read how well it went, and publish.',
  species: 'New lesson for', speciesHint: 'Name of a species of your zoo. Add it under Species first.', begin: 'Begin',
  picture: 'Picture', lesson: 'Species', photos: 'Photos', droppedCount: 'Left out', refusedCount: 'Not usable', none: 'There is no lesson yet.',
  onlyChecks: 'known already; its photos only check that it still is', taught: 'Teach this species. Without the tick its photos only check whether it is still known.',
  training: 'Training', trainHint: 'Learns from the photos of all lessons. You may leave this page meanwhile.', train: 'Train', stop: 'Cancel', report: 'See the report',
  queued: 'Waiting', running: 'Under way', done: 'The training is done.', failed: 'It failed', cancelled: 'It was cancelled.',
  unpacking: 'Unpacking', looking: 'Looking at the photos', choosing: 'Choosing how to learn', learning: 'Learning', reporting: 'Writing the report',
  left: (s: number) => (s < 90 ? `about ${s} s left` : `about ${Math.round(s / 60)} min left`),
  learnt: 'What was learnt', version: 'Version', when: 'When', verdict: 'Verdict', accuracy: 'Recognised', taughtSpecies: 'Species', nothingLearnt: 'Nothing was learnt yet.',
  holdsNow: (v: number) => (v === 0 ? 'Visitors catch with what Zoodex knows by itself.' : `Visitors catch with version ${v}.`),
  published: 'published', publish: 'Publish', rollBack: 'Go back to this', alone: 'Go back to before all lessons',
  surePublish: (v: number) => `Publish version ${v}?`, sureBack: (v: number) => `Go back to version ${v}?`, sureAlone: 'Go back to what Zoodex knows by itself?',
  publishHint: 'It holds for all visitors within a second. You can publish another version at any time.', notReadyWarning: 'Its report says that it is not ready.',
  ready: 'Ready.', 'ready-but-confuses': 'Ready, but it confuses some.', 'not-ready': 'Not ready.',
  send: 'Photos, a folder or a ZIP', sendHint: 'Drop them here or choose them. JPEG, PNG, WebP or HEIC.', sending: (n: number, of: number) => `${n} of ${of} sent`,
  counts: (n: number, dropped: number, refused: number) => `${photos(n)} to learn from, ${dropped} left out, ${refused} not usable`,
  show: 'Show', all: 'All', used: 'To learn from', dropped: 'Left out', refused: 'Not usable', drop: 'Leave out', takeBack: 'Take back',
  reportOf: (v: number) => `Report on version ${v}`, recognised: (p: string) => `${p} of the photos that were kept apart were recognised.`,
  takenFor: (n: number, of: number, a: string, b: string) => `${n} of ${photos(of)} of ${a} ${n === 1 ? 'was' : 'were'} taken for ${b}.`,
  few: (n: number, a: string) => `${a} has only ${photos(n)} to learn from; 5 are the least, twenty do well.`, lost: (n: number, a: string) => `No longer recognised of ${a}: ${photos(n)}.`,
  eachSpecies: 'Each species', found: 'Recognised of its photos', right: 'Right when it was named', certain: 'Would be caught',
  matrix: 'What was taken for what', matrixHint: 'A row is what a photo shows, a column what it was taken for. Open a number to see the photos.',
  cell: (n: number, a: string, b: string) => (a === b ? `${a}: ${photos(n)} recognised` : `${a}: ${photos(n)} taken for ${b}`), photo: (n: number) => `Photo ${n}`,
  attempt: 'Try it', attemptPhoto: 'A photo or the camera', attemptHint: 'Says what a visitor would be told. The photo is forgotten.', notCaught: 'Not caught',
};

const de: typeof en = {
  explain: 'Tiere, die Zoodex nicht kennt, kann man ihm beibringen: jedem eine Lektion mit etwa zwanzig Fotos oder mehr, trainieren, lesen, wie gut es ging, und veröffentlichen.',
  species: 'Neue Lektion für', speciesHint: 'Name einer Art Ihres Zoos. Legen Sie sie zuerst unter Arten an.', begin: 'Beginnen',
  picture: 'Bild', lesson: 'Art', photos: 'Fotos', droppedCount: 'Weggelassen', refusedCount: 'Unbrauchbar', none: 'Es gibt noch keine Lektion.',
  onlyChecks: 'schon bekannt; die Fotos prüfen nur, ob das so bleibt', taught: 'Diese Art beibringen. Ohne Häkchen prüfen ihre Fotos nur, ob sie noch erkannt wird.',
  training: 'Training', trainHint: 'Lernt aus den Fotos aller Lektionen. Sie können die Seite so lange verlassen.', train: 'Trainieren', stop: 'Abbrechen', report: 'Zum Bericht',
  queued: 'Wartet', running: 'Läuft', done: 'Das Training ist fertig.', failed: 'Es ist gescheitert', cancelled: 'Es wurde abgebrochen.',
  unpacking: 'Entpacken', looking: 'Fotos ansehen', choosing: 'Wählen, wie gelernt wird', learning: 'Lernen', reporting: 'Bericht schreiben',
  left: (s) => (s < 90 ? `noch etwa ${s} s` : `noch etwa ${Math.round(s / 60)} min`),
  learnt: 'Was gelernt wurde', version: 'Version', when: 'Wann', verdict: 'Urteil', accuracy: 'Erkannt', taughtSpecies: 'Arten', nothingLearnt: 'Noch wurde nichts gelernt.',
  holdsNow: (v) => (v === 0 ? 'Besucher fangen mit dem, was Zoodex von sich aus kennt.' : `Besucher fangen mit Version ${v}.`),
  published: 'veröffentlicht', publish: 'Veröffentlichen', rollBack: 'Hierhin zurück', alone: 'Zurück vor alle Lektionen',
  surePublish: (v) => `Version ${v} veröffentlichen?`, sureBack: (v) => `Zurück zu Version ${v}?`, sureAlone: 'Zurück zu dem, was Zoodex von sich aus kennt?',
  publishHint: 'Das gilt in einer Sekunde für alle Besucher. Sie können jederzeit eine andere Version veröffentlichen.', notReadyWarning: 'Der Bericht sagt, dass sie noch nicht bereit ist.',
  ready: 'Bereit.', 'ready-but-confuses': 'Bereit, verwechselt aber manche.', 'not-ready': 'Noch nicht bereit.',
  send: 'Fotos, ein Ordner oder ein ZIP', sendHint: 'Hier ablegen oder auswählen. JPEG, PNG, WebP oder HEIC.', sending: (n, of) => `${n} von ${of} gesendet`,
  counts: (n, dropped, refused) => `${fotos(n)} zum Lernen, ${dropped} weggelassen, ${refused} unbrauchbar`,
  show: 'Zeigen', all: 'Alle', used: 'Zum Lernen', dropped: 'Weggelassen', refused: 'Unbrauchbar', drop: 'Weglassen', takeBack: 'Zurückholen',
  reportOf: (v) => `Bericht über Version ${v}`, recognised: (p) => `${p} der Fotos, die zum Prüfen zurückgelegt wurden, wurden erkannt.`,
  takenFor: (n, of, a, b) => `${n} von ${fotos(of)} von ${a} ${n === 1 ? 'wurde' : 'wurden'} für ${b} gehalten.`,
  few: (n, a) => `${a} hat nur ${fotos(n)} zum Lernen; 5 sind das Mindeste, zwanzig sind gut.`, lost: (n, a) => `Nicht mehr erkannt von ${a}: ${fotos(n)}.`,
  eachSpecies: 'Jede Art', found: 'Von den Fotos erkannt', right: 'Richtig, wenn genannt', certain: 'Würde gefangen',
  matrix: 'Was wofür gehalten wurde', matrixHint: 'Eine Zeile ist, was ein Foto zeigt, eine Spalte, wofür es gehalten wurde. Öffnen Sie eine Zahl, um die Fotos zu sehen.',
  cell: (n, a, b) => (a === b ? `${a}: ${fotos(n)} erkannt` : `${a}: ${fotos(n)} für ${b} gehalten`), photo: (n) => `Foto ${n}`,
  attempt: 'Ausprobieren', attemptPhoto: 'Ein Foto oder die Kamera', attemptHint: 'Sagt, was Besucher erfahren würden. Das Foto wird vergessen.', notCaught: 'Nicht gefangen',
};

const fr: typeof en = {
  explain: "On peut apprendre à Zoodex des animaux qu'il ne connaît pas : une leçon pour chacun, avec une vingtaine de photos ou plus, entraîner, lire le résultat et publier.",
  species: 'Nouvelle leçon pour', speciesHint: "Nom d'une espèce de votre zoo. Ajoutez-la d'abord sous Espèces.", begin: 'Commencer',
  picture: 'Image', lesson: 'Espèce', photos: 'Photos', droppedCount: 'Écartées', refusedCount: 'Inutilisables', none: "Il n'y a pas encore de leçon.",
  onlyChecks: "déjà connue ; ses photos vérifient seulement qu'elle le reste", taught: 'Apprendre cette espèce. Sans la coche, ses photos vérifient seulement si elle est encore reconnue.',
  training: 'Entraînement', trainHint: 'Apprend des photos de toutes les leçons. Vous pouvez quitter cette page.', train: 'Entraîner', stop: 'Annuler', report: 'Voir le rapport',
  queued: 'En attente', running: 'En cours', done: "L'entraînement est terminé.", failed: 'Cela a échoué', cancelled: 'Cela a été annulé.',
  unpacking: 'Décompression', looking: 'Examen des photos', choosing: "Choix de la manière d'apprendre", learning: 'Apprentissage', reporting: 'Rédaction du rapport',
  left: (s) => (s < 90 ? `encore ${s} s environ` : `encore ${Math.round(s / 60)} min environ`),
  learnt: 'Ce qui a été appris', version: 'Version', when: 'Quand', verdict: 'Verdict', accuracy: 'Reconnues', taughtSpecies: 'Espèces', nothingLearnt: "Rien n'a encore été appris.",
  holdsNow: (v) => (v === 0 ? 'Les visiteurs capturent avec ce que Zoodex connaît de lui-même.' : `Les visiteurs capturent avec la version ${v}.`),
  published: 'publiée', publish: 'Publier', rollBack: 'Y revenir', alone: "Revenir d'avant toutes les leçons",
  surePublish: (v) => `Publier la version ${v} ?`, sureBack: (v) => `Revenir à la version ${v} ?`, sureAlone: 'Revenir à ce que Zoodex connaît de lui-même ?',
  publishHint: 'Cela vaut pour tous les visiteurs en une seconde. Vous pouvez publier une autre version à tout moment.', notReadyWarning: "Le rapport dit qu'elle n'est pas prête.",
  ready: 'Prêt.', 'ready-but-confuses': 'Prêt, mais en confond certains.', 'not-ready': 'Pas encore prêt.',
  send: 'Photos, dossier ou ZIP', sendHint: 'Déposez-les ici ou choisissez-les. JPEG, PNG, WebP ou HEIC.', sending: (n, of) => `${n} sur ${of} envoyés`,
  counts: (n, dropped, refused) => `${photos(n)} à apprendre, ${dropped} écartées, ${refused} inutilisables`,
  show: 'Afficher', all: 'Toutes', used: 'À apprendre', dropped: 'Écartées', refused: 'Inutilisables', drop: 'Écarter', takeBack: 'Reprendre',
  reportOf: (v) => `Rapport sur la version ${v}`, recognised: (p) => `${p} des photos mises de côté ont été reconnues.`,
  takenFor: (n, of, a, b) => `${a} prise pour ${b} : ${n} sur ${photos(of)}.`,
  few: (n, a) => `${a} n'a que ${photos(n)} à apprendre ; il en faut au moins 5, vingt conviennent.`, lost: (n, a) => `${a}, qui n'est plus reconnue : ${photos(n)}.`,
  eachSpecies: 'Chaque espèce', found: 'Reconnue sur ses photos', right: 'Juste quand elle est nommée', certain: 'Serait capturée',
  matrix: 'Ce qui a été pris pour quoi', matrixHint: 'Une ligne est ce que montre une photo, une colonne ce pour quoi elle a été prise. Ouvrez un nombre pour voir les photos.',
  cell: (n, a, b) => (a === b ? `${a}, reconnue : ${photos(n)}` : `${a} prise pour ${b} : ${photos(n)}`), photo: (n) => `Photo ${n}`,
  attempt: 'Essayer', attemptPhoto: "Une photo ou l'appareil", attemptHint: "Dit ce qu'un visiteur apprendrait. La photo est oubliée.", notCaught: 'Pas capturé',
};

export const t = words({ en, de, fr });
