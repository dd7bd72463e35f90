// Puts the names of the phone app's files into src/worker.js.

import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';

// Everything that a chunk needs: what it imports, now or later, with its
// styles and pictures.
function needs(bundle, name, found = new Set()) {
  const chunk = bundle[name];
  if (!chunk || found.has(name)) return found;
  found.add(name);
  for (const file of [...(chunk.viteMetadata?.importedCss ?? []), ...(chunk.viteMetadata?.importedAssets ?? [])]) found.add(file);
  for (const next of [...(chunk.imports ?? []), ...(chunk.dynamicImports ?? [])]) needs(bundle, next, found);
  return found;
}

export function worker({ entry, page }) {
  return {
    name: 'zoodex-worker',
    apply: 'build',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const start = Object.values(bundle).find((chunk) => chunk.isEntry && chunk.name === entry);
        const assets = [...needs(bundle, start.fileName)].sort().map((name) => `/${name}`);
        const files = ['/', ...readdirSync('public').sort().map((name) => `/${name}`), ...assets];
        const version = createHash('sha256').update(readFileSync(page)).update(files.join()).digest('hex').slice(0, 12);
        const source = readFileSync('src/worker.js', 'utf8').replace('VERSION', version).replace('FILES', JSON.stringify(files));
        this.emitFile({ type: 'asset', fileName: 'worker.js', source });
      },
    },
  };
}
