// A store's way from SQLite into PostgreSQL: nothing lost, proved by folding every journal on both sides.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { binary, start_server } from "./server.mjs";

let server, folder;
const target = process.env.MASHANG_TEST_STORE;
const spare = process.env.MASHANG_TEST_SPARE;

before(async () => {
  assert.ok(target && spare, "MASHANG_TEST_STORE is not set: run by tests/postgres/with_cluster");
  folder = await mkdtemp(join(tmpdir(), "mashang-transfer-"));
  server = await start_server({ days: 5 });
});
after(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

// Runs the binary with files for its ends: {code, text}, text being what it said on stderr.
async function run(args, { from, to } = {}) {
  const input = from ? await open(from) : undefined;
  const output = to ? await open(to, "w") : undefined;
  const stdio = [input?.fd ?? "ignore", output?.fd ?? "pipe", "pipe"];
  const child = spawn(binary, args, { stdio });
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (piece) => (text += piece));
  const code = await new Promise((resolve) => child.on("close", resolve));
  await input?.close();
  await output?.close();
  return { code, text };
}

async function hash_of(file) {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(file)) hash.update(piece);
  return hash.digest("hex");
}

const replayed = async (store) => {
  const { code, text } = await run(["replay", "--data", server.data, "--store", store]);
  assert.equal(code, 0, text);
  assert.match(text, /\b0 differ\b/);
  const found = text.match(/^([1-9]\d*) cases replayed[^]*^digest (\S{20,})$/m);
  assert.ok(found, text);
  return { cases: Number(found[1]), digest: found[2] };
};

test("a district moves from SQLite into PostgreSQL whole, while it is served", async () => {
  const file = join(folder, "all");
  const out = await run(["export", "all", "--data", server.data], { to: file });
  assert.equal(out.code, 0, out.text);
  const into = await run(["import", "all", "--store", target], { from: file });
  assert.equal(into.code, 0, into.text);
  assert.equal(into.text.match(/imported (.*)/)[1], out.text.match(/exported (.*)/)[1]);
  const before_move = await replayed(server.store);
  assert.ok(before_move.cases > 100, `${before_move.cases} cases are a history`);
  assert.deepEqual(await replayed(target), before_move);
  const chains = await run(["audit", "verify", "--store", target]);
  assert.equal(chains.code, 0, chains.text);
  // Back out of PostgreSQL the file is the same byte for byte: every table, row, column and order.
  const again = join(folder, "again");
  assert.equal((await run(["export", "all", "--store", target], { to: again })).code, 0);
  assert.equal(await hash_of(again), await hash_of(file));
  const home = join(folder, "home.db");
  assert.equal((await run(["import", "all", again, "--store", `sqlite:${home}`])).code, 0);
  assert.deepEqual(await replayed(`sqlite:${home}`), before_move);
});

test("a store that holds anything is not imported into", async () => {
  const refused = await run(["import", "all", join(folder, "all"), "--store", target]);
  assert.equal(refused.code, 1);
  assert.match(refused.text, /already holds|已经有/);
});

test("a damaged file is refused with its line, and leaves nothing behind", async () => {
  const lines = (await readFile(join(folder, "all"), "utf8")).split("\n");
  const victim = lines.findIndex((line, i) => i > 50 && line.startsWith("\t"));
  const cut = lines.slice(0, -2);
  const damaged = {
    "a changed number": lines.with(victim, lines[victim].replace(/\d/, (d) => (Number(d) + 1) % 10)),
    "a missing row": lines.toSpliced(victim, 1),
    "a cut end": cut,
    "a column too few": lines.with(victim, lines[victim].replace(/\t[^\t]*$/, "")),
    "something behind the end": [...lines.slice(0, -1), "more", ""],
  };
  for (const [what, content] of Object.entries(damaged)) {
    const file = join(folder, "damaged");
    await writeFile(file, content.join("\n"));
    for (const store of [spare, `sqlite:${join(folder, "damaged.db")}`]) {
      const refused = await run(["import", "all", file, "--store", store]);
      assert.equal(refused.code, 1, what);
      assert.match(refused.text, /line \d+|第 \d+ 行/i, `${what}: ${refused.text}`);
    }
  }
  // Nothing of the five: the whole file still goes into both.
  for (const store of [spare, `sqlite:${join(folder, "damaged.db")}`]) {
    const into = await run(["import", "all", join(folder, "all"), "--store", store]);
    assert.equal(into.code, 0, into.text);
  }
});
