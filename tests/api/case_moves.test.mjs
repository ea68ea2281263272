// Open cases moved to another version over a real socket (T17): shown first, done page by page, once; and
// drafts that are sent again under their key.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assert_problem, hour_ms, open_district } from "./district.mjs";
import { new_key } from "./server.mjs";

let district, admin, office;
before(async () => {
  district = await open_district();
  admin = await district.as("administrator");
  office = await district.as("d330106-1");
});
after(() => district?.server.stop());

async function got(path, who = admin) {
  const answer = await who.get(`/api/v1/${path}`);
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
}
const in_force = async (kind) => (await got(`${kind}/${(await got(kind)).active}`)).document;

async function drafted(kind, document) {
  const answer = await admin.post(`/api/v1/${kind}`, document);
  assert.equal(answer.status, 201, answer.text);
  return answer.json.version;
}
async function activated(kind, version) {
  const answer = await admin.post(`/api/v1/${kind}/${version}/activate`, {});
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
}
const move = (kind, version, body, by = admin) => by.post(`/api/v1/${kind}/${version}/move-cases`, body);
async function moved(kind, version, body, by) {
  const answer = await move(kind, version, body, by);
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
}
const clock_of = async (number, stage) =>
  (await district.look(number)).clocks.filter((clock) => clock.stage === stage).at(-1);

// The same standards with another limit for every sign-off.
async function with_sign_off(limit) {
  const standards = structuredClone(await in_force("standards"));
  for (const each of standards.standards) if (each.sign_off) each.sign_off = limit;
  return standards;
}

test("open cases are shown what moves, then moved once; new ones are there already [T17]", async () => {
  const reports = [];
  for (let i = 0; i < 120; i += 1) // more than one page of them
    reports.push(await district.report("路灯不亮", { token: district.tokens[i % 20] }));
  const [open, taken] = reports;
  const signed = await district.done(taken.owner, taken.number, "sign-off");
  const was = await clock_of(open.number, "sign_off");
  const before_it = await district.look(open.number);
  const version = await drafted("standards", await with_sign_off("150min"));

  // A draft may be looked at; only what is in force is moved to.
  const early = await moved("standards", version, undefined);
  assert.deepEqual([early.preview, early.cases, early.cases_moved], [true, 120, 119]);
  assert_problem(await move("standards", version, { preview: false }), 422,
    { key: "error.version_not_in_force" });
  await activated("standards", version);
  const fresh = await district.report();
  const shown = await moved("standards", version, { preview: true }, office);
  assert.deepEqual(shown.moves, early.moves);
  assert.equal((await clock_of(open.number, "sign_off")).due, was.due);

  const mine = shown.moves.filter((each) => each.number === open.number);
  assert.deepEqual(mine.map(({ stage, from }) => [stage, from]), [["sign_off", was.due]]);
  assert.equal(Date.parse(mine[0].to) - Date.parse(was.start), 2.5 * hour_ms);
  assert.deepEqual([mine[0].breached, mine[0].misses], [false, false]);
  assert.ok(!shown.moves.some(({ number }) => number === fresh.number || number === taken.number));

  const done = await moved("standards", version, { preview: false });
  assert.deepEqual({ ...done, preview: true }, shown);
  const is = await clock_of(open.number, "sign_off");
  assert.deepEqual([is.due, is.start, is.original_due, is.limit], [mine[0].to, was.start, was.due, "150min"]);
  const looked = await district.look(open.number);
  assert.equal(looked.events.at(-1).what, "versions_moved");
  assert.equal(looked.revision, before_it.revision + 1);
  // Nothing of the signed-off case is due another time; its record says under which version it is now.
  const other = await district.look(taken.number);
  assert.deepEqual([other.revision, other.events.at(-1).what], [signed.revision, "versions_moved"]);
  assert.equal((await district.look(fresh.number)).events.at(-1).what, "submitted");

  const again = await moved("standards", version, { preview: false });
  assert.deepEqual([again.cases, again.dues], [0, 0]);
  assert.equal((await district.look(open.number)).events.length, looked.events.length);
  const [line] = (await got("audit")).items;
  assert.deepEqual([line.what, line.subject, line.detail], ["cases_moved", `standards/${version}`, "120"]);
});

test("a limit that has passed is missed by the move, a miss that happened stays [T14] [T17]", async () => {
  const report = await district.report();
  await district.server.advance(hour_ms / 3);
  const short = await drafted("standards", await with_sign_off("10min"));
  await activated("standards", short);
  const missed = (await moved("standards", short, { preview: false })).moves
    .find((each) => each.number === report.number);
  assert.deepEqual([missed.breached, missed.misses], [false, true]);
  const late = await clock_of(report.number, "sign_off");
  assert.deepEqual([late.state, late.breached_at], ["breached", missed.to]);
  const long = await drafted("standards", await with_sign_off("10h"));
  await activated("standards", long);
  const kept = (await moved("standards", long, { preview: false })).moves
    .find((each) => each.number === report.number);
  assert.deepEqual([kept.breached, kept.misses], [true, false]);
  const still = await clock_of(report.number, "sign_off");
  assert.deepEqual([still.state, still.breached_at, still.due], ["breached", missed.to, kept.to]);
});

test("another calendar moves what is counted in working time [T17] [T8]", async () => {
  const report = await district.report();
  const calendar = await in_force("calendars");
  const closure = await clock_of(report.number, "closure");
  const [today] = (await now_text()).split("T");
  const rests = [0, 1, 2, 3, 4, 5, 6, 7].map((ahead) => day_after(today, ahead));
  const version = await drafted("calendars", {
    ...calendar,
    holidays: [...new Set([...calendar.holidays, ...rests])],
    make_up_days: calendar.make_up_days.filter((day) => !rests.includes(day)),
  });
  assert.equal((await activated("calendars", version)).cases_moved, 0);
  assert.equal((await clock_of(report.number, "closure")).due, closure.due);
  const { moves } = await moved("calendars", version, { preview: false });
  const mine = moves.find((each) => each.number === report.number && each.stage === "closure");
  const is = await clock_of(report.number, "closure");
  assert.deepEqual([mine.from, mine.to], [closure.due, is.due]);
  assert.ok(Date.parse(is.due) > Date.parse(`${rests.at(-1)}T23:59:59+08:00`), is.due);
});

const now_text = async () => (await district.server.advance(0)).now;
const day_after = (day, ahead) =>
  new Date(Date.parse(`${day}T00:00:00Z`) + ahead * 24 * hour_ms).toISOString().slice(0, 10);

test("only who configures moves cases, the office may look; rule sets and others move nothing", async () => {
  const { active } = await got("standards");
  assert_problem(await move("standards", active, { preview: false }, office), 403);
  assert_problem(await move("standards", active, {}, await district.as("leader")), 403);
  assert_problem(await move("standards", active, {}, district.server), 401);
  assert_problem(await move("standards", 4711, {}), 404);
  assert_problem(await move("standards", active, { preview: "no" }), 400, { pointer: "/preview" });
  for (const kind of ["rulesets", "shifts", "catalogue", "territories"])
    assert.equal((await move(kind, 1, {})).status, 404);
});

test("a draft sent again under its key is the same draft, another body under it is refused", async () => {
  const rules = await in_force("rulesets");
  const key = { "Idempotency-Key": new_key() };
  const body = { document: rules, note: "一次" };
  const first = await admin.post("/api/v1/rulesets", body, key);
  assert.equal(first.status, 201, first.text);
  assert.equal(first.headers.get("idempotent-replayed"), null);
  const again = await admin.post("/api/v1/rulesets", body, key);
  assert.deepEqual([again.status, again.text], [201, first.text]);
  assert.equal(again.headers.get("idempotent-replayed"), "true");
  assert.equal(again.headers.get("location"), first.headers.get("location"));
  assert_problem(await admin.post("/api/v1/rulesets", { ...body, note: "两次" }, key), 409,
    { key: "error.key_reused" });
  assert_problem(await admin.post("/api/v1/rulesets", { document: {} }, key), 409);
  const { items } = await got("rulesets");
  assert.equal(items.filter(({ note }) => note === "一次").length, 1);
  // A key belongs to its kind of document; a bad one is refused; of many at once one is kept.
  const shifts = await admin.post("/api/v1/shifts", await in_force("shifts"), key);
  assert.equal(shifts.status, 201, shifts.text);
  assert_problem(await admin.post("/api/v1/rulesets", body, { "Idempotency-Key": "short" }), 400);
  const racing = { "Idempotency-Key": new_key() };
  const answers = await Promise.all(Array.from({ length: 5 }, () =>
    admin.post("/api/v1/rulesets", body, racing)));
  assert.deepEqual([...new Set(answers.map(({ status, text }) => `${status} ${text}`))].length, 1);
  // In force by now, it is still told as it was then.
  await activated("rulesets", first.json.version);
  assert.equal((await admin.post("/api/v1/rulesets", body, key)).text, first.text);
});

test("what was moved is what the journal tells [T12]", async () => {
  await activated("standards", await drafted("standards", await with_sign_off("5h")));
  const late = await district.report();
  await activated("standards", await drafted("standards", await with_sign_off("7h")));
  assert.equal((await clock_of(late.number, "sign_off")).limit, "5h");
  await district.server.drain();
  const replay = await district.server.tool("replay");
  assert.match(replay.text, / 0 differ$/m);
});

test("from a shell the same is shown while nothing runs, and done once [T17]", async () => {
  const shown = await district.server.tool("standards", "move-cases", "--language", "en");
  assert.equal(shown.code, 0, shown.text);
  const [, cases, dues] = shown.text.match(/: (\d+) open cases; due instants that would move: (\d+)\./);
  assert.ok(Number(cases) > 100 && Number(dues) > 100, shown.text.slice(-500));
  const done = await district.server.tool("standards", "move-cases", "--perform", "--language", "en");
  assert.match(done.text, new RegExp(`: ${cases} open cases; due instants moved`));
  const again = await district.server.tool("standards", "move-cases", "--perform");
  assert.match(again.text, /在办案件：0 件/);
  const replay = await district.server.tool("replay");
  assert.match(replay.text, / 0 differ$/m);
});
