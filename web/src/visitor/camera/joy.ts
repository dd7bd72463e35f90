// The moment of a catch that is felt and heard. Sound is off until it is asked
// for; it is made here, so nothing is loaded.

import { keep, kept } from '../keep';

const place = 'zoodex.sound';

export const soundOn = () => kept<boolean>(place) ?? false;
export const setSound = (on: boolean) => void keep(place, on);

let sounds: AudioContext | undefined;

export function rejoice() {
  navigator.vibrate?.([60, 50, 60, 50, 160]);
  if (soundOn()) chime();
}

// chime plays three rising notes (C, E, G).
export function chime() {
  if (typeof AudioContext === 'undefined') return;
  sounds ??= new AudioContext();
  void sounds.resume();
  [523.25, 659.25, 783.99].forEach((pitch, i) => {
    const start = sounds!.currentTime + i * 0.12;
    const note = new OscillatorNode(sounds!, { type: 'triangle', frequency: pitch });
    const loudness = new GainNode(sounds!, { gain: 0 });
    loudness.gain.linearRampToValueAtTime(0, start);
    loudness.gain.linearRampToValueAtTime(0.25, start + 0.02);
    loudness.gain.exponentialRampToValueAtTime(0.001, start + 0.5);
    note.connect(loudness).connect(sounds!.destination);
    note.start(start);
    note.stop(start + 0.5);
  });
}
