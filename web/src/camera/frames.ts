// Frames of the camera: what the child sees in the viewfinder, large enough for
// a capture and small enough for a look; and what the phone itself can measure
// of them, for coaching.

import { jpeg, light } from './photo';

const captured = 640; // longest edge, in pixels
const looked = 320;
const measured = 32;

const dark = 40; // of 255, the mean of the picture
const shaking = 14; // of 255, the mean change of a pixel in the time between two measurements

export type Fault = 'dark' | 'still';

export class Frames {
  #now = document.createElement('canvas');
  #best = document.createElement('canvas');
  #small = document.createElement('canvas');
  #tiny = document.createElement('canvas');

  // grab takes a frame: the part of the video that fills the viewfinder.
  grab(video: HTMLVideoElement) {
    const { videoWidth: w, videoHeight: h } = video;
    const shape = video.clientWidth / video.clientHeight || w / h;
    const width = Math.min(w, h * shape);
    const height = Math.min(h, w / shape);
    const scale = Math.min(1, captured / Math.max(width, height));
    this.#now.width = Math.max(1, Math.round(width * scale));
    this.#now.height = Math.max(1, Math.round(height * scale));
    this.#now.getContext('2d')?.drawImage(video, (w - width) / 2, (h - height) / 2, width, height, 0, 0, this.#now.width, this.#now.height);
  }

  // forLook gives the frame as a small JPEG.
  forLook(): Promise<Blob | undefined> {
    const scale = Math.min(1, looked / Math.max(this.#now.width, this.#now.height));
    this.#small.width = Math.max(1, Math.round(this.#now.width * scale));
    this.#small.height = Math.max(1, Math.round(this.#now.height * scale));
    const pen = this.#small.getContext('2d');
    if (pen) pen.imageSmoothingQuality = 'high';
    pen?.drawImage(this.#now, 0, 0, this.#small.width, this.#small.height);
    return jpeg(this.#small, 0.7);
  }

  // keep makes the frame the best one; shown draws the best one elsewhere.
  keep() {
    [this.#now, this.#best] = [this.#best, this.#now];
  }
  forCapture = () => light(this.#best);
  shown(on: HTMLCanvasElement) {
    on.width = this.#best.width;
    on.height = this.#best.height;
    on.getContext('2d')?.drawImage(this.#best, 0, 0);
  }

  // fault says what is wrong with what the camera sees: too dark, or shaken
  // within a twentieth of a second.
  async fault(video: HTMLVideoElement): Promise<Fault | undefined> {
    const before = this.#greys(video);
    if (!before) return undefined;
    if (before.reduce((sum, grey) => sum + grey, 0) / before.length < dark) return 'dark';
    await new Promise((done) => setTimeout(done, 50));
    const after = this.#greys(video);
    if (!after) return undefined;
    const moved = before.reduce((sum, grey, i) => sum + Math.abs(grey - after[i]), 0) / before.length;
    return moved > shaking ? 'still' : undefined;
  }

  #greys(video: HTMLVideoElement): number[] | undefined {
    this.#tiny.width = this.#tiny.height = measured;
    const pen = this.#tiny.getContext('2d', { willReadFrequently: true });
    if (!pen) return undefined;
    pen.drawImage(video, 0, 0, measured, measured);
    const { data } = pen.getImageData(0, 0, measured, measured);
    return Array.from({ length: measured * measured }, (_, i) => 0.3 * data[4 * i] + 0.6 * data[4 * i + 1] + 0.1 * data[4 * i + 2]);
  }
}
