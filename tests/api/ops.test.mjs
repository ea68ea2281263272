// What an operator relies on: health, figures, a stop that loses nothing, a start that finds everything.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { assert_problem, open_district } from "./district.mjs";
import { png_picture } from "./pictures.mjs";
import { start_server } from "./server.mjs";

let district, server;

before(async () => {
  district = await open_district();
  ({ server } = district);
});
after(() => server?.stop());

// One sample of the text format: name{labels} value
const sample =
  /^([a-zA-Z_:][\w:]*)(\{(?:[a-zA-Z_]\w*="(?:[^"\\]|\\.)*",?)*\})? ([-+]?(?:\d[\d.e+-]*|Inf)|NaN)$/;

function parse_metrics(text) {
  const types = new Map(),
    samples = [];
  for (const line of text.split("\n").filter(Boolean)) {
    const declared = line.match(/^# TYPE (\S+) (counter|gauge|histogram|summary|untyped)$/);
    if (declared) {
      assert.ok(!types.has(declared[1]), `${declared[1]} is declared once`);
      types.set(declared[1], declared[2]);
    }
    if (line.startsWith("#")) continue;
    const [, name, labels, value] = line.match(sample) ?? assert.fail(`not a sample: ${line}`);
    samples.push({ name, labels, value: Number(value.replace("Inf", "Infinity")) });
  }
  return { types, samples };
}

test("alive and ready are said, and by whom they are asked does not matter", async () => {
  for (const path of ["/healthz", "/readyz"]) {
    const answer = await server.get(path);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get("cache-control"), "no-store");
  }
});

test("the figures are in the text format, each family declared, and hold what the contract names",
  async () => {
  await district.report("单车", { matter_code: "S33010609011" });
  const answer = await server.get("/metrics");
  assert.match(answer.headers.get("content-type"), /^text\/plain; version=0\.0\.4/);
  const { types, samples } = parse_metrics(answer.text);
  for (const { name } of samples) {
    const family = name.replace(/_(bucket|sum|count)$/, "");
    assert.ok(types.has(name) || types.has(family), `${name} has a type`);
  }
  // reports, dispatch latency histogram, timer lateness, queue depth, commit batch, outbox lag, overdue by
  // stage
  for (const named of [/report/, /dispatch/, /lateness/, /queue/, /commit|batch/, /outbox/, /overdue/])
    assert.ok(
      [...types.keys()].some((name) => named.test(name)),
      `something about ${named}`,
    );
  assert.ok([...types].some(([name, type]) => /dispatch/.test(name) && type === "histogram"));
  const overdue = samples.filter(({ name }) => /overdue/.test(name)).map(({ labels }) => labels);
  for (const stage of ["sign_off", "response", "closure", "review"])
    assert.ok(
      overdue.some((labels) => labels.includes(stage)),
      stage,
    );
});

test("histogram buckets rise to their count, and a report is counted once", async () => {
  const read = async () => parse_metrics((await server.get("/metrics")).text).samples;
  const reports = (samples) => samples.find(({ name }) => name === "mashang_reports_total").value;
  const before_it = reports(await read());
  const body = { token: district.token, text: "一次" };
  const key = "k".repeat(20);
  await district.send(body, key);
  await district.send(body, key);
  await district.send({ ...body, text: "" }, "l".repeat(20));
  const samples = await read();
  assert.equal(reports(samples), before_it + 1, "neither the repeat nor the refusal counts");
  const buckets = samples
    .filter(({ name }) => name === "mashang_dispatch_seconds_bucket")
    .map((s) => s.value);
  assert.deepEqual(
    buckets,
    buckets.toSorted((a, b) => a - b),
  );
  assert.equal(buckets.at(-1), samples.find(({ name }) => name === "mashang_dispatch_seconds_count").value);
});

test("the description of the API is served, and every answer names its kind", async () => {
  const { json, headers } = await server.get("/openapi.json");
  assert.match(json.openapi, /^3\./);
  assert.match(headers.get("content-type"), /^application\/json/);
  assert.equal(headers.get("x-content-type-options"), "nosniff");
});

test("paths that are not there are 404, methods that are not 405 with what is", async () => {
  assert_problem(await server.get("/api/v1/none"), 404);
  assert_problem(await server.get("/api/v2/tasks"), 404);
  const wrong = await server.delete("/api/v1/reports");
  assert_problem(wrong, 405);
  assert.match(wrong.headers.get("allow"), /POST/);
  for (const path of [
    "/../../etc/passwd",
    "/worker/assets/..%2f..%2fkeys",
    "/office/%2e%2e/%2e%2e/mashang.db",
  ])
    assert.ok([400, 404].includes((await server.get(path)).status), path);
});

test("a clock that goes backwards, too far or nowhere is refused", async () => {
  const move = (advance_ms) => server.post("/api/v1/test/clock", { advance_ms });
  for (const span of [-1, 1e15, "5", 1.5, undefined])
    assert_problem(await move(span), 400, { pointer: "/advance_ms" });
});

test("without the flag there is no test clock", async () => {
  const plain = await start_server({ days: 0, test_clock: false });
  try {
    assert_problem(await plain.post("/api/v1/test/clock", { advance_ms: 1 }), 404);
  } finally {
    await plain.stop();
  }
});

test("a second server on the same data refuses to start, and says what holds it", async () => {
  const { code, text } = await server.tool("serve", "--port", "0");
  assert.notEqual(code, 0, text);
  assert.match(text, /serve\.lock/);
  assert.equal((await server.get("/healthz")).status, 200);
});

test("a stop answers the upload that is under way, and a start finds it", async () => {
  const picture = Buffer.from(png_picture(900, 700));
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  const answered = new Promise((resolve, reject) => {
    let text = "";
    socket.setEncoding("latin1").on("data", (piece) => (text += piece));
    socket.on("close", () => resolve(text));
    socket.on("error", reject);
  });
  const half = Math.floor(picture.length / 2);
  await new Promise((done) =>
    socket.write(
      Buffer.concat([
        Buffer.from(
          "POST /api/v1/media HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\n" +
            `X-Place-Token: ${district.token}\r\nContent-Length: ${picture.length}\r\n\r\n`,
        ),
        picture.subarray(0, half),
      ]),
      done,
    ),
  );
  await server.get("/healthz"); // a round trip later the server has the first half
  const stopped = server.drain();
  const refused = async () => {
    while (true) await fetch(`${server.url}/healthz`, { headers: { connection: "close" } });
  };
  await refused().catch(() => {}); // it takes no new connection: the stop has begun
  socket.write(picture.subarray(half));
  const text = await answered;
  assert.match(text, /^HTTP\/1\.1 201 /);
  assert.match(text, /connection: close/i);
  const { code, signal } = await stopped;
  assert.deepEqual([code, signal], [0, null], server.output().slice(-2000));
  await server.restart();
  await district.morning();
  const { media_id } = JSON.parse(text.slice(text.indexOf("\r\n\r\n") + 4));
  const told = await district.report("图", { media: [media_id] });
  assert.equal((await server.get(`/api/v1/track/${told.tracking}/media/${media_id}`)).status, 200);
});

test("a stop in the midst of reports: each that was answered is kept, none that was not is half there",
  async () => {
  const sent = [];
  const keep_sending = async (lane) => {
    for (let i = 0; ; i += 1) {
      const answer = await district.send({ token: district.token, text: `${lane}-${i}` });
      if (answer.status !== 201) return;
      sent.push(answer.json);
    }
  };
  const lanes = Array.from({ length: 8 }, (_, lane) => keep_sending(lane).catch(() => {}));
  while (sent.length < 40) await server.get("/healthz");
  await server.crash();
  await Promise.all(lanes);
  await server.restart();
  for (const told of sent) assert.equal((await district.track(told.tracking)).number, told.number);
});

test("the journal folds to the very rows, the chains hold, and a changed word is found", async () => {
  await server.drain();
  for (const args of [["replay"], ["audit", "verify"]]) {
    const { code, text } = await server.tool(...args);
    assert.equal(code, 0, text);
    assert.match(text, /^[1-9]\d* cases \w+, 0 differ/m);
  }
  // Somebody with the file in his hands makes another matter of it, everywhere it is written.
  const file = join(server.data, "mashang.db");
  const bytes = await readFile(file);
  for (let at = 0; (at = bytes.indexOf("S33010609011", at)) >= 0; at += 12) bytes.write("S33010609010", at);
  await writeFile(file, bytes);
  const { code, text } = await server.tool("audit", "verify");
  assert.equal(code, 1, text);
  assert.match(text, /, [1-9]\d* differ/);
});
