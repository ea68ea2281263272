// `mashang rules simulate` on a stored past, as an operator runs it: sentences, JSON, refusals. Nothing is
// changed by it.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { binary } from "./server.mjs";

const run = promisify(execFile);
const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const day_ms = 86_400_000;
const day_of = (ahead) => new Date(Date.now() + ahead * day_ms).toISOString().slice(0, 10);
const span = ["--from", day_of(-9), "--to", day_of(2)];

let folder;
let rules;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "mashang-what-if-"));
  await run(binary, ["demo", "--data", folder, "--days", "5"]);
  rules = JSON.parse(await readFile(join(root, "schema/defaults/rules.json"), "utf8"));
});
after(() => rm(folder, { recursive: true, force: true }));

async function draft_file(name, document) {
  const file = join(folder, name);
  await writeFile(file, typeof document === "string" ? document : JSON.stringify(document));
  return file;
}

function simulate(...args) {
  return run(binary, ["rules", "simulate", "--data", folder, ...span, ...args]);
}

async function simulated(...args) {
  return JSON.parse((await simulate("--json", ...args)).stdout);
}

test("[T40] under the rules in force nothing would have been otherwise", async () => {
  const told = await simulated("--draft", await draft_file("same.json", rules));
  assert.equal(told.counterfactual, true);
  assert.ok(told.reports > 50, `${told.reports} reports`);
  assert.deepEqual(told.moved, { owner: 0, priority: 0, rule: 0, due: 0 });
  assert.deepEqual(told.moves, []);
  for (const stage of told.breaches) assert.equal(stage.was, stage.would, stage.stage);
});

test("[T40] with everything for the street each report that is not there already moves to it", async () => {
  const everything = { ...rules.rules.at(-1), then: { owner: { role: "street", of: "grid" } } };
  const to_street = { ...rules, rules: [everything] };
  const file = await draft_file("street.json", to_street);
  const told = await simulated("--draft", file, "--samples", "3");
  assert.equal(told.samples.length, 3);
  const moved = told.moves.reduce((sum, move) => sum + move.cases, 0);
  assert.equal(moved, told.moved.owner);
  assert.ok(moved > told.reports / 2);
  for (const move of told.moves) assert.equal(move.to.role, "street");
  const given = told.loads.reduce((sum, load) => sum + load.assigned.would, 0);
  assert.equal(given, told.reports);

  const english = (await simulate("--draft", file, "--language", "en")).stdout;
  assert.match(english, /^What would have been: counterfactual/);
  assert.match(english, new RegExp(`Another owner: ${told.moved.owner};`));
  const chinese = (await simulate("--draft", file)).stdout;
  assert.match(chinese, /^假如按草案办理/);
  assert.doesNotMatch(chinese + english, /simulate\.|\{[a-z_]+\}/);
});

test("[T40] a draft that is no rule set is refused with the place, and the store is as it was", async () => {
  const broken = { ...rules, rules: [{ ...rules.rules[0], order: "first" }] };
  const refused = await simulate("--draft", await draft_file("broken.json", broken)).catch((error) => error);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /\/rules\/0\/order/);
  const nothing = await simulate().catch((error) => error);
  assert.match(nothing.stderr, /\/draft/);
  const { stdout } = await run(binary, ["replay", "--data", folder]);
  assert.match(stdout, / 0 differ$/m);
});
