// Takes the README's three pictures, docs/pictures/{resident,worker,office}.png, of a demo district as it
// is at this hour: MASHANG_BIN=... node tests/browser/take_pictures.mjs (by day, when there is more to see).
// Each is written with a palette of the 256 colours that it has most of, to stay under 200 KB.
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { crc32, deflateSync } from "node:zlib";
import { start_server } from "../api/server.mjs";
import { desktop, file_of, jpeg, launch, open_screen, phone, sign_in, web } from "./pages.mjs";

const folder = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), "docs/pictures");
await mkdir(folder, { recursive: true });

// Runs in the browser: the picture as {width, height, palette: [r, g, b, ...], pixels: an index each}.
async function reduce(address) {
  const bitmap = await createImageBitmap(await (await fetch(address)).blob());
  const { width, height } = bitmap;
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const pen = canvas.getContext("2d");
  pen.drawImage(bitmap, 0, 0);
  const { data } = pen.getImageData(0, 0, width, height);
  const count = new Map();
  const colour_at = (at) => (data[at] << 16) | (data[at + 1] << 8) | data[at + 2];
  for (let at = 0; at < data.length; at += 4) count.set(colour_at(at), (count.get(colour_at(at)) ?? 0) + 1);
  const most = [...count].sort((one, other) => other[1] - one[1]);
  const kept = most.slice(0, 256).map(([colour]) => colour);
  const parts = (colour) => [colour >> 16, (colour >> 8) & 255, colour & 255];
  const far = (one, other) => parts(one).reduce((sum, part, n) => sum + (part - parts(other)[n]) ** 2, 0);
  const nearest = (colour) => {
    let best = 0;
    kept.forEach((other, n) => (best = far(colour, other) < far(colour, kept[best]) ? n : best));
    return best;
  };
  const index = new Map(most.map(([colour], n) => [colour, n < 256 ? n : nearest(colour)]));
  const pixels = Array.from({ length: width * height }, (_, n) => index.get(colour_at(4 * n)));
  return { width, height, palette: kept.flatMap(parts), pixels };
}

function chunk(type, data) {
  const frame = Buffer.alloc(data.length + 12);
  frame.writeUInt32BE(data.length, 0);
  frame.write(type, 4, "latin1");
  data.copy(frame, 8);
  frame.writeUInt32BE(crc32(frame.subarray(4, data.length + 8)), data.length + 8);
  return frame;
}

function png({ width, height, palette, pixels }) {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 3], 8); // bits an index; colour type 3 has a palette
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y += 1) rows.set(pixels.slice(y * width, (y + 1) * width), y * (width + 1) + 1);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", head),
    chunk("PLTE", Buffer.from(palette)),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

const server = await start_server({ more: web });
const browser = await launch();
try {
  const desk = await browser.newPage();
  const shot = async (page, name) => {
    const taken = (await page.screenshot()).toString("base64");
    const reduced = await desk.evaluate(reduce, `data:image/png;base64,${taken}`);
    await writeFile(join(folder, `${name}.png`), png(reduced));
  };
  const person = (screen) => open_screen(browser, { screen, url: server.url });
  const [resident, worker, office] = [await person(phone), await person(phone), await person(desktop)];

  const photo = await jpeg(browser, { colour: "#c8502b", bicycles: 9 });
  await resident.page.goto(server.demo.scan_links[0]);
  await resident.page.locator(".chip", { hasText: "共享单车乱停放" }).click();
  await resident.page.locator("textarea").first().fill("二十多辆单车压住盲道，轮椅过不去。");
  await resident.page.locator("input[type=file]").first().setInputFiles(file_of(photo));
  await resident.page.locator(".photos img").waitFor();
  await sign_in(worker.page, server, "worker", "/worker/");
  await resident.page.locator("button.send").click();
  await resident.page.waitForURL(/\/t\//);
  await resident.page.locator(".timeline").waitFor();
  await resident.page.evaluate(() => scrollTo(0, 0));
  await shot(resident.page, "resident");

  await worker.page.locator("li.row").first().waitFor();
  await shot(worker.page, "worker");

  await sign_in(office.page, server, "district", "/office/");
  await office.page.locator("canvas").first().waitFor();
  await office.page.locator(".leaflet-interactive").first().waitFor();
  await office.page.mouse.move(2, 300);
  await shot(office.page, "office");
} finally {
  await browser.close();
  await server.stop();
}
