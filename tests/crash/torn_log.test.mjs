// A write-ahead log that is torn at its end, as a disk may leave it that lies about its syncs.
//
// What may be lost by that, precisely: the transactions from the damaged one on, whole, in the order in which
// they were committed; nothing before it, nothing that a checkpoint had copied, nothing in part. (Damage in
// the midst of a log that a checkpoint has copied already is another thing: old pages would lie over new
// ones. The log's checksums do not cover that; `audit verify`, `replay` and a restore find it.)
import assert from "node:assert/strict";
import { cp, mkdtemp, open, rm, stat, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { open_district } from "../api/district.mjs";
import { new_key, run_tool, serve_folder } from "../api/server.mjs";
import { chance } from "./chance.mjs";
import { assert_audited, assert_kept, assert_whole, rows } from "./kept.mjs";
import { assert_repeatable, start_load } from "./load.mjs";
import { read_log } from "./write_ahead_log.mjs";

const trials = Number(process.env.MASHANG_CRASH_ROUNDS ?? 8);
const reports = 40;

let district, server, room, settled, logged;
const log = () => join(server.data, "mashang.db-wal");
const changed_ms = async () => (await stat(join(server.data, "mashang.db"))).mtimeMs;

before(async () => {
  room = await mkdtemp(join(tmpdir(), "mashang-torn-"));
  district = await open_district();
  ({ server } = district);
  const load = start_load(district);
  await load.until(60);
  await load.stop();
  settled = load.acknowledged;
  // Reports one after another, so that each is a transaction of its own behind the one before; all of them in
  // the log alone. Should a checkpoint have come between, it is done once more.
  for (let attempt = 1; ; attempt += 1) {
    assert.ok(attempt <= 10, "forty reports fit between two checkpoints");
    await server.drain(); // which leaves everything in the database, and no log
    await server.restart();
    settled = [...settled, ...(logged ?? [])];
    const before_ms = await changed_ms();
    logged = [];
    for (let n = 0; n < reports; n += 1) {
      const key = new_key();
      const body = { token: district.token, text: `日志里的 ${n}` };
      const answer = await district.send(body, key);
      assert.equal(answer.status, 201, answer.text);
      const { ends } = await read_log(log());
      logged.push({ key, body, text: answer.text, json: answer.json, end: ends.at(-1) });
    }
    await server.crash();
    if ((await changed_ms()) === before_ms) return;
  }
});
after(async () => {
  await server?.stop();
  await rm(room, { recursive: true, force: true });
});

/** The log's end cut off, or one bit of it turned over, from `at` on; the answer is how it was done. */
async function damage(file, at, random) {
  if (random.next() < 0.5) {
    await truncate(file, at);
    return "cut off";
  }
  const opened = await open(file, "r+");
  const byte = Buffer.alloc(1);
  await opened.read(byte, 0, 1, at);
  byte[0] ^= 1 << random.whole(0, 7);
  await opened.write(byte, 0, 1, at);
  await opened.close();
  return "a bit turned over";
}

/** A copy of the crashed folder, damaged; what must be there is, and what is there is whole. */
async function trial(n, random) {
  const folder = join(room, String(n));
  await cp(server.data, folder, { recursive: true });
  await rm(join(folder, "mashang.db-shm"), { force: true });
  const at = random.whole(32, logged.at(-1).end - 1);
  const how = await damage(join(folder, "mashang.db-wal"), at, random);
  await assert_audited((...args) => run_tool(...args, "--data", folder)); // opening it drops what is torn
  await assert_whole(folder);
  await assert_kept(folder, settled);
  await assert_kept(folder, logged.filter(({ end }) => end <= at));
  const there = new Set((await rows(folder, "select idem_key from reports")).map((row) => row.idem_key));
  const kept = logged.map(({ key }) => there.has(key));
  const lost = kept.indexOf(false);
  assert.ok(!kept.slice(lost).includes(true), "what is kept is what came first");
  console.log(`trial ${n}: ${how} at byte ${at}: ${kept.filter(Boolean).length} of ${reports} are left`);
  await rm(folder, { recursive: true, force: true });
}

test("a torn log is dropped from its first broken transaction on, and nothing before it is touched",
  async () => {
  assert.ok(logged[0].end < logged.at(-1).end, "the log grew with each report");
  const random = chance("torn");
  for (let n = 1; n <= trials; n += 1) await trial(n, random);
});

test("with its log torn a store is served, and takes again what was lost under the keys of then",
  async () => {
  const folder = join(room, "served");
  await cp(server.data, folder, { recursive: true });
  await truncate(join(folder, "mashang.db-wal"), logged[reports / 2].end + 100);
  const again = await serve_folder(folder, server.demo, { limits: false });
  try {
    const district_again = { ...district, server: again };
    district_again.send = (body, key) => again.post("/api/v1/reports", body, { "Idempotency-Key": key });
    const [kept, lost] = [logged.slice(0, reports / 2 + 1), logged.slice(reports / 2 + 1)];
    // Links carry the address that is served.
    const moved = ({ text, ...rest }) => ({ ...rest, text: text.replaceAll(server.url, again.url) });
    const open = new Map(lost.map(({ key, body }) => [key, body]));
    const load = { acknowledged: kept.map(moved), open };
    await assert_repeatable(district_again, load);
    assert.equal(load.acknowledged.length, reports);
    await assert_kept(folder, [...settled, ...load.acknowledged]);
    await assert_whole(folder);
  } finally {
    await again.stop();
  }
});
