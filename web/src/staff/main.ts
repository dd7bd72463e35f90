import { mount } from 'svelte';
import App from './App.svelte';
import '../style.css';
import './staff.css';

mount(App, { target: document.getElementById('page')! });
