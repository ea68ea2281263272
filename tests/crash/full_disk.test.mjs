// A disk without room: a small tmpfs, where one may be mounted.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, statfs, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { assert_problem, open_district } from "../api/district.mjs";
import { assert_audited, assert_kept, assert_whole } from "./kept.mjs";
import { assert_repeatable, start_load } from "./load.mjs";

const run = promisify(execFile);
const room_left_bytes = 1 << 20;

let folder, mounted, district, server;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "mashang-full-"));
  try {
    await run("mount", ["-t", "tmpfs", "-o", "size=64m,mode=0700", "tmpfs", folder]);
    mounted = true;
  } catch (error) {
    console.log(`no tmpfs can be mounted here: ${error.stderr ?? error}`);
    return;
  }
  district = await open_district({ data: folder });
  ({ server } = district);
});
after(async () => {
  await server?.stop();
  if (mounted) await run("umount", [folder]);
  await rm(folder, { recursive: true, force: true });
});

/** Takes all room but a little; what is given back is the file that took it. */
async function fill_up() {
  const { bavail, bsize } = await statfs(folder);
  const file = join(folder, "filler");
  await writeFile(file, Buffer.alloc(bavail * bsize - room_left_bytes));
  return file;
}

async function assert_reads(told) {
  assert.equal((await server.get("/healthz")).status, 200);
  assert.equal((await server.get(`/api/v1/codes/${district.token}`)).status, 200);
  assert.equal((await district.track(told.tracking)).number, told.number);
  assert.equal((await district.look(told.number)).number, told.number);
}

test("without room nothing is taken and nothing lost; with room again, after a restart, it goes on",
  async (t) => {
  if (!mounted) return t.skip("skipped: no tmpfs can be mounted here");
  const told = await district.report("盘还没满");
  await district.look(told.number);
  const filler = await fill_up();
  const load = start_load(district, { lanes: 4, photos: false });
  const until = Date.now() + 60_000;
  while (load.refused.length === 0) {
    assert.ok(Date.now() < until, "the disk is full at last");
    await server.get("/healthz");
  }
  await load.stop();
  for (const answer of load.refused) assert_problem(answer, 503, { key: "error.store_failed" });
  const refused = await district.send({ token: district.token, text: "没地方了" });
  assert_problem(refused, 503, { key: "error.store_failed" });
  assert_problem(await server.get("/readyz"), 503);
  await assert_reads(told);
  await assert_kept(folder, load.acknowledged);

  await server.crash();
  await server.restart(); // still full: it answers who asks
  await assert_reads(told);
  await assert_kept(folder, load.acknowledged);

  await rm(filler);
  await server.crash();
  await server.restart();
  assert.equal((await server.get("/readyz")).status, 200);
  await assert_repeatable(district, load);
  await district.report("又有地方了");
  await assert_kept(folder, load.acknowledged);
  await assert_whole(folder);
  await server.drain();
  await assert_audited(server.tool);
});
