// The live look: one small frame after the other goes to recognition, and what
// it says grows more certain. When several frames in a row show the same
// animal for sure, it is found.

import { Problem, type Schemas } from '../../api';
import { asMe } from '../family.svelte';
import { Frames, type Fault } from '../../camera/frames';

type Look = Schemas['Look'];

const enough = 3; // frames in a row
const rest = 10 * 60_000; // milliseconds in which the same animal is not found by itself again
const distant = 0.12; // of the picture: an animal that takes less is far away

// Milliseconds from an answer to the next frame. While an animal is being made
// sure of there is no waiting; else as long as the answer took, so that a slow
// network is asked seldom, and a service is asked 300 times a minute at most.
const soonest = 300;
const latest = 4000;
const afterFailure = [1000, 2000, 4000, 8000, 15000];

export type Coach = Fault | 'closer' | 'point' | 'offline';

export class Watch {
  look = $state.raw<Look>();
  certain = $state(0); // 0 to 1
  coach = $state<Coach>();
  paused = false; // while something lies over the viewfinder

  readonly frames = new Frames();
  #video: HTMLVideoElement;
  #found: (look: Look) => void;
  #done = new Map<string, number>(); // animals found, and when
  #stopped = false;

  constructor(video: HTMLVideoElement, found: (look: Look) => void) {
    this.#video = video;
    this.#found = found;
    void this.#run();
  }

  stop() {
    this.#stopped = true;
  }

  // shoot makes what the camera sees now the frame to be captured.
  shoot() {
    this.frames.grab(this.#video);
    this.frames.keep();
    if (this.look?.species) this.#rested(this.look.species.slug);
  }

  // rests tells whether an animal was found a short time ago.
  rests = (slug: string) => Date.now() - (this.#done.get(slug) ?? -rest) < rest;

  #rested(slug: string) {
    this.#done.set(slug, Date.now());
  }

  async #run() {
    let streak = 0;
    let best = 0;
    let failures = 0;
    while (!this.#stopped) {
      if (this.paused || document.hidden || this.#video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) {
        streak = 0;
        await pause(100);
        continue;
      }
      const fault = this.frames.fault(this.#video);
      this.frames.grab(this.#video);
      if ((await Promise.race([fault, pause(0)])) === 'dark') {
        Object.assign(this, { coach: 'dark', look: undefined, certain: 0 });
        streak = 0;
        await pause(soonest);
        continue;
      }
      const photo = await this.frames.forLook();
      if (!photo) return;
      const sent = performance.now();
      let look: Look;
      try {
        look = await asMe('post', '/v1/looks', { photo, patience: 10_000 });
      } catch (error) {
        const wait = error instanceof Problem ? error.wait * 1000 : 0;
        Object.assign(this, { coach: 'offline', look: undefined, certain: 0 });
        streak = 0;
        await pause(Math.max(wait, afterFailure[Math.min(failures++, afterFailure.length - 1)]));
        continue;
      }
      if (this.#stopped) return;
      if (this.paused) continue;
      failures = 0;
      const took = performance.now() - sent;

      const slug = look.outcome === 'certain' ? look.species?.slug : undefined;
      const same = slug !== undefined && slug === this.look?.species?.slug && streak > 0;
      streak = slug === undefined ? 0 : same ? streak + 1 : 1;
      if (slug !== undefined && (!same || look.confidence > best)) {
        best = look.confidence;
        this.frames.keep();
      }
      this.look = look;
      this.certain = slug !== undefined ? 0.4 + 0.6 * Math.min(1, streak / enough) : look.outcome === 'unsure' ? 0.35 * look.confidence : 0;
      if (slug !== undefined && streak >= enough && !this.rests(slug)) {
        this.#rested(slug);
        this.coach = undefined;
        streak = 0;
        this.#found(look);
        continue;
      }
      const hurry = slug !== undefined && !this.rests(slug);
      if (!hurry) this.coach = (await fault) ?? this.#advice(look);
      await pause(hurry ? 0 : Math.min(latest, Math.max(soonest, took)));
    }
  }

  #advice(look: Look): Coach | undefined {
    if (look.outcome === 'nothing') return 'point';
    if (look.outcome !== 'unsure' || !look.box) return undefined;
    const { clientWidth, clientHeight } = this.#video;
    const edge = 320 / Math.max(clientWidth, clientHeight);
    const part = (look.box.width * look.box.height) / (clientWidth * edge * clientHeight * edge);
    return part < distant ? 'closer' : undefined;
  }
}

const pause = (milliseconds: number) => new Promise<undefined>((done) => setTimeout(done, milliseconds, undefined));
