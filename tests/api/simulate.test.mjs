// What-if over a real socket (T40): last week judged again under drafts of every kind that can be tried,
// beside what the command line says of the same store; refusals, limits, and reports that come meanwhile.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { assert_problem } from "./district.mjs";
import { new_key, start_server, token_of } from "./server.mjs";

const day_ms = 86_400_000;
const kinds = ["rulesets", "standards", "calendars", "shifts"];
const day_of = (ahead) => new Date(Date.now() + ahead * day_ms).toISOString().slice(0, 10);
const span = { from: day_of(-9), to: day_of(2) };

let server, office, admin;
before(async () => {
  server = await start_server({ days: 5, limits: false });
  office = await server.login("district");
  admin = await server.login("administrator");
});
after(() => server?.stop());

const ask = (kind, body, by = office) => by.post(`/api/v1/${kind}/simulate`, { ...span, ...body });
async function told(kind, body, by = office) {
  const answer = await ask(kind, body, by);
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
}
async function in_force(kind) {
  const { active } = (await office.get(`/api/v1/${kind}`)).json;
  const { document } = (await office.get(`/api/v1/${kind}/${active}`)).json;
  return { active, document };
}
const all_to_the_street = ({ rules, ...rest }) =>
  ({ ...rest, rules: [{ ...rules.at(-1), then: { owner: { role: "street", of: "grid" } } }] });

test("[T40] under what is in force nothing would have been otherwise", async () => {
  for (const kind of kinds) {
    const { active, document } = await in_force(kind);
    for (const body of [{ draft: document }, { version: active }]) {
      const said = await told(kind, body);
      assert.equal(said.counterfactual, true);
      assert.match(said.text, /counterfactual/);
      assert.ok(said.reports > 50, `${said.reports} reports`);
      assert.deepEqual(said.moved, { owner: 0, priority: 0, rule: 0, due: 0 }, kind);
      assert.deepEqual([said.moves, said.samples], [[], []]);
      for (const stage of said.breaches) assert.deepEqual([stage.was, stage.newly], [stage.would, 0], kind);
    }
  }
});

test("[T40] the API and the command line tell the same of a draft", async () => {
  const draft = all_to_the_street((await in_force("rulesets")).document);
  const file = join(server.data, "street.json");
  await writeFile(file, JSON.stringify(draft));
  const { from, to } = span;
  const by_api = await told("rulesets", { draft, samples: 7 });
  const shell = await server.tool("rules", "simulate", "--json", "--language", "en", "--samples", "7",
    "--from", from, "--to", to, "--draft", file);
  assert.equal(shell.code, 0, shell.text);
  const by_shell = JSON.parse(shell.text.split("\n").find((line) => line.startsWith("{")));
  assert.ok(by_api.moved.owner > by_api.reports / 2);
  assert.equal(by_api.samples.length, 7);
  for (const said of [by_api, by_shell]) {
    // Seconds apart, and a running clock may be missed in between.
    delete said.as_of;
    delete said.breaches;
    for (const { was, would } of said.samples) for (const each of [was, would]) delete each.late;
  }
  assert.deepEqual(by_api, by_shell);
});

test("[T40] other limits move due instants and nobody's cases, another calendar's holiday too", async () => {
  const standards = (await in_force("standards")).document;
  for (const each of standards.standards) if (each.sign_off) each.sign_off = "1min";
  const hurried = await told("standards", { draft: standards });
  assert.deepEqual([hurried.moved.owner, hurried.moved.due], [0, hurried.reports]);
  const missed = hurried.breaches.find(({ stage }) => stage === "sign_off");
  assert.ok(missed.would > missed.was && missed.newly > 0, JSON.stringify(missed));
  const calendar = (await in_force("calendars")).document;
  const week = [-9, -8, -7, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4].map(day_of);
  const make_up_days = (calendar.make_up_days ?? []).filter((day) => !week.includes(day));
  const holidays = [...new Set([...calendar.holidays, ...week])];
  const resting = await told("calendars", { draft: { ...calendar, holidays, make_up_days } });
  assert.ok(resting.moved.due > 0);
  assert.ok(resting.samples.every(({ was, would }) => was.due.closure <= would.due.closure));
});

test("[T40] without shifts by day what was given to workers would go elsewhere or begin later", async () => {
  const { document } = await in_force("shifts");
  const never = { mon: [], tue: [], wed: [], thu: [], fri: [], sat: [], sun: ["03:00-03:01"] };
  const shifts = document.shifts.map((each) => (each.weekly ? { ...each, weekly: never } : each));
  const said = await told("shifts", { draft: { ...document, shifts } });
  assert.ok(said.moved.owner > 0 || said.moved.due > 0, JSON.stringify(said.moved));
});

test("only the office and who configures may ask, and who configures is shown no case", async () => {
  const draft = all_to_the_street((await in_force("rulesets")).document);
  for (const role of ["worker", "leader", "reviewer"])
    assert_problem(await ask("rulesets", { draft }, await server.login(role)), 403);
  assert_problem(await ask("rulesets", { draft }, server), 401);
  const sums = await told("rulesets", { draft, samples: 5 }, admin);
  assert.ok(sums.moved.owner > 0);
  assert.deepEqual(sums.samples, []);
  // What happened to a matter or a place cannot be tried otherwise.
  for (const kind of ["catalogue", "territories"]) assert_problem(await ask(kind, { version: 1 }), 405);
});

test("what is asked wrongly is refused at its place", async () => {
  const { active: version, document: draft } = await in_force("rulesets");
  const broken = { ...draft, rules: [{ ...draft.rules[0], order: "first" }] };
  const unknown = { ...draft, rules: [{ ...draft.rules.at(-1), when: { colour: "red" } }] };
  for (const [body, pointer] of [
    [{}, "/draft"],
    [{ draft, version }, "/version"],
    [{ version: 0 }, "/version"],
    [{ version, samples: 101 }, "/samples"],
    [{ version, samples: -1 }, "/samples"],
    [{ version, from: "yesterday" }, "/from"],
    [{ version, to: "2026-13-01" }, "/to"],
    [{ version, to: span.from }, "/to"],
    [{ version, from: day_of(-400), to: day_of(1) }, "/to"],
    [{ version, from: null }, "/from"],
    [{ draft: broken }, "/draft/rules/0/order"],
    [{ draft: unknown }, "/draft/rules/0/when/colour"],
  ]) {
    const answer = await ask("rulesets", body);
    assert_problem(answer, 400);
    assert.ok(answer.json.errors.some((each) => each.pointer === pointer), `${pointer}: ${answer.text}`);
  }
  assert_problem(await ask("rulesets", { version: 4711 }), 404);
  assert_problem(await office.post("/api/v1/rulesets/simulate", "{\"from\": "), 400);
  const padded = { draft, padding: "x".repeat((16 << 20) + (64 << 10)) };
  assert.equal((await ask("rulesets", padded)).status, 413);
  assert.equal((await told("rulesets", { version, from: day_of(-398), to: day_of(2) })).moved.owner, 0);
});

test("of many at once some are told to come back, and reports come through meanwhile", async () => {
  const draft = all_to_the_street((await in_force("rulesets")).document);
  const asked = Array.from({ length: 12 }, () => ask("rulesets", { draft, samples: 0 }));
  const token = token_of(server.demo.scan_links[0]);
  const reports = Array.from({ length: 12 }, () =>
    server.post("/api/v1/reports", { token, text: "路灯不亮" }, { "Idempotency-Key": new_key() }));
  for (const sent of await Promise.all(reports)) assert.equal(sent.status, 201, sent.text);
  const answers = await Promise.all(asked);
  assert.ok(answers.some(({ status }) => status === 200));
  for (const answer of answers.filter(({ status }) => status !== 200)) {
    assert_problem(answer, 503, { key: "error.simulation_running" });
    assert.ok(Number(answer.headers.get("retry-after")) > 0);
  }
  assert.ok((await told("rulesets", { draft })).moved.owner > 0);
});

test("a what-if changes nothing: no version, no case, no line of the audit", async () => {
  for (const kind of kinds) {
    const { items } = (await office.get(`/api/v1/${kind}`)).json;
    assert.deepEqual(items.map(({ version, state }) => [version, state]), [[1, "active"]]);
  }
  assert.deepEqual((await office.get("/api/v1/audit")).json.items, []);
  await server.drain();
  const replay = await server.tool("replay");
  assert.match(replay.text, / 0 differ$/m);
});
