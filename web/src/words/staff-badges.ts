// Badges on and off.

import { words } from './language.svelte';

const en = {
  explain: 'What children can earn once and keep. A badge that is off is nowhere to be seen. When it is on again, everybody has it who has done what it wants.',
  state: 'Children see it', on: 'On', off: 'Off', turnOff: 'Turn off',
  shown: (name: string) => `Children see “${name}”`,
  sure: (name: string) => `Turn off “${name}”?`,
  sureExplain: 'Children who have it lose it from view. It can be turned on again, and then they have it back.',
};

const de: typeof en = {
  explain: 'Was Kinder einmal verdienen und behalten können. Ein ausgeschaltetes Abzeichen ist nirgends zu sehen. Wird es wieder eingeschaltet, haben es alle, die seine Bedingung erfüllt haben.',
  state: 'Für Kinder sichtbar', on: 'An', off: 'Aus', turnOff: 'Ausschalten',
  shown: (name) => `Kinder sehen „${name}“`,
  sure: (name) => `„${name}“ ausschalten?`,
  sureExplain: 'Kinder, die es haben, sehen es nicht mehr. Es lässt sich wieder einschalten, dann haben sie es zurück.',
};

const fr: typeof en = {
  explain: "Ce que les enfants peuvent gagner une fois et garder. Un badge désactivé n'apparaît nulle part. Réactivé, il revient à tous ceux qui ont fait ce qu'il demande.",
  state: 'Visible pour les enfants', on: 'Activé', off: 'Désactivé', turnOff: 'Désactiver',
  shown: (name) => `Les enfants voient « ${name} »`,
  sure: (name) => `Désactiver « ${name} » ?`,
  sureExplain: "Les enfants qui l'ont ne le voient plus. Il peut être réactivé, et ils le retrouvent.",
};

export const t = words({ en, de, fr });
