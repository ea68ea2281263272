// The machine's clock steps back under a running server: nothing is un-fired, time is held, and everybody who
// watches is told [T27]. The clock is the test's own, put before the system's (stepped_clock.c).
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { hour_ms, minute_ms, now_ms, open_district } from "./district.mjs";

const run = promisify(execFile);
const here = dirname(fileURLToPath(import.meta.url));
const bicycles = { matter_code: "S33010609011" }; // sign-off in 15 working minutes

let district, server, folder, step;

async function step_to(ms) {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt(ms));
  await step.write(bytes, 0, 8, 0);
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "mashang-clock-"));
  const shim = join(folder, "stepped_clock.so");
  await run("cc", ["-shared", "-fPIC", "-O1", "-o", shim, join(here, "stepped_clock.c"), "-ldl"]);
  step = await open(join(folder, "step"), "w+");
  await step_to(0);
  process.env.LD_PRELOAD = shim;
  process.env.STEPPED_CLOCK = join(folder, "step");
  try {
    district = await open_district();
  } finally {
    delete process.env.LD_PRELOAD;
    delete process.env.STEPPED_CLOCK;
  }
  ({ server } = district);
});
after(async () => {
  await server?.stop();
  await step?.close();
  await rm(folder, { recursive: true, force: true });
});

const ready = async () => (await server.get("/readyz")).json;
const gauge = async (name) =>
  Number(new RegExp(`^${name} (\\S+)$`, "m").exec((await server.get("/metrics")).text)[1]);

// The service looks at the clock five times a second; asked again until it has said so, not for longer.
async function said(pattern) {
  const until = performance.now() + 10_000;
  while (!pattern.test(server.output()) && performance.now() < until) await server.get("/healthz");
  assert.match(server.output(), pattern);
}

test("a clock that steps back un-fires nothing; log, readyz and figures tell of it [T27]",
  async () => {
  const { number } = await district.report("单车", bicycles);
  await server.advance(13 * minute_ms);
  const fired = (await district.look(number)).events.map((e) => [e.what, e.at]);
  assert.equal(fired.filter(([what]) => what === "threshold_passed").length, 2);
  assert.deepEqual(await ready(), { status: "ready", alarms: [] });
  assert.equal(await gauge("mashang_clock_behind_ms"), 0);
  const before_ms = await now_ms(server);

  await step_to(-2 * hour_ms);
  await said(/the machine's clock stepped back: it stands \d+ ms behind/);
  const held_ms = await now_ms(server);
  assert.ok(held_ms >= before_ms && held_ms < before_ms + minute_ms, "held, not moved back");
  assert.deepEqual(
    (await district.look(number)).events.map((e) => [e.what, e.at]),
    fired,
  );
  const { status, alarms } = await ready();
  assert.deepEqual([status, alarms.length, alarms[0].what], ["ready", 1, "clock_behind"]);
  assert.ok(Math.abs(alarms[0].behind_ms - 2 * hour_ms) < 5 * minute_ms, JSON.stringify(alarms));
  assert.match(alarms[0].text, /^The server's clock stepped back 7\d\d\d s/);
  assert.ok((await gauge("mashang_clock_behind_ms")) > hour_ms);
  assert.ok((await gauge("mashang_clock_skew_ms")) > hour_ms);
  // What is reported meanwhile is not before what was reported already.
  const later = await district.report("又一辆", { ...bicycles, token: district.tokens[1] });
  assert.ok(Date.parse(later.accepted_at) >= before_ms);

  await step_to(0);
  await said(/the machine's clock has caught up/);
  assert.deepEqual(await ready(), { status: "ready", alarms: [] });
  assert.equal(await gauge("mashang_clock_behind_ms"), 0);
  assert.ok((await gauge("mashang_clock_skew_ms")) > hour_ms, "that it once did is kept");
});
