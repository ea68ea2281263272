// Pictures made on the spot: a PNG of any size, grey as a pavement.
import { crc32, deflateSync } from "node:zlib";

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const frame = Buffer.alloc(body.length + 8);
  frame.writeUInt32BE(data.length, 0);
  body.copy(frame, 4);
  frame.writeUInt32BE(crc32(body), body.length + 4);
  return frame;
}

/** 8-bit greyscale with a slope, so that no two sizes have the same content. */
export function png_picture(width_px, height_px) {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width_px, 0);
  head.writeUInt32BE(height_px, 4);
  head[8] = 8; // bits a sample; colour type 0 is grey
  const rows = Buffer.alloc((width_px + 1) * height_px);
  for (let y = 0; y < height_px; y += 1)
    for (let x = 0; x < width_px; x += 1) rows[y * (width_px + 1) + 1 + x] = (x + 2 * y) & 0xff;
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const image = [chunk("IHDR", head), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))];
  return new Uint8Array(Buffer.concat([signature, ...image]));
}
