// Photos are made small before they are sent: 640 pixels are all that
// recognition needs, and the network at the zoo is bad.

const longest = 640;

// shrink gives a JPEG of the photo, upright, at most 640 pixels long. What the
// browser cannot open (HEIC, on most) is sent as it is.
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
  return new Promise((done) => canvas.toBlob((jpeg) => done(jpeg ?? file), 'image/jpeg', 0.85));
}

function open(file: Blob): Promise<HTMLImageElement | null> {
  return new Promise((done) => {
    const url = URL.createObjectURL(file);
    const image = new Image();
    image.onload = () => {
      done(image);
      URL.revokeObjectURL(url);
    };
    image.onerror = () => {
      done(null);
      URL.revokeObjectURL(url);
    };
    image.src = url;
  });
}

// newID makes a UUID; randomUUID is only there on secure addresses.
export function newID(): string {
  if (crypto.randomUUID) return crypto.randomUUID();
  const b = crypto.getRandomValues(new Uint8Array(16));
  b[6] = (b[6] & 0x0f) | 0x40;
  b[8] = (b[8] & 0x3f) | 0x80;
  const hex = [...b].map((v) => v.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
