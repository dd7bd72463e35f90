// Which part of the collection is shown. It holds over a reload.

import { keep, kept } from '../keep';
import type { DexPage } from '../collection';

interface Filter {
  words: string;
  group: string; // key; "" is all
  continent: string; // key, likewise
  open: boolean; // only those not caught yet
}

const place = 'zoodex.filter';

export const filter = $state<Filter>({ words: '', group: '', continent: '', open: false, ...kept<Partial<Filter>>(place) });

export function choose(what: Partial<Filter>) {
  Object.assign(filter, what);
  keep(place, filter);
}

// plain leaves out accents and case: "léopard" is found by "leopard".
const plain = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

export function shown(pages: DexPage[]): DexPage[] {
  const words = plain(filter.words).split(/\s+/).filter(Boolean);
  return pages.filter((page) => {
    const text = plain(`${page.name} ${page.scientificName} ${page.group?.name ?? ''} ${page.number}`);
    return (
      (!filter.open || !page.caught) &&
      (!filter.group || page.group?.key === filter.group) &&
      (!filter.continent || page.continents?.some(({ key }) => key === filter.continent)) &&
      words.every((word) => text.includes(word))
    );
  });
}
