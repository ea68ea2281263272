// What the database holds, asked with SQLite's own shell: none of the product's code is between.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Rows of one statement as objects. */
export async function rows(data, sql) {
  const file = join(data, "mashang.db");
  const { stdout } = await run("sqlite3", ["-json", "-readonly", file, ".timeout 5000", sql], {
    maxBuffer: 1 << 28,
  });
  return stdout.trim() ? JSON.parse(stdout) : [];
}

// Each finds what must not be there: a row without the others that were written with it.
const halves = {
  "a case without its journal, or with a gap in it": `
    with j as (select case_id, count(*) n, min(seq) first, max(seq) last from journal group by case_id)
    select c.case_id from cases c left join j using (case_id)
    where n is null or first <> 1 or last <> n or n <> json_extract(c.state, '$.seq')`,
  "a journal without its case": `
    select distinct case_id from journal where case_id not in (select case_id from cases)`,
  "a case with more or fewer reports than it counts": `
    select c.case_id from cases c
    where c.reports <> (select count(*) from reports r where r.case_id = c.case_id)`,
  "a report without its case or its event": `
    select r.report_id from reports r left join journal j on j.case_id = r.case_id and j.seq = r.seq
    where j.seq is null or r.case_id not in (select case_id from cases)`,
  "an open case without an owner who has an account": `
    select case_id from cases where is_open = 1 and owner_id not in (select person_id from accounts)`,
  "an open case whose clocks would never wake anybody": `
    select case_id from cases where is_open = 1 and next_timer is null`,
  "a person with another load than his open cases": `
    select w.person_id from workload w where w.open <>
      (select count(*) from cases c
       where c.owner_id = w.person_id and c.status in ('dispatched', 'signed_off', 'responded'))`,
  // What quiet hours held back is replaced by the case's next message to the same person (T29).
  "a warning of which nobody hears, or a message without its warning": `
    with told as (select j.case_id, j.seq, json_extract(party.value, '$.id') as person
                  from journal j, json_each(j.payload, '$.th.to') party),
         sent as (select case_id, seq, recipient_id as person from outbox)
    select told.case_id, told.seq, told.person from told
    where not exists (select 1 from sent where sent.case_id = told.case_id and sent.person = told.person
                      and sent.seq >= told.seq)
    union all select case_id, seq, person from (select * from sent except select * from told)
    union all select case_id, seq, person from sent group by case_id, seq, person having count(*) > 1`,
  "a number given out that may be given out again": `
    select day from cases c join counters k on k.name = 'serial-' || c.day
    group by day having max(c.serial) >= max(k.next_value)`,
  "a photo claimed by a case that is not there": `
    select media_id from media
    where claimed_by is not null and claimed_by not in (select case_id from cases)`,
};

/** Nothing is half there. */
export async function assert_whole(data) {
  for (const [what, sql] of Object.entries(halves)) assert.deepEqual(await rows(data, sql), [], what);
  const [{ integrity_check }] = await rows(data, "pragma integrity_check");
  assert.equal(integrity_check, "ok");
  for (const { content } of await rows(data, "select content from media where claimed_by is not null"))
    assert.ok(
      existsSync(join(data, "media", content.slice(0, 2), content.slice(2, 4), `${content}.jpg`)),
      "a claimed photo is on the disk",
    );
}

/** Each acknowledged report is there exactly once, as it was answered. */
export async function assert_kept(data, acknowledged) {
  const kept = new Map();
  const sql = `select r.idem_key, r.text, c.day, c.serial, c.district, a.name as owner
    from reports r join cases c using (case_id) join journal j on j.case_id = r.case_id and j.seq = r.seq
    join accounts a on a.person_id = json_extract(j.payload, '$.to.id')`;
  for (const row of await rows(data, sql)) kept.set(row.idem_key, [...(kept.get(row.idem_key) ?? []), row]);
  for (const { key, body, json } of acknowledged) {
    const found = kept.get(key) ?? [];
    assert.equal(found.length, 1, `${json.number} is there once`);
    const [{ district, day, serial, text, owner }] = found;
    assert.equal(`${district}-${day}-${String(serial).padStart(7, "0")}`, json.number);
    assert.equal(text, body.text);
    assert.equal(owner, json.owner.name);
  }
}

/** `mashang replay` and `mashang audit verify` find every case as its journal tells it. */
export async function assert_audited(tool) {
  for (const args of [["replay"], ["audit", "verify"]]) {
    const { code, text } = await tool(...args);
    assert.equal(code, 0, text);
    assert.match(text, /^\d+ cases \w+, 0 differ/m);
  }
}
