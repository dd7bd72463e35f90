// Writes src/parts/art.svg: the pictures that art.json names, out of the icon
// set, as the symbols of one file. A tenth of a unit is precise enough for what
// is shown small, and makes it half as big.

import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { optimize } from 'svgo';

const { icons } = createRequire(import.meta.url)('@iconify-json/fluent-emoji-flat/icons.json');
const { species, groups, things, other } = JSON.parse(readFileSync('src/parts/art.json'));
const names = [...new Set([...Object.values(species), ...Object.values(groups), ...Object.values(things), other])].sort();

const symbols = names.map((name) => {
  if (!icons[name]) throw new Error(`the icon set has no ${name}`);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">${icons[name].body}</svg>`;
  const { data } = optimize(svg, { multipass: true, floatPrecision: 1 });
  return data.replace(/^<svg[^>]*>/, `<symbol id="${name}" viewBox="0 0 32 32">`).replace(/<\/svg>$/, '</symbol>');
});
writeFileSync('src/parts/art.svg', `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('\n')}</svg>\n`);
