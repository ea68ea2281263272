// Versions of decision documents over a real socket: drafted, refused whole, checked, put in force (T8, T17,
// T32, T39).
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assert_problem, hour_ms, now_ms, open_district } from "./district.mjs";

let district, admin;

before(async () => {
  district = await open_district();
  admin = await district.as("administrator");
});
after(() => district?.server.stop());

const kinds = ["rulesets", "standards", "calendars", "shifts", "catalogue", "territories"];

async function got(path, who = admin) {
  const answer = await who.get(`/api/v1/${path}`);
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
}
const list = (kind) => got(kind);
const in_force = async (kind) => (await got(`${kind}/${(await list(kind)).active}`)).document;

async function drafted(kind, document) {
  const answer = await admin.post(`/api/v1/${kind}`, document);
  assert.equal(answer.status, 201, answer.text);
  return answer.json;
}
const activate = (kind, version, body = {}, by = admin) =>
  by.post(`/api/v1/${kind}/${version}/activate`, body);
async function activated(kind, version, body) {
  const answer = await activate(kind, version, body);
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
}

const pointers = (answer) => answer.json.errors.map((each) => each.pointer).sort();

/** Refused as a whole, at exactly these places; nothing kept, the version before still in force. */
async function refused_whole(kind, document, places) {
  const was = await list(kind);
  const answer = await admin.post(`/api/v1/${kind}`, document);
  assert_problem(answer, 400);
  assert.deepEqual(pointers(answer), [...places].sort(), answer.text);
  for (const each of answer.json.errors) assert.ok(each.detail && each.detail !== each.key, answer.text);
  assert.deepEqual(await list(kind), was);
  // The checker says the same without being asked to keep it.
  const check = await admin.post(`/api/v1/${kind}/check`, document);
  assert.equal(check.status, 200, check.text);
  const found = check.json.findings.filter((each) => each.severity === "error").map((each) => each.pointer);
  for (const place of places) assert.ok(found.includes(place), `${place}: ${check.text}`);
}

test("each kind lists its versions and gives the one in force as it was sent", async () => {
  for (const kind of kinds) {
    const { active, items } = await list(kind);
    assert.equal(active, 1);
    assert.deepEqual(items.map((each) => [each.version, each.state]), [[1, "active"]]);
    assert.equal(typeof (await in_force(kind)), "object");
    assert_problem(await admin.get(`/api/v1/${kind}/999`), 404);
  }
});

test("administrators change documents, the office looks, others and strangers do neither", async () => {
  const rules = await in_force("rulesets");
  for (const who of ["worker", "reviewer", "leader"])
    assert_problem(await (await district.as(who)).get("/api/v1/rulesets"), 403);
  const office = await district.as("d330106-1");
  assert.equal((await list("rulesets")).active, (await got("rulesets", office)).active);
  assert_problem(await office.post("/api/v1/rulesets", rules), 403);
  assert_problem(await activate("rulesets", 1, {}, office), 403);
  assert_problem(await district.server.get("/api/v1/rulesets"), 401);
  assert_problem(await district.server.post("/api/v1/rulesets", rules), 401);
});

test("a draft is kept as it was sent, and decides nothing", async () => {
  const rules = await in_force("rulesets");
  const draft = await drafted("rulesets", { document: rules, note: "为年底准备" });
  assert.equal(draft.state, "draft");
  assert.equal(draft.note, "为年底准备");
  assert.ok(draft.by.name);
  assert.deepEqual((await got(`rulesets/${draft.version}`)).document, rules);
  const { active, items } = await list("rulesets");
  assert.equal(active, 1);
  assert.equal(items[0].version, draft.version);
  const first_page = await got("rulesets?limit=1");
  const second_page = await got(`rulesets?limit=1&cursor=${first_page.next_cursor}`);
  assert.deepEqual([first_page.items[0], second_page.items[0]], items.slice(0, 2));
});

test("rules with an unknown matter, a duplicate order and a missing field are refused with all three",
  async () => {
    const rules = await in_force("rulesets");
    const [first, second, third] = rules.rules;
    const unknown = { ...first, when: { matter: ["S99999999999"] } };
    const again = { ...second, order: first.order };
    const missing = { ...third, when: { colour: "red" } };
    const rest = rules.rules.slice(3);
    const at = (changed) => ({ ...rules, rules: changed });
    await refused_whole("rulesets", at([unknown, second, third, ...rest]), ["/rules/0/when/matter/0"]);
    await refused_whole("rulesets", at([first, again, third, ...rest]), ["/rules/1/order"]);
    await refused_whole("rulesets", at([first, second, missing, ...rest]), ["/rules/2/when/colour"]);
    const all = ["/rules/0/when/matter/0", "/rules/1/order", "/rules/2/when/colour"];
    await refused_whole("rulesets", at([unknown, again, missing, ...rest]), all);
    const no_default = rules.rules.slice(0, -1);
    await refused_whole("rulesets", at(no_default), ["/rules"]);
    await refused_whole("rulesets", at([first, again, missing, ...no_default.slice(3)]),
      ["/rules", "/rules/1/order", "/rules/2/when/colour"]);
  });

test("standards for an unknown matter or condition, or with none for anything, are refused", async () => {
  const standards = await in_force("standards");
  const more = [
    { matter: "S99999999999", closure: "1wd" },
    { matter: "S", condition: "no-such-condition", closure: "1wd" },
    { matter: "B", closure: "yesterday" },
  ];
  const n = standards.standards.length;
  await refused_whole("standards", { ...standards, standards: [...standards.standards, ...more] },
    [`/standards/${n}/matter`, `/standards/${n + 1}/condition`, `/standards/${n + 2}/closure`]);
  const specific = standards.standards.filter((each) => each.matter !== "*");
  await refused_whole("standards", { ...standards, standards: specific }, ["/standards"]);
});

test("an empty calendar is refused, with every other fault beside it [T9]", async () => {
  const calendar = await in_force("calendars");
  const nothing = { mon: [], tue: [], wed: [], thu: [], fri: [], sat: [], sun: [] };
  await refused_whole("calendars", { ...calendar, weekly: nothing }, ["/weekly"]);
  const holidays = ["2026-13-01"];
  await refused_whole("calendars", { ...calendar, weekly: nothing, holidays }, ["/holidays/0", "/weekly"]);
});

test("overlapping shifts are refused, and shifts that somebody works may not be left out [T9]", async () => {
  const document = await in_force("shifts");
  const [first, ...others] = document.shifts;
  const weekly = { ...first.weekly, mon: ["08:30-12:00", "11:00-17:00"], tue: ["12:00-12:00"] };
  const places = ["/shifts/0/weekly/mon/1", "/shifts/0/weekly/tue/0"];
  await refused_whole("shifts", { ...document, shifts: [{ ...first, weekly }, ...others] }, places);
  const gone = await admin.post("/api/v1/shifts", { ...document, shifts: others });
  assert_problem(gone, 400);
  assert.ok(gone.json.errors.every((each) => each.key === "error.shift_in_use"), gone.text);
});

test("an outline that crosses itself and one over its neighbour are refused together", async () => {
  const map = await in_force("territories");
  const grids = map.features.flatMap((f, i) => (f.properties.level === "grid" ? [i] : []));
  const changed = structuredClone(map);
  const ring_of = (i) => changed.features[i].geometry.coordinates[0];
  const [crossing, moved] = grids;
  const ring = ring_of(crossing);
  const box = [0, 1].map((axis) => ring.map((p) => p[axis]));
  const [west, east] = [Math.min(...box[0]), Math.max(...box[0])];
  const [south, north] = [Math.min(...box[1]), Math.max(...box[1])];
  changed.features[crossing].geometry.coordinates[0] =
    [[west, south], [east, north], [east, south], [west, north], [west, south]];
  // Another grid laid over a third one.
  changed.features[moved].geometry.coordinates[0] = ring_of(grids[2]);
  const later = Math.max(moved, grids[2]);
  await refused_whole("territories", changed,
    [`/features/${crossing}/geometry/coordinates/0`, `/features/${later}`]);
});

test("a document that is none says where: broken JSON, a key twice, an unknown key, a text", async () => {
  const was = await list("rulesets");
  for (const [body, pointer] of [
    ["{\"rules\": [", ""],
    ["{\"rules\": [], \"rules\": []}", ""],
    ["[]", ""],
    [{ version: 1, rulez: [], rules: [] }, "/rulez"],
    ["[".repeat(30000), ""],
  ]) {
    const answer = await admin.post("/api/v1/rulesets", body);
    assert_problem(answer, 400);
    assert.equal(answer.json.errors[0].pointer, pointer, answer.text.slice(0, 500));
  }
  assert.deepEqual(await list("rulesets"), was);
});

// Every report to the street's desk, by a rule before all others.
const to_the_street = (rules, order = 1) => ({
  ...rules,
  rules: [
    { order, id: "all-to-street", name: "全部交街道",
      when: { any: [{ working_time: true }, { working_time: false }] },
      then: { owner: { role: "street", of: "grid" } } },
    ...rules.rules,
  ],
});

const decision = async (number) => {
  const answer = await (await district.as("d330106-1")).get(`/api/v1/cases/${number}/decision`);
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
};

test("a version in force decides the next report at once; open cases keep theirs [T17] [T32]", async () => {
  const old = await district.report();
  const was = await list("rulesets");
  const draft = await drafted("rulesets", to_the_street(await in_force("rulesets")));
  const told = await activate("rulesets", draft.version, { revision: was.active, dry_run: true });
  assert.equal(told.status, 200, told.text);
  assert.deepEqual([told.json.dry_run, told.json.before], [true, was.active]);
  // Rules behind one that takes everything are found out: such a version stays a draft.
  assert.equal(told.json.possible, false);
  const shadowed = told.json.findings.find((each) => each.kind === "shadowed");
  assert.ok(shadowed?.witness, told.text.slice(0, 2000));
  const checked = await admin.post("/api/v1/rulesets/check", { version: draft.version });
  assert.deepEqual(checked.json.findings, told.json.findings);
  assert_problem(await activate("rulesets", draft.version), 422, { key: "error.draft_unsound" });
  assert.equal((await list("rulesets")).active, was.active);
  const rules = await in_force("rulesets");
  const sound = await drafted("rulesets", {
    ...rules,
    rules: [...to_the_street({ rules: [] }).rules, rules.rules.at(-1)],
  });
  const done = await activated("rulesets", sound.version, { revision: was.active });
  assert.deepEqual([done.version, done.before, done.possible], [sound.version, was.active, true]);
  const fresh = await district.report();
  assert.equal(fresh.owner.role, "street");
  assert.equal((await decision(fresh.number)).versions.rulebook, sound.version);
  assert.notEqual(old.owner.role, "street");
  const kept = await decision(old.number);
  assert.equal(kept.versions.rulebook, was.active);
  assert.equal(kept.regenerated, true);
  const states = (await list("rulesets")).items.map((each) => [each.version, each.state]);
  assert.ok(states.some(([v, s]) => v === was.active && s === "retired"));
  await activated("rulesets", was.active);
  assert.notEqual((await district.report()).owner.role, "street");
  const audit = (await got("audit")).items;
  assert.deepEqual(audit.slice(0, 2).map((each) => each.subject),
    [`rulesets/${was.active}`, `rulesets/${sound.version}`]);
  assert.ok(audit[0].by.name && audit[0].text.includes("rulesets/"));
});

test("of two who activate on the same sight one wins, the other is told what stands", async () => {
  const rules = await in_force("rulesets");
  const { active } = await list("rulesets");
  const versions = [];
  for (let i = 0; i < 4; i += 1) versions.push((await drafted("rulesets", rules)).version);
  const answers = await Promise.all(versions.map((v) => activate("rulesets", v, { revision: active })));
  const winners = versions.filter((_, i) => answers[i].status === 200);
  assert.equal(winners.length, 1, answers.map((each) => each.text).join("\n"));
  for (const answer of answers.filter((each) => each.status !== 200)) {
    assert_problem(answer, 409, { key: "error.revision_document" });
    assert.equal(answer.json.revision, winners[0]);
  }
  assert.equal((await list("rulesets")).active, winners[0]);
  await activated("rulesets", active, { revision: winners[0] });
});

test("new standards hold for the next case only", async () => {
  const before_it = await district.report();
  const standards = structuredClone(await in_force("standards"));
  for (const each of standards.standards) if (each.sign_off) each.sign_off = "90min";
  const draft = await drafted("standards", standards);
  await activated("standards", draft.version);
  const after_it = await district.report();
  const sign_off = async (number) =>
    (await district.look(number)).clocks.find((clock) => clock.stage === "sign_off");
  assert.notEqual((await sign_off(before_it.number)).limit, "90min");
  const clock = await sign_off(after_it.number);
  assert.equal(Date.parse(clock.due) - Date.parse(clock.start), 1.5 * hour_ms);
  await activated("standards", 1);
});

test("loading a year shows first which due instants move, then moves them visibly [T8]", async () => {
  const calendar = await in_force("calendars");
  const [year] = calendar.horizon.split("-").map(Number);
  // The last afternoon that is published: an ordinary report's hours end next year.
  const target = Date.parse(`${calendar.horizon}T16:00:00+08:00`);
  await district.server.advance(target - (await now_ms(district.server)));
  district.forget();
  admin = await district.as("administrator");
  const report = await district.report();
  const guessed = await district.look(report.number);
  assert.ok(guessed.flags.includes("provisional"), JSON.stringify(guessed.clocks));
  const fresh = {
    ...calendar,
    horizon: `${year + 1}-12-31`,
    holidays: [
      ...calendar.holidays,
      ...[1, 2, 3, 4, 5, 6, 7, 8].map((day) => `${year + 1}-01-0${day}`),
    ],
  };
  const draft = await drafted("calendars", fresh);
  const shown = await activated("calendars", draft.version, { dry_run: true });
  const mine = shown.moves.filter((each) => each.number === report.number);
  assert.ok(mine.length > 0, JSON.stringify(shown));
  assert.equal((await district.look(report.number)).revision, guessed.revision);
  const done = await activated("calendars", draft.version, { revision: 1 });
  assert.deepEqual(done.moves.map((each) => [each.number, each.stage, each.from, each.to]),
    shown.moves.map((each) => [each.number, each.stage, each.from, each.to]));
  const moved = await district.look(report.number);
  assert.ok(!moved.flags.includes("provisional"));
  assert.equal(moved.events.at(-1).what, "calendar_extended");
  assert.ok(moved.revision > guessed.revision);
  for (const { stage, attempt, from, to } of mine) {
    const was = guessed.clocks.find((clock) => clock.stage === stage && clock.attempt === attempt);
    const is = moved.clocks.find((clock) => clock.stage === stage && clock.attempt === attempt);
    assert.deepEqual([was.due, is.due, is.original_due], [from, to, from]);
    assert.ok(Date.parse(to) > Date.parse(`${year + 1}-01-09T00:00:00+08:00`) && !is.provisional);
  }
  // The same again moves nothing, and a year of the past is no news.
  assert.equal((await activated("calendars", draft.version)).cases_moved, 0);
});
