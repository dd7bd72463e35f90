// What the audit log's actions are called.

import type { Language } from './language.svelte';

const all: Record<string, [en: string, de: string, fr: string]> = {
  'session.begin': ['signed in', 'angemeldet', 's’est connecté'],
  'session.end': ['signed out', 'abgemeldet', 's’est déconnecté'],
  'session.end-all': ['signed out everywhere', 'überall abgemeldet', 's’est déconnecté partout'],
  'staff.add': ['added an account', 'Konto angelegt', 'a ajouté un compte'],
  'staff.change': ['changed an account', 'Konto geändert', 'a modifié un compte'],
  'staff.remove': ['removed an account', 'Konto entfernt', 'a supprimé un compte'],
  'staff.link': ['made a link for a password', 'Passwort-Link gemacht', 'a créé un lien de mot de passe'],
  'staff.password': ['chose a password', 'Passwort gewählt', 'a choisi un mot de passe'],
  'token.add': ['made a token', 'Token gemacht', 'a créé un jeton'],
  'token.revoke': ['revoked a token', 'Token widerrufen', 'a révoqué un jeton'],
  'species.add': ['added a species', 'Art angelegt', 'a ajouté une espèce'],
  'species.edit': ['edited a species', 'Art bearbeitet', 'a modifié une espèce'],
  'species.import': ['imported species', 'Arten importiert', 'a importé des espèces'],
  'picture.add': ['sent a picture', 'Bild gesendet', 'a envoyé une image'],
  'trail.add': ['drew up a trail', 'Pfad angelegt', 'a créé un parcours'],
  'trail.edit': ['edited a trail', 'Pfad bearbeitet', 'a modifié un parcours'],
  'trail.delete': ['deleted a trail', 'Pfad gelöscht', 'a supprimé un parcours'],
  'trail.restore': ['brought back a trail', 'Pfad wiederhergestellt', 'a restauré un parcours'],
  'species.unimport': ['undid an import', 'Import zurückgenommen', 'a annulé un import'],
  'species.restore': ['went back to a version', 'Fassung wiederhergestellt', 'a rétabli une version'],
  'capture.withdraw': ['withdrew a capture', 'Fang zurückgezogen', 'a retiré une capture'],
  'capture.restore': ['restored a capture', 'Fang wiederhergestellt', 'a rétabli une capture'],
  'capture.pardon': ['let a capture count', 'Fang zählen lassen', 'a laissé compter une capture'],
  'capture.unpardon': ['let a capture count no more', 'Fang nicht mehr zählen lassen', 'ne laisse plus compter une capture'],
  'lesson.begin': ['began a lesson', 'Lektion begonnen', 'a commencé une leçon'],
  'lesson.change': ['changed a lesson', 'Lektion geändert', 'a modifié une leçon'],
  'lesson.upload': ['sent photos', 'Fotos gesendet', 'a envoyé des photos'],
  'lesson.photos': ['left out or took back photos', 'Fotos weggelassen oder zurückgeholt', 'a écarté ou repris des photos'],
  'lesson.end': ['deleted a lesson', 'Lektion gelöscht', 'a supprimé une leçon'],
  'lesson.restore': ['brought back a lesson', 'Lektion wiederhergestellt', 'a restauré une leçon'],
  'job.cancel': ['cancelled a job', 'Auftrag abgebrochen', 'a annulé un travail'],
  'head.train': ['began a training', 'Training begonnen', 'a lancé un entraînement'],
  'head.made': ['finished a training', 'Training beendet', 'a terminé un entraînement'],
  'head.publish': ['published what was learnt', 'Gelerntes veröffentlicht', 'a publié un acquis'],
  'badge.on': ['turned on a badge', 'Abzeichen eingeschaltet', 'a activé un badge'],
  'badge.off': ['turned off a badge', 'Abzeichen ausgeschaltet', 'a désactivé un badge'],
  'settings.edit': ['changed a setting', 'Einstellung geändert', 'a modifié un réglage'],
  'settings.restore': ['went back to a setting', 'Einstellung wiederhergestellt', 'a rétabli un réglage'],
};

const columns: Record<Language, number> = { en: 0, de: 1, fr: 2 };

// says gives what each action is called in a language.
export const says = (language: Language): Record<string, string> =>
  Object.fromEntries(Object.entries(all).map(([key, names]) => [key, names[columns[language]]]));
