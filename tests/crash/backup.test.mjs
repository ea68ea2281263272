// mashang backup under load, mashang restore, and a restored store that serves.
import assert from "node:assert/strict";
import { cp, mkdir, mkdtemp, open, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { open_district } from "../api/district.mjs";
import { run_tool, serve_folder } from "../api/server.mjs";
import { assert_audited, assert_kept, assert_whole, rows } from "./kept.mjs";
import { start_load } from "./load.mjs";

let district, server, room, load, sent_before, backup;
const at = (name) => join(room, name);
const keys_of = (data) => join(data, "keys.toml");

before(async () => {
  room = await mkdtemp(join(tmpdir(), "mashang-backup-"));
  district = await open_district();
  ({ server } = district);
  load = start_load(district);
  await load.until(100);
  sent_before = [...load.acknowledged];
  backup = await server.tool("backup", "--to", at("copy"));
  await load.until(sent_before.length + 20); // it was sent to all the while
  await load.stop();
});
after(async () => {
  await server?.stop();
  await rm(room, { recursive: true, force: true });
});

/** Everything below a folder, by name. */
async function listing(folder) {
  return (await readdir(folder, { recursive: true })).sort();
}

test("a backup under load refuses nobody and holds every report that was answered before it began",
  async () => {
  assert.equal(backup.code, 0, backup.text);
  assert.match(backup.text, /^backed up: \d+ cases, \d+ reports, \d+ photos, in /);
  assert.deepEqual(load.refused, []);
  await assert_kept(at("copy"), sent_before);
  await assert_whole(at("copy"));
  const [{ n }] = await rows(at("copy"), "select count(*) as n from reports");
  assert.match(backup.text, new RegExp(`, ${n} reports, `), "it says what is in it");
  assert.ok(n < load.acknowledged.length, "it is of the instant when it began, not of the end");
});

test("no key is in a backup, nor anything else beside database and photos", async () => {
  const names = await listing(at("copy"));
  assert.deepEqual(
    names.filter((name) => !/^(mashang\.db|media(\/..(\/..(\/[0-9a-f]{64}(\.thumb)?\.jpg)?)?)?)$/.test(name)),
    [],
  );
  assert.ok(names.some((name) => name.endsWith(".thumb.jpg")));
  const secrets = [...(await readFile(keys_of(server.data), "utf8")).matchAll(/"([0-9a-f]{64})"/g)];
  assert.equal(secrets.length, 3);
  const bytes = await readFile(join(at("copy"), "mashang.db"));
  for (const [, secret] of secrets) {
    assert.ok(!bytes.includes(secret));
    assert.ok(!bytes.includes(Buffer.from(secret, "hex")));
  }
  assert.equal((await stat(at("copy"))).mode & 0o777, 0o700);
});

test("a restored store passes replay and audit, holds what the copy holds, and serves once its keys are back",
  async () => {
  const restored = await run_tool("restore", "--from", at("copy"), "--data", at("restored"));
  assert.equal(restored.code, 0, restored.text);
  assert.match(restored.text, /^restored: \d+ cases, \d+ reports, \d+ photos, in /);
  await assert_audited((...args) => run_tool(...args, "--data", at("restored")));
  await assert_kept(at("restored"), sent_before);
  await assert_whole(at("restored"));

  await assert.rejects(serve_folder(at("restored"), server.demo), /keys are missing/);
  await assert.rejects(stat(keys_of(at("restored"))), { code: "ENOENT" }, "and none are made up");
  await cp(keys_of(server.data), keys_of(at("restored")));
  const again = await serve_folder(at("restored"), server.demo, { limits: false });
  try {
    for (const { json } of sent_before.slice(0, 20)) {
      const track = await again.get(`/api/v1/track/${json.tracking}`);
      assert.equal(track.json.number, json.number);
    }
    const with_photo = sent_before.find(({ body }) => body.media);
    const photo = `/api/v1/track/${with_photo.json.tracking}/media/${with_photo.body.media[0]}`;
    assert.equal((await again.get(photo)).status, 200);
    const page = `/api/v1/cases/${sent_before[0].json.number}`;
    const [seen, here] = [await (await again.login("district")).get(page), await server.login("district")];
    assert.match(JSON.stringify(seen.json.reports), /"张\*"/, "sealed names open with the old keys");
    assert.deepEqual(seen.json.reports, (await here.get(page)).json.reports);
    const fresh = { token: district.token, text: "恢复之后" };
    const answer = await again.post("/api/v1/reports", fresh, { "Idempotency-Key": "k".repeat(24) });
    assert.equal(answer.status, 201, answer.text);
  } finally {
    await again.stop();
  }
});

test("restoring or backing up into a folder that is not empty is refused, and touches nothing", async () => {
  await mkdir(at("used"));
  await writeFile(join(at("used"), "letter.txt"), "mine");
  for (const args of [
    ["restore", "--from", at("copy"), "--data", at("used")],
    ["backup", "--data", server.data, "--to", at("used")],
    ["backup", "--data", server.data, "--to", join(at("used"), "letter.txt")],
    ["restore", "--from", at("copy"), "--data", server.data],
  ]) {
    const { code, text } = await run_tool(...args);
    assert.equal(code, 1, text);
    assert.match(text, /is not empty; nothing was touched/);
  }
  assert.deepEqual(await listing(at("used")), ["letter.txt"]);
});

test("a copy that is damaged, of a newer schema, cut short or altered is not restored, and leaves nothing",
  async () => {
  const database = (name) => join(at(name), "mashang.db");
  const alter = async (name, how) => {
    await cp(at("copy"), at(name), { recursive: true });
    await how(name);
  };
  const execute = (sql) => (name) => rows_written(database(name), sql);
  const photos = (await listing(at("copy"))).filter((name) => /[0-9a-f]{64}\.jpg$/.test(name));
  const spoilt = {
    pages: [(name) => blank_pages(database(name)), /damaged|cannot be stored|Nothing can be stored/],
    newer: [execute("insert into migrations values (9999, 'later', '')"), /newer than this program/],
    case_row: [execute("update cases set owner_id = owner_id + 1 where serial = 3"), /1 cases differ/],
    case_status: [execute("update cases set status = 'closed' where serial = 3"), /1 cases differ/],
    no_row: [execute("delete from cases where serial = 3"), /1 cases differ/],
    no_journal: [execute("delete from journal where rowid = 7"), /1 cases differ/],
    journal: [execute("update journal set at = at + 1 where seq = 1 and rowid = 7"), /cases differ/],
    photo: [(name) => writeFile(join(at(name), photos[0]), "not it"), /Photo .* missing or damaged/],
    no_photo: [(name) => rm(join(at(name), photos[0])), /Photo .* missing or damaged/],
    unfinished: [(name) => writeFile(`${database(name)}-wal`, "x"), /no finished backup/],
    nothing: [(name) => rm(database(name)), /no finished backup/],
  };
  for (const [name, [how, said]] of Object.entries(spoilt)) {
    await alter(name, how);
    const { code, text } = await run_tool("restore", "--from", at(name), "--data", at(`${name}-restored`));
    assert.equal(code, 1, `${name}: ${text}`);
    assert.match(text, said, name);
    await assert.rejects(stat(at(`${name}-restored`)), { code: "ENOENT" }, `${name}: nothing is left`);
  }
});

test("what it is about is said in the language of the shell", async () => {
  const was = process.env.LC_ALL;
  process.env.LC_ALL = "zh_CN.UTF-8";
  try {
    const { code, text } = await run_tool("restore", "--from", at("none"), "--data", at("none-restored"));
    assert.equal(code, 1);
    assert.match(text, /没有完成的备份/);
  } finally {
    if (was === undefined) delete process.env.LC_ALL;
    else process.env.LC_ALL = was;
  }
});

/** One page in the midst overwritten with nothing. */
async function blank_pages(file) {
  const opened = await open(file, "r+");
  const { size } = await opened.stat();
  await opened.write(Buffer.alloc(4096), 0, 4096, Math.floor(size / 8192) * 4096);
  await opened.close();
}

/** A statement run on the copy by SQLite's own shell. */
async function rows_written(file, sql) {
  const { execFileSync } = await import("node:child_process");
  execFileSync("sqlite3", [file, sql]);
}
