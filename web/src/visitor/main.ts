import { mount } from 'svelte';
import App from './App.svelte';
import { follow } from './captures.svelte';
import '../style.css';
import './visitor.css';

mount(App, { target: document.getElementById('page')! });
void follow();

// Without a service worker (no https, private mode) the app needs the network
// to start; all else is the same.
if (import.meta.env.PROD) void navigator.serviceWorker?.register('/worker.js').catch(() => undefined);
