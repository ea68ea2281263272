// What happens by itself when time passes, played on the test clock from a working morning.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { assert_problem, hour_ms, minute_ms, now_ms, open_district } from "./district.mjs";

let district, server;
const bicycles = { matter_code: "S33010609011" }; // 15 working minutes, 1 hour, 3 hours; review a day
const leader = "l330106012005";

before(async () => {
  district = await open_district();
  ({ server } = district);
});
beforeEach(() => district.morning());
after(() => server?.stop());

const messages = async (who) => {
  const answer = await (await district.as(who)).get("/api/v1/messages?limit=200");
  assert.equal(answer.status, 200, answer.text);
  return answer.json.items;
};
const messages_of = async (who, number) => (await messages(who)).filter((m) => m.number === number);
const overdue_list = async () => {
  const answer = await (await district.as("d330106-1")).get("/api/v1/cases?overdue=true&limit=200");
  return answer.json.items.map((c) => c.number);
};
const gauge = async (stage) => {
  const { text } = await server.get("/metrics");
  const line = text
    .split("\n")
    .find(
      (l) =>
        l.startsWith(`mashang_overdue_cases{stage="${stage}"}`) ||
        l.startsWith(`mashang_overdue{stage="${stage}"}`),
    );
  assert.ok(line, `no gauge of what is overdue in ${stage}:\n${text}`);
  return Number(line.split(" ").at(-1));
};

test("the owner is warned at half and at four fifths, the leader only from four fifths on", async () => {
  const { number, owner } = await district.report("单车", bicycles);
  await server.advance(7 * minute_ms);
  assert.equal((await messages_of(owner, number)).length, 0, "7 of 15 minutes");
  await server.advance(1 * minute_ms);
  assert.equal((await messages_of(owner, number)).length, 1, "half");
  assert.equal((await messages_of(leader, number)).length, 0);
  await server.advance(4 * minute_ms);
  assert.equal((await messages_of(owner, number)).length, 2, "80 %");
  assert.equal((await messages_of(leader, number)).length, 1);
});

test("a sign-off that lapses is overdue from the first instant past due, and the leader is told",
  async () => {
  const { number, owner, due } = await district.report("单车", bicycles);
  const overdue_before = await gauge("sign_off");
  await server.advance(Date.parse(due.sign_off) - (await now_ms(server)));
  assert.equal((await district.look(number)).overdue, (await now_ms(server)) > Date.parse(due.sign_off));
  await server.advance(1000);
  const late = await district.look(number);
  assert.equal(late.overdue, true);
  assert.equal(late.status, "dispatched");
  const clock = late.clocks.find((k) => k.stage === "sign_off");
  assert.equal(clock.state, "breached");
  assert.equal(clock.due, due.sign_off);
  assert.ok((await overdue_list()).includes(number));
  assert.equal(await gauge("sign_off"), overdue_before + 1);
  assert.ok((await messages_of(leader, number)).some((m) => m.what === "told.due"));
  // Late is late, however it ends.
  await district.done(owner, number, "sign-off");
  assert.ok(!(await overdue_list()).includes(number));
  const after_it = (await district.look(number)).clocks.find((k) => k.stage === "sign_off");
  assert.equal(after_it.state, "breached");
});

test("repeats climb a rung each, and the street's turn opens a supervision order", async () => {
  const { number, owner } = await district.report("单车", bicycles);
  await server.advance(15 * minute_ms + 1000);
  assert.deepEqual((await district.look(number)).orders, []);
  // Half of 15 minutes is less than the least of an hour: a repeat each working hour, leader, community,
  // street.
  await server.advance(hour_ms);
  assert.ok((await messages_of("c330106012005", number)).length > 0, "the community's desk");
  await server.advance(hour_ms);
  const supervised = await district.look(number);
  assert.ok(supervised.flags.includes("supervised"), JSON.stringify(supervised.flags));
  assert.equal(supervised.orders.length, 1);
  assert.ok(supervised.clocks.some((k) => k.stage === "supervision" && k.state === "running"));
  const order = supervised.orders[0].id;
  const answered = await district.done(owner, number, "answer", { order, answer: "马上去" });
  assert.equal(answered.orders[0].answer, "马上去");
});

test("each threshold is passed once and at its own instant, in one leap as in many steps", async () => {
  const told_after = async (moves) => {
    await district.morning();
    const { number, accepted_at } = await district.report("单车", bicycles);
    for (const minutes of moves) await server.advance(minutes * minute_ms);
    const { events } = await district.look(number);
    const instants = events.map((e) => Date.parse(e.at));
    assert.deepEqual(
      instants,
      instants.toSorted((x, y) => x - y),
    );
    const since = (at) => Math.round((Date.parse(at) - Date.parse(accepted_at)) / minute_ms);
    return events.filter((e) => e.what === "threshold_passed").map((e) => `${since(e.at)} min: ${e.text}`);
  };
  const leap = await told_after([200]);
  const steps = await told_after(Array(40).fill(5));
  assert.deepEqual(leap, steps);
  assert.equal(new Set(leap).size, leap.length, leap.join("\n"));
  assert.ok(leap.length >= 5, leap.join("\n"));
});

test("a pause holds response and closure, ends by itself, and its working time is given back", async () => {
  const { number, owner, due } = await district.report("单车", bicycles);
  await district.done(owner, number, "sign-off");
  const until_ms = (await now_ms(server)) + hour_ms;
  const until = new Date(until_ms).toISOString();
  await district.done(owner, number, "pause", { reason: "等车来拉", until });
  const paused = await district.done(leader, number, "decide-pause", { decision: "approve", note: "可" });
  assert.ok(paused.flags.includes("paused"));
  assert.equal(paused.clocks.find((k) => k.stage === "closure").state, "held");
  const from_ms = Date.parse(paused.events.findLast((e) => e.what === "paused").at);
  await server.advance(hour_ms + 1000);
  const on = await district.look(number);
  assert.ok(!on.flags.includes("paused"));
  const closure = on.clocks.find((k) => k.stage === "closure");
  assert.equal(closure.state, "running");
  assert.equal(closure.original_due, due.closure);
  assert.equal(Date.parse(closure.due) - Date.parse(due.closure), until_ms - from_ms);
  const resumed = on.events.findLast((e) => e.what === "resumed");
  assert.equal(Date.parse(resumed.at), until_ms, "at its end, not when somebody looked");
});

test("ratings are taken to the end of the fifteenth day and not after", async () => {
  const closed = [];
  for (const text of ["按时评", "晚了评"]) {
    const told = await district.report(text, bicycles);
    await district.done(told.owner, told.number, "sign-off");
    await district.done(told.owner, told.number, "close", { result: "好了" });
    await district.done("reviewer", told.number, "review", { decision: "approve" });
    closed.push(told);
  }
  const rate = ({ tracking }, body) => server.post(`/api/v1/track/${tracking}/rating`, body);
  for (const [body, pointer] of [
    [{ score: 0 }, "/score"],
    [{ score: 6 }, "/score"],
    [{ score: "5" }, "/score"],
    [{}, "/score"],
    [{ score: 2 }, "/comment"],
    [{ score: 1, comment: " " }, "/comment"],
  ])
    assert_problem(await rate(closed[0], body), 400, { pointer });
  const { rate_until, can } = await district.track(closed[0].tracking);
  assert.equal(can.rate, true);
  await server.advance(Date.parse(rate_until) - (await now_ms(server)) - 5_000);
  assert.equal((await rate(closed[0], { score: 5 })).status, 200);
  await server.advance(10_000);
  assert_problem(await rate(closed[1], { score: 5 }), 422);
  assert.equal((await district.track(closed[1].tracking)).can.rate, false);
});

test("the review's own lapse is told upwards, and closes nothing by itself", async () => {
  const { number, owner } = await district.report("单车", bicycles);
  await district.done(owner, number, "sign-off");
  const sent = await district.done(owner, number, "close", { result: "好了" });
  const review = sent.clocks.find((k) => k.stage === "review");
  await server.advance(Date.parse(review.due) - (await now_ms(server)) + 1000);
  district.forget();
  const late = await district.look(number);
  assert.deepEqual([late.status, late.overdue], ["in_review", true]);
  assert.equal(late.clocks.find((k) => k.stage === "closure").state, "held");
  // The verdict on closure is judged on the submission, however late it was looked at.
  const closed = await district.done("reviewer", number, "review", { decision: "approve" });
  assert.equal(closed.status, "closed");
  assert.equal(closed.clocks.find((k) => k.stage === "closure").state, "met");
});

test("a closed case has no timer left: a month later nothing was added to it", async () => {
  const { number, owner } = await district.report("单车", bicycles);
  await district.done(owner, number, "sign-off");
  await district.done(owner, number, "close", { result: "好了" });
  const closed = await district.done("reviewer", number, "review", { decision: "approve" });
  await server.advance(30 * 24 * hour_ms);
  district.forget();
  assert.equal((await district.look(number)).events.length, closed.events.length);
});

test("an ordinary report at night goes to the next shift, and its clocks start with it", async () => {
  await server.advance(11 * hour_ms); // 20:00
  const told = await district.report("夜里", bicycles);
  assert.equal(new Date(Date.parse(told.due.sign_off) + 8 * hour_ms).getUTCHours(), 8, told.due.sign_off);
  const gas = await district.report("楼道有煤气味", { matter_code: "B33010601004" });
  assert.equal(Math.round((Date.parse(gas.due.sign_off) - Date.parse(gas.accepted_at)) / minute_ms), 5);
  assert.equal(gas.owner.role, "street");
});

test("after all of it the journal folds to the very rows and its chains hold", async () => {
  await server.drain();
  for (const args of [["replay"], ["audit", "verify"]]) {
    const { code, text } = await server.tool(...args);
    assert.equal(code, 0, text);
    assert.match(text, /\b0 differ/);
  }
});
