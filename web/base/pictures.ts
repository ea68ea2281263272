// Shrinks a photo on the device before it is sent: at most 2048 px on its longer side, JPEG. Hides: canvas
// and decoding. The photo's metadata (where, which phone) does not survive the canvas, which is wanted.

export const picture_side_max_px = 2048;

export class PictureError extends Error {}

/** A JPEG of the picture; PictureError when the file is no picture that this device can show. */
export async function shrink_picture(file: Blob): Promise<Blob> {
  const picture = await decode(file);
  const scale = Math.min(1, picture_side_max_px / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const pen = canvas.getContext("2d");
  if (!pen) throw new PictureError("canvas");
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  const jpeg = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.82));
  if (!jpeg) throw new PictureError("jpeg");
  return jpeg;
}

/** An <img> turns the photo upright by its own orientation mark; blob: is what the page's policy allows. */
function decode(file: Blob): Promise<HTMLImageElement> {
  return new Promise((resolve, reject) => {
    const address = URL.createObjectURL(file);
    const picture = new Image();
    picture.onload = () => {
      resolve(picture);
      URL.revokeObjectURL(address);
    };
    picture.onerror = () => {
      URL.revokeObjectURL(address);
      reject(new PictureError("decode"));
    };
    picture.src = address;
  });
}
