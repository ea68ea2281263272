// GET /api/v1/live: who hears of what, and that a broken line loses nothing.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assert_problem, hour_ms, open_district } from "./district.mjs";
import { open_line } from "./live_line.mjs";

let district, server;
const soon_ms = 2000;

before(async () => {
  district = await open_district();
  ({ server } = district);
});
after(() => server?.stop());

const line_of = async (who, last_id) => {
  const headers = last_id ? { "Last-Event-ID": last_id } : {};
  return await open_line(server.url, (await district.as(who)).cookie, headers);
};
const of_case = (number, what) => (event) =>
  event.name === "case" && event.data.number === number && (!what || event.data.what === what);

test("without a session there is no line; administrators' lines carry no case", async () => {
  assert_problem(await server.get("/api/v1/live"), 401);
  const headers = { cookie: (await district.as("a330106")).cookie };
  const controller = new AbortController();
  const answer = await fetch(`${server.url}/api/v1/live`, { headers, signal: controller.signal });
  if (answer.status === 403) return controller.abort();
  controller.abort();
  const line = await line_of("a330106");
  const officer = await line_of("d330106-1");
  const told = await district.report("单车");
  await officer.next(of_case(told.number), soon_ms);
  assert.ok(!line.events.some(of_case(told.number)));
  await Promise.all([line.close(), officer.close()]);
});

test("a new case is told to its owner and those above him, and to nobody of elsewhere", async () => {
  const insiders = [], outsiders = [];
  for (const who of ["worker", "leader", "o330106012-1", "d330106-1"]) insiders.push(await line_of(who));
  for (const who of ["w330106009002003", "l330106009002", "o330106009-1", "u330106-30"])
    outsiders.push(await line_of(who));
  const told = await district.report("单车", { matter_code: "S33010609011" });
  for (const line of insiders) {
    const { data, id } = await line.next(of_case(told.number), soon_ms);
    assert.ok(id);
    assert.deepEqual([data.status, data.stage, data.revision], ["dispatched", "sign_off", 1]);
    assert.equal(data.owner.name, told.owner.name);
    assert.equal(data.due, told.due.sign_off, "of the stage that runs");
    assert.equal(data.grid_code, told.place.grid_code);
    assert.equal(data.overdue, false);
  }
  // Events are in one order: once a later one of their own has come, an earlier one will not.
  const far = await district.report("远处", { token: district.tokens.at(0) });
  await insiders[3].next(of_case(far.number), soon_ms);
  for (const line of outsiders) assert.deepEqual(line.events.filter((e) => e.name === "case"), []);
  for (const line of [...insiders, ...outsiders]) await line.close();
});

test("who loses a case is told so, as is who gets it", async () => {
  const told = await district.report("单车", { matter_code: "S33010609011" });
  const leader = await district.as("l330106012005");
  const [before_it, after_it] = [await line_of(told.owner), await line_of("l330106012005")];
  await district.done("l330106012005", told.number, "assign", { to: "l330106012005" });
  const lost = await before_it.next(of_case(told.number, "assigned"), soon_ms);
  assert.equal(lost.data.owner.name, leader.session.name);
  await after_it.next(of_case(told.number, "assigned"), soon_ms);
  await before_it.close();
  await after_it.close();
});

test("a unit hears of a case from the moment it is brought in", async () => {
  const told = await district.report("单车", { matter_code: "S33010609011" });
  await district.done(told.owner, told.number, "sign-off");
  const line = await line_of("u330106-26");
  await district.done(told.owner, told.number, "add-co-handler", { unit: "u330106-26" });
  await line.next(of_case(told.number, "co_handler_added"), soon_ms);
  await line.close();
});

test("a resumed line brings what came while it was broken, once each and in order", async () => {
  const line = await line_of("d330106-1");
  const first = await district.report("一");
  const { id } = await line.next(of_case(first.number), soon_ms);
  await line.close();
  const missed = [];
  for (let i = 0; i < 25; i += 1) missed.push((await district.report(`漏 ${i}`)).number);
  const resumed = await line_of("d330106-1", id);
  const last = await district.report("末");
  await resumed.next(of_case(last.number), soon_ms);
  const came = resumed.events.filter((e) => e.name === "case").map((e) => e.data.number);
  assert.deepEqual(came, [...missed, last.number]);
  assert.ok(!resumed.events.some((e) => e.name === "reset"));
  await resumed.close();
});

test("reports that arrive while a line is being resumed are neither lost nor doubled", async () => {
  const line = await line_of("d330106-1");
  const first = await district.report("一");
  const { id } = await line.next(of_case(first.number), soon_ms);
  await line.close();
  const sending = Promise.all(Array.from({ length: 30 }, (_, i) => district.report(`并发 ${i}`)));
  const resumed = await line_of("d330106-1", id);
  const sent = (await sending).map((told) => told.number);
  const last = await district.report("末");
  await resumed.next(of_case(last.number), soon_ms);
  const came = resumed.events.filter((e) => e.name === "case").map((e) => e.data.number);
  assert.deepEqual(came.toSorted(), [...sent, last.number].toSorted());
  await resumed.close();
});

test("an id of another run, a made-up one and one of the future are answered with reset", async () => {
  const known = await line_of("d330106-1");
  const { id } = await known.next((e) => e.name === "ready" || e.name === "case", soon_ms);
  await known.close();
  const future = id.replace(/\d+$/, "999999999");
  for (const strange of ["x", "-", "1", "another-run-1", future, id + "x"]) {
    const line = await line_of("d330106-1", strange);
    await line.next((e) => e.name === "reset", soon_ms);
    const told = await district.report("其后");
    await line.next(of_case(told.number), soon_ms);
    await line.close();
  }
});

test("what timers do is told like what people do", async () => {
  const told = await district.report("单车", { matter_code: "S33010609011" });
  const line = await line_of("d330106-1");
  await server.advance(16 * 60_000);
  const event = await line.next((e) => of_case(told.number)(e) && e.data.overdue, soon_ms);
  assert.equal(event.data.what, "threshold_passed");
  await line.close();
});

test("a line is of the session: it carries nothing after the server is told to stop, and ends", async () => {
  await server.advance(hour_ms);
  const line = await line_of("d330106-1");
  await line.next((e) => e.name === "ready", soon_ms);
  const ended = await server.drain();
  assert.equal(ended.code, 0, server.output().slice(-2000));
  await line.close();
});
