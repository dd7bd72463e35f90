// Whether the phone is in the zoo, if the zoo minds. The phone compares that by
// itself: a position is neither kept nor sent, only the word that came of it.

import type { Schemas } from '../api';
import { keep, kept } from './keep';
import { always, known } from './known.svelte';

export type Place = 'inside' | 'outside';
type Area = Schemas['Area'];

const zoo = always(() => known('/v1/zoo/area'));

// area is where photos have to be taken; undefined if anywhere will do.
export const area = (): Area | undefined => zoo.value?.area;

const refused = 'zoodex.place-refused';
let granted = false; // since the page was opened; not every browser tells

async function permission(): Promise<PermissionState> {
  if (granted) return 'granted';
  if (!navigator.geolocation) return 'denied';
  try {
    return (await navigator.permissions.query({ name: 'geolocation' })).state;
  } catch {
    return 'prompt';
  }
}

// undecided tells whether nobody has said yes or no to the phone knowing its place.
export const undecided = async () => (await permission()) === 'prompt' && !kept<boolean>(refused);

// askForPlace has the browser ask. A no is kept: nobody is asked twice.
export function askForPlace(): Promise<void> {
  return new Promise((done) => {
    const answered = (yes: boolean) => {
      granted = yes;
      if (!yes) keep(refused, true);
      done();
    };
    navigator.geolocation.getCurrentPosition(() => answered(true), (error) => answered(error.code !== error.PERMISSION_DENIED), { maximumAge: Infinity });
  });
}

// followPlace tells again and again whether the phone is in an area, undefined
// if it cannot know, and nothing if it may not. It gives what ends that.
export function followPlace(area: Area, tell: (place?: Place) => void): () => void {
  let over = false;
  let watch: number | undefined;
  void permission().then((state) => {
    if (over || state !== 'granted') return;
    watch = navigator.geolocation.watchPosition(({ coords }) => tell(judge(area, coords)), () => tell(), { enableHighAccuracy: true });
  });
  return () => {
    over = true;
    if (watch !== undefined) navigator.geolocation.clearWatch(watch);
    tell();
  };
}

const earth = 6_371_000; // meters, its mean radius

// judge gives the doubt of a position to the child: outside is only who cannot
// be inside. The distance is that of the haversine formula.
function judge(area: Area, at: GeolocationCoordinates): Place {
  const radians = (degrees: number) => (degrees * Math.PI) / 180;
  const half = (degrees: number) => Math.sin(radians(degrees) / 2) ** 2;
  const a = half(at.latitude - area.latitude) + Math.cos(radians(at.latitude)) * Math.cos(radians(area.latitude)) * half(at.longitude - area.longitude);
  const meters = 2 * earth * Math.asin(Math.min(1, Math.sqrt(a)));
  return meters - at.accuracy > area.meters ? 'outside' : 'inside';
}
