// Species as tables.

import { words } from './language.svelte';

const en = {
  out: 'Out to a table',
  outHint: 'Every species with every fact: CSV for spreadsheets, JSON for programs. It can be changed and brought back in.',
  in: 'In from a table',
  file: 'Table',
  fileHint: 'CSV or JSON in UTF-8, up to 5000 lines. Columns that you leave out stay as they are. First it is only checked.',
  checking: 'Checking…',
  wrong: (n: number) => (n === 1 ? 'Nothing is imported: 1 value is not right.' : `Nothing is imported: ${n} values are not right.`),
  line: (n: number) => `Line ${n}`,
  table: 'The table',
  would: 'All is well. It would be:',
  done: 'Imported:',
  counts: (added: number, changed: number, same: number) => `${added} new, ${changed} changed, ${same} as they were.`,
  go: 'Import',
  sure: (n: number) => `Import ${n} species?`,
  explain: 'Visitors see them at once. Each change is in the history of its species and can be undone there.',
};

const de: typeof en = {
  out: 'Heraus in eine Tabelle',
  outHint: 'Alle Arten mit allen Fakten: CSV für Tabellenprogramme, JSON für Programme. Man kann sie ändern und wieder hereinholen.',
  in: 'Herein aus einer Tabelle',
  file: 'Tabelle',
  fileHint: 'CSV oder JSON in UTF-8, bis 5000 Zeilen. Spalten, die Sie weglassen, bleiben, wie sie sind. Zuerst wird nur geprüft.',
  checking: 'Wird geprüft…',
  wrong: (n) => (n === 1 ? 'Nichts wird importiert: 1 Wert stimmt nicht.' : `Nichts wird importiert: ${n} Werte stimmen nicht.`),
  line: (n) => `Zeile ${n}`,
  table: 'Die Tabelle',
  would: 'Alles in Ordnung. Es wären:',
  done: 'Importiert:',
  counts: (added, changed, same) => `${added} neu, ${changed} geändert, ${same} wie zuvor.`,
  go: 'Importieren',
  sure: (n) => `${n} Arten importieren?`,
  explain: 'Besucher sehen sie sofort. Jede Änderung steht im Verlauf ihrer Art und lässt sich dort zurücknehmen.',
};

const fr: typeof en = {
  out: 'Vers un tableau',
  outHint: 'Toutes les espèces avec tous les faits : CSV pour les tableurs, JSON pour les programmes. Il peut être modifié puis réimporté.',
  in: "Depuis un tableau",
  file: 'Tableau',
  fileHint: "CSV ou JSON en UTF-8, jusqu'à 5000 lignes. Les colonnes omises restent comme elles sont. Il est d'abord seulement vérifié.",
  checking: 'Vérification…',
  wrong: (n) => (n <= 1 ? `Rien n'est importé : ${n} valeur n'est pas juste.` : `Rien n'est importé : ${n} valeurs ne sont pas justes.`),
  line: (n) => `Ligne ${n}`,
  table: 'Le tableau',
  would: 'Tout va bien. Ce serait :',
  done: 'Importé :',
  counts: (added, changed, same) => `${added} nouvelles, ${changed} modifiées, ${same} inchangées.`,
  go: 'Importer',
  sure: (n) => `Importer ${n} espèces ?`,
  explain: "Les visiteurs les voient aussitôt. Chaque modification est dans l'historique de son espèce et peut y être annulée.",
};

export const t = words({ en, de, fr });
