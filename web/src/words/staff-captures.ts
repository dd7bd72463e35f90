// Captures under review.

import { words } from './language.svelte';

const en = {
  explain: 'What fair play, visitors or staff have decided upon. No photos are kept.',
  reason: 'Decided as', any: 'anything', show: 'Show', more: 'Earlier captures',
  nickname: 'Nickname', nicknameHint: 'All captures of whoever is called so.',
  when: 'When', recognised: 'Recognised', said: 'The visitor says', now: 'Now', noneOfOurs: 'none of our animals',
  copied: 'a copied picture', closed: 'the zoo was closed', outside: 'not in the zoo', 'too-fast': 'too fast', corrected: 'corrected by the visitor', withdrawn: 'withdrawn', pardoned: 'counts all the same',
  caught: 'caught', seen: 'seen again', unsure: 'not sure', nothing: 'no animal', stranger: 'does not live here', void: 'does not count',
  withdraw: 'Withdraw', restore: 'Restore', pardon: 'Let it count', unpardon: 'Let it count no more',
  did: { say: 'said something else', unsay: 'said it no more', withdraw: 'withdrew it', restore: 'restored it', pardon: 'let it count', unpardon: 'let it count no more' },
  useAnswer: 'Use the visitor’s answer',
  judgeHint: 'Points, badges and standings follow at once. It can be taken back.',
  why: 'Why? Other staff read it.',
};

const de: typeof en = {
  explain: 'Worüber das faire Spiel, Besucher oder Personal entschieden haben. Fotos werden nicht aufgehoben.',
  reason: 'Entschieden als', any: 'alles', show: 'Zeigen', more: 'Frühere Fänge',
  nickname: 'Spitzname', nicknameHint: 'Alle Fänge von allen, die so heißen.',
  when: 'Wann', recognised: 'Erkannt', said: 'Der Besucher sagt', now: 'Jetzt', noneOfOurs: 'keines unserer Tiere',
  copied: 'ein kopiertes Bild', closed: 'der Zoo war zu', outside: 'nicht im Zoo', 'too-fast': 'zu schnell', corrected: 'vom Besucher berichtigt', withdrawn: 'zurückgezogen', pardoned: 'zählt trotzdem',
  caught: 'gefangen', seen: 'wieder gesehen', unsure: 'nicht sicher', nothing: 'kein Tier', stranger: 'lebt hier nicht', void: 'zählt nicht',
  withdraw: 'Zurückziehen', restore: 'Wiederherstellen', pardon: 'Zählen lassen', unpardon: 'Nicht mehr zählen lassen',
  did: { say: 'hat etwas anderes gesagt', unsay: 'sagt es nicht mehr', withdraw: 'hat es zurückgezogen', restore: 'hat es wiederhergestellt', pardon: 'lässt es zählen', unpardon: 'lässt es nicht mehr zählen' },
  useAnswer: 'Antwort des Besuchers nehmen',
  judgeHint: 'Punkte, Abzeichen und Ranglisten folgen sofort. Es lässt sich zurücknehmen.',
  why: 'Warum? Andere vom Personal lesen es.',
};

const fr: typeof en = {
  explain: "Ce que le franc-jeu, les visiteurs ou le personnel ont décidé. Aucune photo n'est gardée.",
  reason: 'Décidé comme', any: 'tout', show: 'Afficher', more: 'Captures précédentes',
  nickname: 'Surnom', nicknameHint: 'Toutes les captures de ceux qui portent ce surnom.',
  when: 'Quand', recognised: 'Reconnu', said: 'Le visiteur dit', now: 'Maintenant', noneOfOurs: 'aucun de nos animaux',
  copied: 'une image copiée', closed: 'le zoo était fermé', outside: 'pas au zoo', 'too-fast': 'trop vite', corrected: 'corrigé par le visiteur', withdrawn: 'retiré', pardoned: 'compte quand même',
  caught: 'attrapé', seen: 'revu', unsure: 'pas sûr', nothing: 'aucun animal', stranger: "n'habite pas ici", void: 'ne compte pas',
  withdraw: 'Retirer', restore: 'Rétablir', pardon: 'Laisser compter', unpardon: 'Ne plus laisser compter',
  did: { say: 'a dit autre chose', unsay: 'ne le dit plus', withdraw: 'l’a retirée', restore: 'l’a rétablie', pardon: 'la laisse compter', unpardon: 'ne la laisse plus compter' },
  useAnswer: 'Prendre la réponse du visiteur',
  judgeHint: 'Points, badges et classements suivent aussitôt. Cela peut être annulé.',
  why: "Pourquoi ? D'autres membres du personnel le lisent.",
};

export const t = words({ en, de, fr });
