// A case that the timers cannot write: everybody else's go on, and the operator is told (T24).
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { hour_ms, now_ms, open_district } from "./district.mjs";

const run = promisify(execFile);
const bicycles = { matter_code: "S33010609011" }; // sign-off in 15 working minutes

let district, server;
before(async () => {
  district = await open_district();
  ({ server } = district);
});
after(() => server?.stop());

/** One SQL statement on the file of the stopped server. */
const change_file = (sql) =>
  run("python3", [
    "-c",
    "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit()",
    join(server.data, "mashang.db"),
    sql,
  ]);

test("a case whose firing breaks its batch is set aside with an alarm, and holds nobody up [T24]",
  async () => {
  const sent = [];
  for (let n = 0; n < 4; n += 1)
    sent.push(await district.report("单车", { ...bicycles, token: district.tokens[n] }));
  const broken = sent[1].number;
  const then = await now_ms(server);
  await server.drain();
  // Its journal has the next number already: whatever is appended contradicts it.
  const [, day, serial] = broken.split("-").map(Number);
  await change_file(
    `insert into journal select j.district, j.case_id, 2, j.type, j.version, j.at, j.actor, j.payload,
       j.prev_hash, j.hash from journal j join cases c on c.case_id = j.case_id
     where j.seq = 1 and c.day = ${day} and c.serial = ${serial}`,
  );
  await server.restart();
  await server.advance(then - (await now_ms(server))); // a restart forgets how far the test clock was ahead
  district.forget();
  await server.advance(24 * hour_ms);
  district.forget();
  for (const { number } of sent) {
    if (number === broken) continue;
    const { events, clocks } = await district.look(number);
    assert.equal(clocks.find((k) => k.stage === "sign_off").state, "breached", number);
    assert.ok(events.filter((e) => e.what === "threshold_passed").length >= 3, number);
  }
  const { text } = await server.get("/metrics");
  assert.match(text, /^mashang_timers_poisoned_total 1$/m);
  assert.match(server.output(), /the timer of case \d+ could not be fired and was set aside/);
  assert.equal((await server.get("/readyz")).status, 200);
  await district.report("后来的", { token: district.tokens[5] });
});
