// Rule documents outside the server: the schema for editors and `mashang rules check` say the same of them.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

import { findings } from "./schema_check.mjs";
import { binary } from "./server.mjs";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const read = (file) => JSON.parse(readFileSync(join(root, file), "utf8"));
const schema = read("schema/rules.schema.json");
const { $schema, $id, $defs, title, ...top } = schema;
const folder = mkdtempSync(join(tmpdir(), "mashang-rules-"));
after(() => rmSync(folder, { recursive: true }));

const wrong_in = (document) => findings(schema, top, document);

function check(document, ...args) {
  const file = join(folder, "rules.json");
  writeFileSync(file, typeof document === "string" ? document : JSON.stringify(document));
  const ran = spawnSync(binary, ["rules", "check", file, ...args], { encoding: "utf8" });
  assert.equal(ran.error, undefined);
  assert.equal(ran.signal, null);
  return { code: ran.status, text: ran.stdout + ran.stderr };
}

const worker = { owner: { role: "worker" } };
const rule = (id, order, when, then = worker) => ({ order, id, name: id, when, then });
const book = (when, then) => ({
  version: 1,
  rules: [rule("first", 1, when, then), rule("default", 2, "always")],
});

// What is put into the first rule, and where both are to point.
const bad = [
  ["an unknown condition", { wether: "rain" }, "/rules/0/when/wether"],
  ["two conditions at once", { matter: "S", weekday: "mon" }, "/rules/0/when"],
  ["no condition", {}, "/rules/0/when"],
  ["another word than always", "never", "/rules/0/when"],
  ["a matter without its letter", { matter: ["33010609011"] }, "/rules/0/when/matter/0"],
  ["an empty list", { any: [] }, "/rules/0/when/any"],
  ["a weekday that is none", { weekday: ["mon", "sonntag"] }, "/rules/0/when/weekday/1"],
  ["an hour that is none", { local_time: { from: "25:00", to: "06:00" } }, "/rules/0/when/local_time/from"],
  ["an hour without an end", { local_time: { from: "22:00" } }, "/rules/0/when/local_time/to"],
  ["a negative distance", { distance_m: { min: -1 } }, "/rules/0/when/distance_m/min"],
  ["a text for a number", { joined_reports: { min: "3" } }, "/rules/0/when/joined_reports/min"],
  ["a division of letters", { division: ["north"] }, "/rules/0/when/division/0"],
  ["a fault three levels down", { all: [{ not: { any: [{ priority: "soon" }] } }] },
    "/rules/0/when/all/0/not/any/0/priority"],
];
const bad_actions = [
  ["a role that owns nothing", { owner: { role: "unit" } }, "/rules/0/then/owner/role"],
  ["a misspelt role", { owner: { role: "comunity" } }, "/rules/0/then/owner/role"],
  ["no owner", { priority: "urgent" }, "/rules/0/then/owner"],
  ["a standard of its own", { owner: { role: "worker" }, standard: "x" }, "/rules/0/then/standard"],
  ["a person who is no number", { owner: { role: "worker" }, person: "him" }, "/rules/0/then/person"],
  ["an unknown member", { owner: { role: "worker" }, colour: 1 }, "/rules/0/then/colour"],
];

test("the default rules fit the schema for editors, and may name it", () => {
  const rules = read("schema/defaults/rules.json");
  assert.deepEqual(wrong_in(rules), []);
  assert.deepEqual(wrong_in({ $schema: "rules.schema.json", ...rules }), []);
});

test("every kind of condition and action fits the schema and is read", () => {
  const conditions = [
    "always", { matter: "S33010609*" }, { class: ["S33010609", "B"] }, { place_kind: ["gate", "park"] },
    { division: "330106009" }, { reporter_kind: ["enterprise"] }, { priority: "urgent" },
    { local_time: { from: "22:00", to: "24:00" } }, { weekday: ["sat", "sun"] }, { working_time: false },
    { words: ["煤气", "gas leak"] }, { joined_reports: { min: 3 } }, { distance_m: { min: 0 } },
    { all: [{ not: { weekday: "mon" } }, { any: [{ matter: "M" }, { words: "help" }] }] },
  ];
  const then = {
    owner: { role: "street", of: "grid" }, person: "12", co_handlers: ["property", { unit_kind: "utility" }],
    priority: "emergency", condition: "danger", supervise: true, standard: null,
  };
  for (const when of conditions) {
    const document = book(when, then);
    assert.deepEqual(wrong_in(document), [], JSON.stringify(when));
    const told = JSON.parse(check(document, "--json").text);
    assert.ok(told.every((f) => f.kind !== "document"), JSON.stringify(told));
  }
});

for (const [name, when, pointer] of bad)
  test(`${name} is refused by schema and command alike`, () => refused(book(when), pointer));
for (const [name, then, pointer] of bad_actions)
  test(`${name} is refused by schema and command alike`, () =>
    refused(book({ matter: "S" }, then), pointer));

function refused(document, pointer) {
  const wrong = wrong_in(document);
  assert.ok(wrong.some((line) => line.startsWith(`${pointer}:`)), `${pointer} in ${wrong}`);
  const { code, text } = check(document, "--json");
  assert.equal(code, 1);
  const told = JSON.parse(text);
  assert.ok(told.some((f) => f.pointer === pointer && f.kind === "document"), `${pointer} in ${text}`);
}

test("a document with several faults is told of all of them at once, with what was meant", () => {
  const document = book({ place_knd: "gate" }, { owner: { role: "comunity" }, priorty: "urgent" });
  document.rules[1].order = "last";
  const { code, text } = check(document, "--language", "en");
  assert.equal(code, 1);
  for (const part of [
    "/rules/0/when/place_knd", "“place_kind”", "/rules/0/then/owner/role", "“community”",
    "/rules/0/then/priorty", "“priority”", "/rules/1/order",
  ])
    assert.ok(text.includes(part), `${part} in ${text}`);
});

test("[T39] a shadowed rule is told with its place, the rule before it and a report; exit code 1", () => {
  const document = {
    version: 1,
    rules: [
      rule("default", 99, "always"),
      rule("gate", 20, { all: [{ matter: ["S33010609011"] }, { place_kind: "gate" }] }),
      rule("shops", 10, { class: "S33010609" }),
    ],
  };
  const { code, text } = check(document, "--json");
  assert.equal(code, 1);
  const [shadowed] = JSON.parse(text).filter((f) => f.kind === "shadowed");
  assert.equal(shadowed.pointer, "/rules/1");
  assert.equal(shadowed.severity, "error");
  assert.deepEqual(shadowed.others.map((r) => r.id), ["shops"]);
  assert.equal(shadowed.witness.matter, "S33010609011");
  assert.equal(shadowed.witness.place_kind, "gate");
  const spoken = check(document, "--language", "en").text;
  assert.ok(spoken.includes("error /rules/1: Rule “gate” (gate) never comes to its turn"), spoken);
  assert.ok(check(document).text.includes("规则“gate”（gate）永远轮不到"));
});

test("[T39] unknown matters and place kinds are errors with the nearest known, at their very place", () => {
  const document = book({ any: [{ class: ["S33010609", "S33010699"] }, { place_kind: "gates" }] });
  const { code, text } = check(document, "--json");
  assert.equal(code, 1);
  const told = JSON.parse(text).filter((f) => f.severity === "error");
  assert.deepEqual(
    told.map((f) => [f.kind, f.pointer, f.nearest]).sort(),
    [
      ["unknown_matter", "/rules/0/when/any/0/class/1", "S33010609"],
      ["unknown_place_kind", "/rules/0/when/any/1/place_kind", "gate"],
    ],
  );
});

test("[T39] the default rules exit with 0, every sentence complete in both languages", () => {
  const text = readFileSync(join(root, "schema/defaults/rules.json"), "utf8");
  for (const language of ["zh", "en"]) {
    const ran = check(text, "--language", language);
    assert.equal(ran.code, 0, ran.text);
    assert.ok(!/\{[a-z]+\}|finding\.|leaf\.|severity\./.test(ran.text), ran.text);
  }
});

test("a file that is not there is said so", () => {
  const ran = spawnSync(binary, ["rules", "check", join(folder, "none.json")], { encoding: "utf8" });
  assert.equal(ran.status, 1);
  assert.ok(ran.stderr.includes("none.json"));
});

test("[T39] against a district's own map and people: its divisions, its units, its persons", () => {
  const data = join(folder, "district");
  const filled = spawnSync(binary, ["demo", "--data", data, "--days", "0"], { encoding: "utf8" });
  assert.equal(filled.status, 0, filled.stderr);
  const rules = readFileSync(join(root, "schema/defaults/rules.json"), "utf8");
  const defaults = check(rules, "--data", data, "--json");
  assert.equal(defaults.code, 0);
  const witnesses = JSON.parse(defaults.text).map((f) => f.witness.grid_code);
  assert.ok(witnesses.length > 0 && witnesses.every((grid) => /^330106\d{9}$/.test(grid)), witnesses);

  const then = { owner: { role: "worker" }, person: "999999", co_handlers: ["sanitatoin"] };
  const document = book({ division: ["330106009", "330106999"] }, then);
  const { code, text } = check(document, "--data", data, "--json");
  assert.equal(code, 1);
  const errors = JSON.parse(text).filter((f) => f.severity === "error");
  assert.deepEqual(
    errors.map((f) => [f.kind, f.pointer, f.nearest]).sort(),
    [
      ["unknown_division", "/rules/0/when/division/1", errors[0].nearest],
      ["unknown_person", "/rules/0/then/person", undefined],
      ["unknown_unit_kind", "/rules/0/then/co_handlers/0", "sanitation"],
    ],
  );
});
