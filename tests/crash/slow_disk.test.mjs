// A disk too slow for what comes: the queue fills, the rest is told to come back, memory stays bounded.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { assert_problem, open_district } from "../api/district.mjs";
import { new_key } from "../api/server.mjs";
import { assert_kept, assert_whole } from "./kept.mjs";
import { tamper } from "./strace.mjs";

const queue_max = 32;
const callers = 400;
const waves = 4;
const grown_kb_max = 64 * 1024;

let district, server, folder;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "mashang-config-"));
  await writeFile(join(folder, "mashang.toml"), `queue_max = ${queue_max}\n`);
  district = await open_district({ more: ["--config", join(folder, "mashang.toml")] });
  ({ server } = district);
});
after(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function peak_kb() {
  const status = await readFile(`/proc/${server.pid}/status`, "utf8");
  return Number(status.match(/^VmHWM:\s*(\d+) kB$/m)[1]);
}

/** As many callers at once as there are, each with one report. */
async function wave(n) {
  const sent = Array.from({ length: callers }, (_, i) => ({
    key: new_key(),
    body: { token: district.tokens[i % 20], text: `第 ${n} 波 ${i} ${"很".repeat(500)}` },
  }));
  const send = async (one) => {
    const answer = await district.send(one.body, one.key);
    return { ...one, answer, text: answer.text, json: answer.json };
  };
  return await Promise.all(sent.map(send));
}

test("a full queue answers 503 with Retry-After, takes no more memory, and loses nothing it took",
  async (t) => {
  await wave(0);
  const disk = await tamper(server.pid, "delay_exit=500000");
  if (!disk) return t.skip("skipped: tracing is not allowed here");
  const before_kb = await peak_kb();
  const taken = [],
    refused = [];
  for (let n = 1; n <= waves; n += 1)
    for (const one of await wave(n)) (one.answer.status === 201 ? taken : refused).push(one);
  assert.ok((await disk.hits()) > 0, "the syncs were slow");
  assert.ok(taken.length >= queue_max, `${taken.length} were taken`);
  assert.ok(refused.length >= callers, `${refused.length} were refused`);
  for (const { answer } of refused) {
    assert_problem(answer, 503, { key: "error.busy" });
    assert.match(answer.headers.get("retry-after"), /^[1-9]\d*$/);
  }
  const grown_kb = (await peak_kb()) - before_kb;
  console.log(`${taken.length} taken, ${refused.length} refused, ${grown_kb} kB more at most`);
  assert.ok(grown_kb < grown_kb_max, `${grown_kb} kB more`);
  assert.equal((await server.get("/readyz")).status, 200, "slow is not broken");
  await disk.release();

  for (const { key, body } of refused.slice(0, 50)) {
    const again = await district.send(body, key);
    assert.equal(again.status, 201, again.text);
    taken.push({ key, body, text: again.text, json: again.json });
  }
  await assert_kept(server.data, taken);
  await assert_whole(server.data);
});
