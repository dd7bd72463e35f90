import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { worker } from './worker.js';

// `npm run dev` serves the pages with the API of a service on its usual port.
export default defineConfig({
  plugins: [svelte(), worker({ entry: 'visitor', page: 'index.html' })],
  build: {
    target: 'es2020', // old phones
    rollupOptions: { input: { visitor: 'index.html', board: 'board.html', staff: 'staff.html', credits: 'credits.html' } },
    modulePreload: { polyfill: false },
  },
  server: { proxy: { '/v1': 'http://127.0.0.1:8080', '/staff/v1': 'http://127.0.0.1:8080' } },
});
