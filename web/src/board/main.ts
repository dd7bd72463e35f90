import { mount } from 'svelte';
import { isOurs, speech } from '../words/language.svelte';
import Board from './Board.svelte';
import '../style.css';
import './board.css';

// A screen speaks the language of its address; it does not change what the app
// on this phone speaks.
const asked = new URLSearchParams(location.search).get('lang');
if (isOurs(asked)) speech.language = asked;
document.documentElement.lang = speech.language;

mount(Board, { target: document.getElementById('page')! });
