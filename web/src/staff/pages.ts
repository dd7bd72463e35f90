// The pages of the desk, and who may see them.

import type { Component } from 'svelte';
import Audit from './audit/Audit.svelte';
import Badges from './badges/Badges.svelte';
import Captures from './captures/Captures.svelte';
import Imports from './imports/Imports.svelte';
import Lessons from './lessons/Lessons.svelte';
import Me from './people/Me.svelte';
import People from './people/People.svelte';
import type { Role } from './session.svelte';
import Settings from './settings/Settings.svelte';
import Species from './species/Species.svelte';
import Trails from './trails/Trails.svelte';
import Visits from './visits/Visits.svelte';

type Page = { name: 'species' | 'imports' | 'trails' | 'badges' | 'lessons' | 'captures' | 'visits' | 'people' | 'settings' | 'audit' | 'me'; role: Role; Page: Component };

export const pages: Page[] = [
  { name: 'species', role: 'editor', Page: Species },
  { name: 'imports', role: 'editor', Page: Imports },
  { name: 'trails', role: 'editor', Page: Trails },
  { name: 'badges', role: 'editor', Page: Badges },
  { name: 'lessons', role: 'keeper', Page: Lessons },
  { name: 'captures', role: 'keeper', Page: Captures },
  { name: 'visits', role: 'editor', Page: Visits },
  { name: 'people', role: 'admin', Page: People },
  { name: 'settings', role: 'admin', Page: Settings },
  { name: 'audit', role: 'admin', Page: Audit },
  { name: 'me', role: 'editor', Page: Me },
];
