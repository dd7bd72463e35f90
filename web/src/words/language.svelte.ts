// Which language the pages speak, and how their words are kept: a file of this
// folder a topic, each with the same words in every language. The API's
// sentences come from the API, in the same language.

export const languages = { en: 'English', de: 'Deutsch', fr: 'Français' } as const;
export type Language = keyof typeof languages;

const key = 'zoodex.language';
export const isOurs = (tag: string | null): tag is Language => tag !== null && tag in languages;

// preferred is what was chosen here before, or else the first of the browser's
// languages that we speak.
function preferred(): Language {
  try {
    const chosen = localStorage.getItem(key);
    if (isOurs(chosen)) return chosen;
  } catch {
    // a browser that keeps nothing
  }
  return navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase()).find(isOurs) ?? 'en';
}

export const speech = $state<{ language: Language }>({ language: preferred() });

export function speak(language: Language) {
  speech.language = language;
  try {
    localStorage.setItem(key, language);
  } catch {
    // then it holds until the page is closed
  }
}

// words gives the words of a topic in the language of the moment: components
// that read t.something follow when it changes. t.in('de') gives them in one
// language.
export function words<T extends object>(all: Record<Language, T>): T & { in: (language: Language) => T } {
  const t = { in: (language: Language) => all[language] } as T & { in: (language: Language) => T };
  for (const name of Object.keys(all.en) as (keyof T)[]) {
    Object.defineProperty(t, name, { enumerable: true, get: () => all[speech.language][name] });
  }
  return t;
}
