import { mount } from 'svelte';
import App from './App.svelte';
import { language } from './words';
import '../style.css';
import './style.css';

document.documentElement.lang = language;
mount(App, { target: document.getElementById('page')! });
