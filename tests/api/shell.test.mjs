// The same engines from a shell: `mashang calendar` and `mashang rules`, as an operator types them.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { open_district } from "./district.mjs";
import { binary } from "./server.mjs";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const defaults = (kind) => JSON.parse(readFileSync(join(root, `schema/defaults/${kind}.json`), "utf8"));
const folder = mkdtempSync(join(tmpdir(), "mashang-shell-"));

let district, server, decision, number;
before(async () => {
  district = await open_district();
  ({ server } = district);
  ({ number } = await district.report("单车倒了", { matter_code: "S33010609011" }));
  const office = await district.as("d330106-1");
  decision = (await office.get(`/api/v1/cases/${number}/decision`, { "Accept-Language": "en" })).json;
});
after(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true });
});

function shell(...args) {
  const ran = spawnSync(binary, args, { encoding: "utf8", env: { ...process.env, LANG: "en_GB.UTF-8" } });
  assert.equal(ran.error, undefined);
  assert.equal(ran.signal, null, ran.stderr);
  return { code: ran.status, lines: ran.stdout.trimEnd().split("\n"), text: ran.stdout + ran.stderr };
}

const file_of = (name, document) => {
  const file = join(folder, name);
  writeFileSync(file, typeof document === "string" ? document : JSON.stringify(document));
  return file;
};
const of_district = (...args) => shell(...args, "--data", server.data, "--store", server.store);

// Monday 2026-11-23; working 08:30-12:00 and 14:00-17:30.
test("a limit's due instant stands in the first line, and below it what was counted [T5]", () => {
  const { code, lines } = shell("calendar", "add", "2026-11-23T09:00:00+08:00", "8wh");
  assert.equal(code, 0);
  assert.deepEqual(lines, [
    "2026-11-24T10:00:00.000+08:00",
    "2026-11-23T09:00:00.000+08:00  2026-11-23T12:00:00.000+08:00",
    "2026-11-23T14:00:00.000+08:00  2026-11-23T17:30:00.000+08:00",
    "2026-11-24T08:30:00.000+08:00  2026-11-24T10:00:00.000+08:00",
  ]);
});

test("days over the spring festival end where the published calendar says [T6][T9]", () => {
  for (const [from, limit, day] of [
    ["2026-02-12", "5wd", "2026-02-26"],
    ["2026-09-18", "5wd", "2026-09-24"],
    ["2026-02-05", "15d", "2026-02-24"],
    ["2026-02-13", "15d", "2026-02-28"],
    ["2026-08-04", "60d", "2026-10-08"],
  ]) {
    const { lines } = shell("calendar", "add", `${from}T10:00:00+08:00`, limit);
    assert.equal(lines[0].slice(0, 10), day, `${from} + ${limit}: ${lines[0]}`);
  }
});

test("beyond the published year a due instant is said to be provisional [T8]", () => {
  assert.match(shell("calendar", "add", "2026-12-31T10:00:00+08:00", "5wd").lines[0], / provisional$/);
  assert.doesNotMatch(shell("calendar", "add", "2026-12-31T10:00:00+08:00", "3eh").lines[0], /provisional/);
});

test("between tells working and elapsed time, and what was counted", () => {
  const { code, lines } = shell(
    "calendar", "between", "2026-11-23T11:00:00+08:00", "2026-11-23T15:00:00+08:00");
  assert.equal(code, 0);
  assert.deepEqual(lines, [
    "working 120.000 min, elapsed 240.000 min",
    "2026-11-23T11:00:00.000+08:00  2026-11-23T12:00:00.000+08:00",
    "2026-11-23T14:00:00.000+08:00  2026-11-23T15:00:00.000+08:00",
  ]);
});

test("what is no instant, no limit or no file ends with 1 and a sentence", () => {
  for (const args of [
    ["add", "yesterday", "8wh"],
    ["add", "2026-11-23T09:00:00+08:00", "8 hours"],
    ["between", "2026-11-23T11:00:00+08:00", "noon"],
    ["add", "2026-11-23T09:00:00+08:00", "8wh", "--calendar", join(folder, "nowhere.json")],
    ["check", join(folder, "nowhere.json")],
  ]) {
    const { code, text } = shell("calendar", ...args);
    assert.equal(code, 1, args.join(" "));
    assert.match(text, /\w/);
    assert.doesNotMatch(text, /error\.|\{[a-z_]+\}/, args.join(" "));
  }
});

test("a calendar is sound with or without a number, and is counted by", () => {
  const { version, ...unnumbered } = defaults("calendar");
  assert.equal(typeof version, "number");
  for (const document of [defaults("calendar"), unnumbered])
    for (const language of ["zh", "en"]) {
      const file = file_of("good.json", document);
      const { code, text } = shell("calendar", "check", file, "--language", language);
      assert.equal(code, 0, text);
    }
  const file = file_of("unnumbered.json", { ...unnumbered, weekly: { ...unnumbered.weekly, tue: [] } });
  const { lines } = shell("calendar", "add", "2026-11-23T09:00:00+08:00", "8wh", "--calendar", file);
  assert.equal(lines[0], "2026-11-25T10:00:00.000+08:00", "Tuesday is free there");
});

test("a broken calendar is refused with every fault and its place [T9]", () => {
  const calendar = defaults("calendar");
  const wrong = {
    ...calendar,
    version: "one",
    weekly: { ...calendar.weekly, mon: ["08:30-12:00", "11:00-17:30"] },
    holidays: [...calendar.holidays, { date: "2026-02-30", name: "no such day" }],
  };
  const { code, text } = shell("calendar", "check", file_of("wrong.json", wrong), "--language", "en");
  assert.equal(code, 1);
  for (const place of ["/version", `/holidays/${calendar.holidays.length}`])
    assert.ok(text.includes(place), text);
  const overlap = { ...calendar, weekly: wrong.weekly };
  const overlapping = shell("calendar", "check", file_of("overlap.json", overlap), "--language", "en");
  assert.equal(overlapping.code, 1);
  assert.match(overlapping.text, /\/weekly/);
});

test("a case is explained beside a running server, as data just as the API does [T38]", () => {
  const { code, lines } = of_district("rules", "explain", number, "--json", "--language", "en");
  assert.equal(code, 0);
  const told = JSON.parse(lines.join("\n"));
  for (const member of ["owner", "rules", "candidates", "chain", "dues", "trace_hash", "facts"])
    assert.deepEqual(told[member], decision[member], member);
  assert.equal(told.regenerated, true);
  const english = of_district("rules", "explain", number, "--language", "en");
  assert.equal(english.code, 0);
  for (const sentence of decision.sentences) assert.ok(english.lines.includes(sentence), sentence);
  assert.match(english.text, /Made anew, the trace is the same/);
  const chinese = of_district("rules", "explain", number);
  assert.match(chinese.text, /\p{Script=Han}/u);
  assert.doesNotMatch(chinese.text + english.text, /why\.|explain\.|\{[a-z_]+\}/);
  assert.equal(of_district("rules", "explain", "330106-261123-9999999").code, 1);
  assert.equal(of_district("rules", "explain", "tomorrow").code, 1);
});

test("a finding's witness is fed back to explain, which shows what was found [T39]", () => {
  const rules = defaults("rules");
  const last = rules.rules.at(-1);
  const of_gate = { place_kind: ["gate"] };
  const draft = {
    ...rules,
    rules: [
      { order: 1, id: "gates", name: "gates", when: of_gate, then: { owner: { role: "street" } } },
      { order: 2, id: "never", name: "never", when: { all: [of_gate, { weekday: ["mon"] }] },
        then: { owner: { role: "worker" }, condition: "no_such_condition" } },
      last,
    ],
  };
  const file = file_of("draft.json", draft);
  const check = of_district("rules", "check", file, "--json");
  assert.equal(check.code, 1);
  const found = JSON.parse(check.lines.join("\n"));
  const shadowed = found.find((f) => f.kind === "shadowed");
  assert.equal(shadowed.rules[0].id, "never");
  const witness = JSON.stringify(shadowed.witness);
  const alone = shell("rules", "explain", "--facts", witness, "--rules", file, "--language", "en");
  assert.equal(alone.code, 0, alone.text);
  assert.equal(alone.lines.length, 1, "the first rule takes it, the shadowed one is not reached");
  assert.match(alone.lines[0], /gates/);
  const unknown = found.find((f) => f.kind === "unknown_condition");
  assert.equal(unknown.pointer, "/rules/1/then/condition");
  const facts = JSON.stringify(unknown.witness);
  const here = of_district("rules", "explain", "--facts", facts, "--language", "en");
  assert.equal(here.code, 0, here.text);
  assert.ok(here.lines.length > 1, "rules in force, and who would have it");
  assert.equal(shell("rules", "explain", "--facts", "{\"weekday\": 9}", "--rules", file).code, 1);
  assert.equal(shell("rules", "explain", "--facts", witness, "--rules", join(folder, "none.json")).code, 1);
});

test("a rule set is put in force only whole, and only where no server runs [T32]", async () => {
  const rules = defaults("rules");
  const everything = { ...rules.rules.at(-1), then: { owner: { role: "street", of: "grid" } } };
  const file = file_of("street.json", { ...rules, rules: [everything] });
  assert.equal(of_district("rules", "activate", file).code, 1, "a server runs");
  await server.drain();
  const broken = { ...rules, rules: [{ ...everything, order: "first" }] };
  const refused = of_district("rules", "activate", file_of("broken.json", broken), "--language", "en");
  assert.equal(refused.code, 1);
  assert.match(refused.text, /\/rules\/0\/order/);
  const done = of_district("rules", "activate", file, "--language", "en");
  assert.equal(done.code, 0, done.text);
  assert.match(done.text, /rulesets\/2.*1 -> 2/);
  await server.restart();
  district.forget();
  const desk = await district.report("单车又倒了", { matter_code: "S33010609011" });
  assert.equal(desk.owner.role, "street");
  assert.equal(of_district("rules", "explain", number).code, 0, "decided under the first, explained by it");
  await server.drain();
  assert.equal(of_district("rules", "activate", "9").code, 1, "no such version");
  assert.equal(of_district("rules", "activate", "1").code, 0);
  await server.restart();
  district.forget();
  const token = district.tokens[3];
  const again = await district.report("单车还倒着", { matter_code: "S33010609011", token });
  assert.equal(again.owner.role, "worker");
});
