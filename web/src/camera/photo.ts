// Photos are made small before they are kept and sent: 640 pixels are all that
// recognition needs, and the network at the zoo is bad.

const longest = 640;
const heaviest = 115_000; // bytes, so that a capture costs less than 120 kB

// shrink gives a JPEG of the photo, upright, at most 640 pixels long. What the
// browser cannot open (HEIC, on most) is given as it is.
export async function shrink(file: Blob): Promise<Blob> {
  const picture = await open(file);
  if (!picture) return file;
  const scale = Math.min(1, longest / Math.max(picture.width, picture.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const pen = canvas.getContext('2d');
  if (!pen) return file;
  pen.imageSmoothingQuality = 'high';
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return (await light(canvas)) ?? file;
}

// light gives a JPEG of a canvas that is not too heavy.
export async function light(canvas: HTMLCanvasElement): Promise<Blob | undefined> {
  let photo: Blob | undefined;
  for (const quality of [0.85, 0.7, 0.5, 0.3]) {
    photo = await jpeg(canvas, quality);
    if (!photo || photo.size <= heaviest) break;
  }
  return photo;
}

export const jpeg = (canvas: HTMLCanvasElement, quality: number) =>
  new Promise<Blob | undefined>((done) => canvas.toBlob((photo) => done(photo ?? undefined), 'image/jpeg', quality));

function open(file: Blob): Promise<HTMLImageElement | undefined> {
  return new Promise((done) => {
    const url = URL.createObjectURL(file);
    const image = new Image();
    const end = (opened?: HTMLImageElement) => {
      done(opened);
      URL.revokeObjectURL(url);
    };
    image.onload = () => end(image);
    image.onerror = () => end();
    image.src = url;
  });
}
