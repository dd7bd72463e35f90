// Which picture stands for a species: its own, or that of its group.

import { groups, other, species } from './art.json';
import file from './art.svg';

const ofSpecies: Record<string, string> = species;
const ofGroup: Record<string, string> = groups;

// picture gives the address of a picture, for <use>.
export function picture(art: string | undefined, group: string | undefined): string {
  return `${file}#${ofSpecies[art ?? ''] ?? ofGroup[group ?? ''] ?? other}`;
}
