// kill -9 at random instants under load: what was answered is kept, what was not is whole or not there.
//
// MASHANG_CRASH_ROUNDS kills (8 of them by default), every fourth followed by one more in the midst of the
// start after it. All rounds act on one store, which grows.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as in_ms } from "node:timers/promises";
import { hour_ms, open_district, to_morning } from "../api/district.mjs";
import { chance } from "./chance.mjs";
import { assert_audited, assert_kept, assert_whole, rows } from "./kept.mjs";
import { assert_repeatable, start_load } from "./load.mjs";

const rounds = Number(process.env.MASHANG_CRASH_ROUNDS ?? 8);
const kill_ms_max = 1000;

let district, server;
const acknowledged = [],
  signed = [];

before(async () => {
  district = await open_district();
  ({ server } = district);
});
after(() => server?.stop());

/** Time runs into a working day, so that thresholds pass and messages are written, until the server ends. */
async function let_time_pass() {
  await to_morning(server);
  for (;;) await server.advance(hour_ms / 4);
}

/** The number of a case by which rows are kept, of `which` cases. */
async function id_of(which) {
  const [{ id }] = await rows(server.data, `select cast(coalesce(${which}, 0) as text) as id from reports`);
  return BigInt(id); // past what a number of JavaScript holds
}

/** One round: load, the kill, the start, and everything that was promised. */
async function round(n, random) {
  const last = await id_of("max(case_id)");
  const load = start_load(district);
  const time = let_time_pass().catch(() => {});
  await in_ms(random.whole(1, kill_ms_max)); // the random instant: nothing is waited for
  await server.crash();
  await Promise.all([load.ended, time]);
  const unanswered = load.open.size;
  if (n % 4 === 0) await server.crash_starting(random.whole(1, 150));
  await server.restart();
  assert.deepEqual(
    load.refused.map((answer) => answer.text),
    [],
    "a load that the disk can bear is never refused",
  );
  const answered = load.acknowledged.length;
  // First as the crash left it, then with what was in the air sent once more.
  await assert_kept(server.data, load.acknowledged);
  await assert_whole(server.data);
  await assert_repeatable(district, load);
  if (answered > 0) {
    const keys = load.acknowledged.map(({ key }) => `'${key}'`).join();
    const first = await id_of(`min(case_id) filter (where idem_key in (${keys}))`);
    assert.ok(first > last, "the clock went back with the restart, the ids did not");
  }
  acknowledged.push(...load.acknowledged);
  signed.push(...load.signed);
  console.log(`round ${n}: ${answered} answered, ${unanswered} in the air`);
}

test(`killed ${rounds} times under load, the server keeps every report that it answered, once and whole`,
  async () => {
  const random = chance("kill");
  for (let n = 1; n <= rounds; n += 1) await round(n, random);
  assert.ok(acknowledged.length > rounds, "there was a load");
  await to_morning(server);
  await server.advance(hour_ms);
  await assert_kept(server.data, acknowledged);
  await assert_whole(server.data);
  const unsigned = await rows(server.data, "select day, serial from cases where signed_off_at is null");
  const numbers = new Set(unsigned.map((c) => `330106-${c.day}-${String(c.serial).padStart(7, "0")}`));
  assert.deepEqual(
    signed.filter((number) => numbers.has(number)),
    [],
    "each answered sign-off is kept",
  );
  const [{ messages }] = await rows(server.data, "select count(*) as messages from outbox");
  assert.ok(messages > 0, "thresholds passed, and messages were written");
  await server.drain();
  await assert_audited(server.tool);
});
