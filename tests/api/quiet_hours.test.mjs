// What people wish of their messages, and that no wish touches the record [T29]. The rule is calculated by
// hand in tests/dispatch/delivery_test.cpp; here it is seen over the socket, on the test clock.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { assert_problem, minute_ms, open_district } from "./district.mjs";

let district, server;
const bicycles = { matter_code: "S33010609011" }; // 15 working minutes to sign off
const leader = "l330106012005";

before(async () => {
  district = await open_district();
  ({ server } = district);
});
beforeEach(() => district.morning()); // 09:00
after(() => server?.stop());

const wish = async (who, body) => (await district.as(who)).post("/api/v1/settings", body);
const settings = async (who) => (await (await district.as(who)).get("/api/v1/settings")).json;
const messages = async (who) => (await (await district.as(who)).get("/api/v1/messages")).json.items;
const since = async (who, from) => (await messages(who)).filter((m) => Date.parse(m.at) >= from);
const wall = (at) => new Date(Date.parse(at) + 480 * minute_ms).toISOString().slice(11, 16);
const sign_off = async (number) =>
  (await district.look(number)).clocks.find((clock) => clock.stage === "sign_off");

test("one's wishes are one's own, kept whole, and refused at the place that is wrong", async () => {
  assert.deepEqual(await settings(leader), { quiet: null, messages_an_hour: 20 });
  const mine = { quiet: { from: "22:00", to: "07:00" }, messages_an_hour: 5 };
  const answer = await wish(leader, mine);
  assert.equal(answer.status, 200, answer.text);
  assert.deepEqual(answer.json, mine);
  assert.deepEqual(await settings(leader), mine);
  assert.deepEqual(await settings("worker"), { quiet: null, messages_an_hour: 20 });
  for (const [body, pointer] of [
    [{ quiet: { from: "24:00", to: "07:00" } }, "/quiet/from"],
    [{ quiet: { from: "22:00", to: "7:00" } }, "/quiet/to"],
    [{ quiet: { from: "22:00" } }, "/quiet/to"],
    [{ quiet: { from: "08:00", to: "20:01" } }, "/quiet"],
    [{ quiet: "nights" }, "/quiet"],
    [{ messages_an_hour: 2 }, "/messages_an_hour"],
    [{ messages_an_hour: 61 }, "/messages_an_hour"],
  ]) {
    const refused = await wish(leader, body);
    assert_problem(refused, 400);
    assert.deepEqual(
      refused.json.errors.map((e) => e.pointer),
      [pointer],
      refused.text,
    );
  }
  assert.deepEqual(await settings(leader), mine);
  assert.equal((await server.get("/api/v1/settings")).status, 401);
  assert.deepEqual((await wish(leader, {})).json, { quiet: null, messages_an_hour: 20 });
});

test("past an hour's messages the rest is one that says how many; emergencies come at once [T29]",
  async () => {
  const from = (await server.advance(0)).now;
  await wish(leader, { messages_an_hour: 3 }); // one alone, two places for bundles
  for (let n = 0; n < 4; n += 1) await district.report(`单车 ${n}`, bicycles);
  await server.advance(14 * minute_ms); // 80 % of each at 09:12
  const told = await since(leader, Date.parse(from));
  assert.deepEqual(
    told.map((m) => [wall(m.at), m.count, m.what]),
    [["09:12", 1, "told.most"]],
  );
  const faint = await district.report("有人晕倒");
  const urgent = await district.look(faint.number);
  assert.equal(urgent.priority, "emergency");
  await server.advance(Date.parse(faint.due.sign_off) + 1000 - Date.parse((await server.advance(0)).now));
  const alone = (await messages(leader)).filter((m) => m.number === faint.number);
  assert.ok(alone.length > 0 && alone.every((m) => m.count === 1 && wall(m.at) < "10:00"), "at once");
  await server.advance(60 * minute_ms);
  const bundle = (await since(leader, Date.parse(from))).find((m) => m.what === "told.more");
  assert.equal(wall(bundle.at), "10:00");
  assert.ok(bundle.count >= 3, JSON.stringify(bundle));
  assert.ok(bundle.text.includes(String(bundle.count)), bundle.text);
  await wish(leader, {});
});

test("in quiet hours a worker hears nothing, then the latest; the breach keeps its instant [T29]",
  async () => {
  const { number, owner, due } = await district.report("单车", bicycles);
  assert.equal((await wish(owner, { quiet: { from: "08:00", to: "10:00" } })).status, 200);
  await server.advance(20 * minute_ms);
  assert.deepEqual((await messages(owner)).filter((m) => m.number === number), []);
  const breached = await sign_off(number);
  assert.equal(breached.state, "breached");
  assert.equal(breached.due, due.sign_off);
  assert.equal(wall(breached.due), "09:15");
  const { events } = await district.look(number);
  assert.deepEqual(
    events.filter((e) => e.what === "threshold_passed").map((e) => wall(e.at)),
    ["09:07", "09:12", "09:15"],
  );
  await server.advance(40 * minute_ms); // 10:00
  const morning = (await messages(owner)).filter((m) => m.number === number);
  assert.deepEqual(
    morning.map((m) => [wall(m.at), m.count]),
    [["10:00", 1]],
  );
  await wish(owner, {});
});
