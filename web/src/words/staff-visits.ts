// What visitors do, in numbers.

import { words } from './language.svelte';

const en = {
  explain: 'Days begin in the zoo’s time zone. A photo counts on the day it was taken, even if it arrives later. Who erases themselves is no longer counted.',
  span: 'Time span', last: (days: number) => `Last ${days} days`, other: 'Other days', from: 'From', until: 'Until',
  shown: (from: string, until: string) => from === until ? from : `${from} to ${until}`,
  days: 'By day', visits: 'Visits', captures: 'Photos', catches: 'First catches',
  visitsHint: 'Visitors who took a photo on that day.', capturesHint: 'Whatever they showed.', catchesHint: 'An animal that a visitor caught for the first time.',
  hours: 'Hours of the day', hoursHint: 'Photos by the hour in which they were taken, over all days of the span.', hour: 'Hour', day: 'Day', total: 'Total',
  told: (what: string, total: string, most: string, when: string) => `${what}: ${total} in all, most ${when} with ${most}.`,
  none: 'Nothing in these days.',
  asTable: 'As a table', asChart: 'As a chart', csv: 'CSV',
  species: 'Animals', speciesHint: 'How many visitors caught each animal first in these days. Only those on display.',
  most: 'Most caught first', least: 'Least caught first', order: 'Order', animal: 'Animal',
  never: (n: number, of: number) => n === 1 ? `1 of ${of} animals was caught by nobody.` : `${n} of ${of} animals were caught by nobody.`,
};

const de: typeof en = {
  explain: 'Tage beginnen in der Zeitzone des Zoos. Ein Foto zählt an dem Tag, an dem es aufgenommen wurde, auch wenn es später ankommt. Wer sich löscht, zählt nicht mehr mit.',
  span: 'Zeitraum', last: (days) => `Letzte ${days} Tage`, other: 'Andere Tage', from: 'Von', until: 'Bis',
  shown: (from, until) => from === until ? from : `${from} bis ${until}`,
  days: 'Nach Tagen', visits: 'Besuche', captures: 'Fotos', catches: 'Erste Fänge',
  visitsHint: 'Besucher, die an diesem Tag ein Foto gemacht haben.', capturesHint: 'Was auch immer darauf war.', catchesHint: 'Ein Tier, das ein Besucher zum ersten Mal gefangen hat.',
  hours: 'Uhrzeiten', hoursHint: 'Fotos nach der Stunde, in der sie aufgenommen wurden, über alle Tage des Zeitraums.', hour: 'Stunde', day: 'Tag', total: 'Summe',
  told: (what, total, most, when) => `${what}: insgesamt ${total}, am meisten ${when} mit ${most}.`,
  none: 'Nichts in diesen Tagen.',
  asTable: 'Als Tabelle', asChart: 'Als Diagramm', csv: 'CSV',
  species: 'Tiere', speciesHint: 'Wie viele Besucher jedes Tier in diesen Tagen zum ersten Mal gefangen haben. Nur Tiere, die zu sehen sind.',
  most: 'Häufigste zuerst', least: 'Seltenste zuerst', order: 'Reihenfolge', animal: 'Tier',
  never: (n, of) => n === 1 ? `1 von ${of} Tieren hat niemand gefangen.` : `${n} von ${of} Tieren hat niemand gefangen.`,
};

const fr: typeof en = {
  explain: "Les jours commencent dans le fuseau horaire du zoo. Une photo compte le jour où elle a été prise, même si elle arrive plus tard. Qui s'efface n'est plus compté.",
  span: 'Période', last: (days) => `${days} derniers jours`, other: 'Autres jours', from: 'Du', until: 'Au',
  shown: (from, until) => from === until ? from : `du ${from} au ${until}`,
  days: 'Par jour', visits: 'Visites', captures: 'Photos', catches: 'Premières captures',
  visitsHint: 'Visiteurs qui ont pris une photo ce jour-là.', capturesHint: "Quoi qu'elles montrent.", catchesHint: 'Un animal attrapé par un visiteur pour la première fois.',
  hours: 'Heures de la journée', hoursHint: "Photos selon l'heure à laquelle elles ont été prises, sur tous les jours de la période.", hour: 'Heure', day: 'Jour', total: 'Total',
  told: (what, total, most, when) => `${what} : ${total} en tout, le plus ${when} avec ${most}.`,
  none: 'Rien ces jours-là.',
  asTable: 'En tableau', asChart: 'En graphique', csv: 'CSV',
  species: 'Animaux', speciesHint: "Combien de visiteurs ont attrapé chaque animal pour la première fois ces jours-là. Seulement les animaux visibles.",
  most: "Les plus attrapés d'abord", least: "Les moins attrapés d'abord", order: 'Ordre', animal: 'Animal',
  never: (n, of) => n === 1 ? `1 animal sur ${of} n'a été attrapé par personne.` : `${n} animaux sur ${of} n'ont été attrapés par personne.`,
};

export const t = words({ en, de, fr });
