// When the zoo is open, where it is, and its year.

import { words } from './language.svelte';

const en = {
  hours: 'Opening hours', area: 'Area of the zoo', zone: 'Time zone', seasons: 'Seasons',
  explains: {
    hours: 'Photos taken while the zoo is closed are kept, but earn nothing. Each photo is judged by the hours of its day. Where several lines fit a day, the one that began last holds.',
    area: 'Whether photos count only in the zoo. Phones compare their place with the circle by themselves; no position is ever sent.',
    zone: 'In which the zoo’s days begin and end.',
    seasons: 'Each season has a leaderboard of its own.',
  },
  fields: {
    hours: 'Hours', from: 'First day', until: 'Last day', days: 'Days', open: 'Open', latitude: 'Latitude', longitude: 'Longitude', meters: 'Metres to the edge', zone: 'Time zone',
    yearly: 'Every year', seasons: 'Season', key: 'Short name',
  },
  fromHint: 'Empty: since ever', untilHint: 'Empty: for good', everyDay: 'None ticked: every day',
  closed: 'closed', opens: 'from', closes: 'to', allDay: 'always open', today: 'Today',
  noHours: 'No hours: photos count at any time.',
  addHours: 'Add hours', addClosed: 'Add a day off', remove: 'Remove', preview: 'So the zoo counts as open',
  line: (n: number) => `Line ${n}`, removeLine: (n: number) => `Remove line ${n}`,
  onlyHere: 'Photos count only in the zoo', latitudeHint: 'Degrees north; south is negative', longitudeHint: 'Degrees east; west is negative', metersHint: '50 or more',
  here: 'Use where I am now', accuracy: (meters: number) => `Found, give or take ${meters} m. Nothing is saved yet.`, noPlace: 'This browser does not tell where it is.',
  sureZone: (zone: string) => `Let the zoo’s days begin by the clock of ${zone}?`,
  sureExplain: 'What visitors have earned is worked out anew. It can be undone.',
  yearly: 'A season every year', day: 'day', month: 'month', addSeason: 'Name a season',
  keyHint: 'Like winter-lights; named 2027, it stands for that year’s',
  giveUp: 'Give up changes', history: 'History', began: 'As the zoo began', goBack: 'Go back to this', sureBack: 'Go back to this version?', earlier: 'Earlier changes',
};

const de: typeof en = {
  hours: 'Öffnungszeiten', area: 'Zoogelände', zone: 'Zeitzone', seasons: 'Saisons',
  explains: {
    hours: 'Fotos aus der Zeit, in der der Zoo geschlossen ist, werden behalten, zählen aber nicht. Für jedes Foto gelten die Zeiten seines Tages. Passen mehrere Zeilen auf einen Tag, gilt die mit dem spätesten Beginn.',
    area: 'Ob nur Fotos aus dem Zoo zählen. Telefone vergleichen ihren Ort selbst mit dem Kreis; eine Position wird nie gesendet.',
    zone: 'In der die Tage des Zoos beginnen und enden.',
    seasons: 'Jede Saison hat eine eigene Rangliste.',
  },
  fields: {
    hours: 'Zeiten', from: 'Erster Tag', until: 'Letzter Tag', days: 'Wochentage', open: 'Geöffnet', latitude: 'Breitengrad', longitude: 'Längengrad', meters: 'Meter bis zum Rand', zone: 'Zeitzone',
    yearly: 'Jedes Jahr', seasons: 'Saison', key: 'Kurzname',
  },
  fromHint: 'Leer: schon immer', untilHint: 'Leer: auf Dauer', everyDay: 'Keiner gewählt: jeden Tag',
  closed: 'geschlossen', opens: 'von', closes: 'bis', allDay: 'immer geöffnet', today: 'Heute',
  noHours: 'Keine Zeiten: Fotos zählen immer.',
  addHours: 'Zeiten hinzufügen', addClosed: 'Schließtag hinzufügen', remove: 'Entfernen', preview: 'So gilt der Zoo als geöffnet',
  line: (n) => `Zeile ${n}`, removeLine: (n) => `Zeile ${n} entfernen`,
  onlyHere: 'Fotos zählen nur im Zoo', latitudeHint: 'Grad nördlich; südlich ist negativ', longitudeHint: 'Grad östlich; westlich ist negativ', metersHint: '50 oder mehr',
  here: 'Meinen jetzigen Standort nehmen', accuracy: (meters) => `Gefunden, auf ${meters} m genau. Noch ist nichts gespeichert.`, noPlace: 'Dieser Browser verrät nicht, wo er ist.',
  sureZone: (zone) => `Sollen die Tage des Zoos nach der Uhr von ${zone} beginnen?`,
  sureExplain: 'Was Kinder verdient haben, wird neu berechnet. Es lässt sich rückgängig machen.',
  yearly: 'Jedes Jahr eine Saison', day: 'Tag', month: 'Monat', addSeason: 'Saison hinzufügen',
  keyHint: 'Etwa winter-lights; eine namens 2027 ersetzt die dieses Jahres',
  giveUp: 'Änderungen verwerfen', history: 'Verlauf', began: 'Wie der Zoo begann', goBack: 'Hierher zurück', sureBack: 'Zu dieser Fassung zurück?', earlier: 'Frühere Änderungen',
};

const fr: typeof en = {
  hours: "Heures d'ouverture", area: 'Terrain du zoo', zone: 'Fuseau horaire', seasons: 'Saisons',
  explains: {
    hours: "Les photos prises quand le zoo est fermé sont gardées, mais ne rapportent rien. Chaque photo est jugée selon l'horaire de son jour. Si plusieurs lignes valent pour un jour, celle qui commence le plus tard l'emporte.",
    area: "Si seules les photos prises au zoo comptent. Les téléphones comparent eux-mêmes leur position au cercle ; aucune position n'est envoyée.",
    zone: 'Celui selon lequel les jours du zoo commencent et finissent.',
    seasons: 'Chaque saison a son propre classement.',
  },
  fields: {
    hours: 'Horaires', from: 'Premier jour', until: 'Dernier jour', days: 'Jours', open: 'Ouvert', latitude: 'Latitude', longitude: 'Longitude', meters: "Mètres jusqu'au bord", zone: 'Fuseau horaire',
    yearly: 'Chaque année', seasons: 'Saison', key: 'Nom court',
  },
  fromHint: 'Vide : depuis toujours', untilHint: 'Vide : sans fin', everyDay: 'Aucun coché : tous les jours',
  closed: 'fermé', opens: 'de', closes: 'à', allDay: 'toujours ouvert', today: "Aujourd'hui",
  noHours: 'Aucun horaire : les photos comptent à toute heure.',
  addHours: 'Ajouter un horaire', addClosed: 'Ajouter un jour de fermeture', remove: 'Retirer', preview: 'Ainsi le zoo est considéré ouvert',
  line: (n) => `Ligne ${n}`, removeLine: (n) => `Retirer la ligne ${n}`,
  onlyHere: 'Les photos ne comptent que dans le zoo', latitudeHint: 'Degrés nord ; le sud est négatif', longitudeHint: "Degrés est ; l'ouest est négatif", metersHint: '50 ou plus',
  here: 'Prendre ma position actuelle', accuracy: (meters) => `Trouvée, à ${meters} m près. Rien n'est encore enregistré.`, noPlace: "Ce navigateur ne dit pas où il est.",
  sureZone: (zone) => `Faire commencer les jours du zoo à l'heure de ${zone} ?`,
  sureExplain: 'Ce que les visiteurs ont gagné est recalculé. Cela peut être annulé.',
  yearly: 'Une saison chaque année', day: 'jour', month: 'mois', addSeason: 'Ajouter une saison',
  keyHint: "Comme winter-lights ; nommée 2027, elle remplace celle de l'année",
  giveUp: 'Abandonner les modifications', history: 'Historique', began: 'Au début du zoo', goBack: 'Revenir ici', sureBack: 'Revenir à cette version ?', earlier: 'Modifications précédentes',
};

export const t = words({ en, de, fr });
