// Which picture stands for a species: its own, or that of its group; and which
// for a badge or a level.

import { groups, other, species, things } from './art.json';
import file from './art.svg';

const ofSpecies: Record<string, string> = species;
const ofGroup: Record<string, string> = groups;
const ofThing: Record<string, string> = things;

// Where a picture of the zoo's own is, by its id.
export const cardOf = (id: string) => `/v1/pictures/${id}`;
export const thumbnailOf = (id: string) => `/v1/pictures/${id}/thumbnail`;

// picture gives the address of a picture, for <use>.
export function picture(art: string | undefined, group: string | undefined): string {
  return `${file}#${ofSpecies[art ?? ''] ?? ofGroup[group ?? ''] ?? ofThing[art ?? ''] ?? other}`;
}
