// Photos: what is taken in, what is left of it, and who may see it.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import { crc32, deflateSync } from "node:zlib";
import { assert_problem, hour_ms, open_district, over_socket } from "./district.mjs";
import { png_picture } from "./pictures.mjs";

let district, server, token;

before(async () => {
  district = await open_district();
  ({ server, token } = district);
});
after(() => server?.stop());

const upload = (bytes, type = "image/png", headers = {}) =>
  server.post("/api/v1/media", bytes, { "Content-Type": type, "X-Place-Token": token, ...headers });

// A PNG that says it is so large, and holds next to nothing.
function hollow_png(width_px, height_px) {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width_px, 0);
  head.writeUInt32BE(height_px, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
    const frame = Buffer.alloc(body.length + 8);
    frame.writeUInt32BE(data.length, 0);
    body.copy(frame, 4);
    frame.writeUInt32BE(crc32(body), body.length + 4);
    return frame;
  };
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const image = chunk("IDAT", deflateSync(Buffer.alloc(64)));
  return new Uint8Array(
    Buffer.concat([signature, chunk("IHDR", head), image, chunk("IEND", Buffer.alloc(0))]),
  );
}

// The segments of a JPEG up to its picture data: marker -> bytes.
function segments(jpeg) {
  const found = [];
  for (let at = 2; at + 4 <= jpeg.length && jpeg[at] === 0xff && jpeg[at + 1] !== 0xda;) {
    const length = jpeg[at + 2] * 256 + jpeg[at + 3];
    found.push({ marker: jpeg[at + 1], bytes: Buffer.from(jpeg.subarray(at + 4, at + 2 + length)) });
    at += 2 + length;
  }
  return found;
}

// A JPEG with an EXIF segment in which a phone would write where and with what it was taken.
async function jpeg_with_exif() {
  const photo = (await upload(png_picture(80, 60))).json.media_id;
  const told = await district.report("图", { media: [photo] });
  const plain = await server.get(`/api/v1/track/${told.tracking}/media/${photo}`);
  assert.equal(plain.headers.get("content-type"), "image/jpeg");
  // Exif, big endian, one entry: 0x0110 (Model), ASCII, 18 bytes at offset 26.
  const tiff = Buffer.from("4d4d002a00000008000101100002000000120000001a00000000", "hex");
  const exif = Buffer.concat([
    Buffer.from("Exif\0\0", "latin1"),
    tiff,
    Buffer.from("SecretPhone 30.26\0", "latin1"),
  ]);
  const head = Buffer.from([0xff, 0xe1, 0, exif.length + 2]);
  return new Uint8Array(
    Buffer.concat([Buffer.from(plain.bytes.slice(0, 2)), head, exif, Buffer.from(plain.bytes.slice(2))]),
  );
}

test("a picture is answered with its id and size, and kept as a JPEG without anything beside it",
  async () => {
  const sent = await jpeg_with_exif();
  assert.ok(
    segments(sent).some((s) => s.bytes.includes("SecretPhone")),
    "the test's picture has the words",
  );
  const answer = await upload(sent, "image/jpeg");
  assert.equal(answer.status, 201, answer.text);
  assert.deepEqual([answer.json.width, answer.json.height], [80, 60]);
  const { media_id } = answer.json;
  const told = await district.report("图", { media: [media_id] });
  for (const query of ["", "?size=thumb"]) {
    const kept = await server.get(`/api/v1/track/${told.tracking}/media/${media_id}${query}`);
    assert.equal(kept.status, 200);
    assert.ok(!Buffer.from(kept.bytes).includes("SecretPhone"));
    assert.ok(!segments(kept.bytes).some((s) => s.marker === 0xe1), "no APP1 at all");
    if (!query) assert.equal(kept.bytes.length, answer.json.bytes);
  }
});

test("what is no picture is 415, whatever it calls itself", async () => {
  const junk = [
    "not a picture",
    "",
    "<svg xmlns='http://www.w3.org/2000/svg'/>",
    "GIF89a",
    "%PDF-1.4",
    "\xff\xd8\xff",
  ];
  for (const bytes of junk)
    for (const type of ["image/jpeg", "image/png", "text/plain"])
      assert.ok([400, 415].includes((await upload(bytes, type)).status), `${bytes} as ${type}`);
  assert_problem(await upload("not a picture", "image/jpeg"), 415);
});

test("a picture cut off in the middle is refused", async () => {
  const whole = png_picture(400, 300);
  const answer = await upload(whole.slice(0, whole.length / 2));
  assert.ok(answer.status >= 400 && answer.status < 500, answer.text);
});

test("a header that promises 50,000 px is refused in a moment, not unpacked", async () => {
  const started = performance.now();
  for (const [width_px, height_px] of [
    [50_000, 50_000],
    [50_000, 10],
    [10, 50_000],
    [0x7fffffff, 0x7fffffff],
    [0, 0],
  ]) {
    const answer = await upload(hollow_png(width_px, height_px));
    assert.ok([400, 413, 415].includes(answer.status), `${width_px}x${height_px}: ${answer.text}`);
    assert.equal(answer.json.status, answer.status);
  }
  assert.ok(performance.now() - started < 5_000);
});

test("over 12 MB is 413, by the announced length alone where there is one", async () => {
  const head =
    "POST /api/v1/media HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\n" +
    `X-Place-Token: ${token}\r\nContent-Length: 13631488\r\n\r\n`;
  assert.match(await over_socket(server.url, [head]), /^HTTP\/1\.1 413 /);
  const chunked = head.replace(/Content-Length: \d+/, "Transfer-Encoding: chunked");
  const megabyte = `100000\r\n${"x".repeat(0x100000)}\r\n`;
  const answer = await over_socket(server.url, [chunked, ...Array(14).fill(megabyte)]);
  assert.match(answer, /^HTTP\/1\.1 413 /);
});

test("uploading needs a place or a session", async () => {
  const png = png_picture(8, 8);
  const bare = await server.post("/api/v1/media", png, { "Content-Type": "image/png" });
  assert_problem(bare, 401);
  const forged = token.slice(0, -1) + (token.endsWith("0") ? "1" : "0");
  assert_problem(await upload(png, "image/png", { "X-Place-Token": forged }), 403);
});

test("a form without a picture in it is pointed at", async () => {
  const form = new FormData();
  form.append("other", new Blob([png_picture(8, 8)]), "a.png");
  const answer = await server.post("/api/v1/media", form, { "X-Place-Token": token });
  assert_problem(answer, 400, { pointer: "/file" });
  const broken = await upload("--x\r\nnothing", "multipart/form-data; boundary=x");
  assert_problem(broken, 400);
});

test("staff see photos of cases in their scope; strangers, residents and administrators see none",
  async () => {
  const photo = await district.upload_here();
  const target = `/api/v1/media/${photo}`;
  const officer = await district.as("d330106-1");
  assert_problem(await officer.get(target), 404);
  const told = await district.report("图", { media: [photo] });
  for (const who of [told.owner, "leader", "reviewer", "d330106-1"]) {
    const answer = await (await district.as(who)).get(target);
    assert.equal(answer.status, 200);
    assert.match(answer.headers.get("cache-control"), /private/);
  }
  for (const who of ["w330106009002003", "l330106009002", "o330106009-1", "a330106", "u330106-30"])
    assert_problem(await (await district.as(who)).get(target), 404);
  assert_problem(await server.get(target), 401);
  const other = await district.report("别的");
  assert_problem(await server.get(`/api/v1/track/${other.tracking}/media/${photo}`), 404);
});

test("ids that are none lead nowhere", async () => {
  const officer = await district.as("d330106-1");
  for (const id of ["x", "..%2f..%2fmashang.db", "a".repeat(500)])
    assert.equal((await officer.get(`/api/v1/media/${id}`)).status, 404, id);
});

test("an unclaimed photo is gone a day later, a claimed one stays", async () => {
  const hash = (answer) => createHash("sha256").update(answer.bytes).digest("hex");
  const kept = await district.upload_here();
  const told = await district.report("图", { media: [kept] });
  const left = await district.upload(await district.as("worker"));
  const was = await server.get(`/api/v1/track/${told.tracking}/media/${kept}`);
  await server.advance(25 * hour_ms);
  district.forget();
  const uploader = await district.as("worker");
  // The house is kept by a task of its own, once a minute of the test clock: ask until it has been.
  const deadline = performance.now() + 10_000;
  let status = 200;
  while (status === 200 && performance.now() < deadline)
    ({ status } = await uploader.get(`/api/v1/media/${left}`));
  assert.equal(status, 404);
  const is = await server.get(`/api/v1/track/${told.tracking}/media/${kept}`);
  assert.equal(hash(is), hash(was));
});
