// Longer lives of a case over the API: steps, redos, second looks, full hands.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { assert_problem, hour_ms, minute_ms, now_ms, open_district } from "./district.mjs";

let district, server;
const bicycles = { matter_code: "S33010609011" };
const minutes_from = (start, at) => Math.round((Date.parse(at) - Date.parse(start)) / minute_ms);

before(async () => {
  district = await open_district({ limits: true });
  ({ server } = district);
});
beforeEach(() => district.morning());
after(() => server?.stop());

const rate = ({ tracking }, body) => server.post(`/api/v1/track/${tracking}/rating`, body);

async function handled(told, result = "好了") {
  await district.done(told.owner, told.number, "sign-off");
  return await district.done(told.owner, told.number, "close", { result });
}

test("a burst water main is fenced in 3 hours, mended in 8, restored in 5 working days, step by step",
  async () => {
  const main = await district.report("路面冒水,水管爆了", { matter_code: "B33010601003" });
  assert.equal(main.co_handlers.length, 1, "the utility is there from the start");
  const { clocks } = await district.look(main.number);
  const steps = clocks.filter((k) => k.stage === "closure");
  assert.deepEqual(
    steps.map((k) => [k.step, k.limit]),
    [
      ["fence", "3eh"],
      ["mend", "8eh"],
      ["restore", "5wd"],
    ],
  );
  assert.equal(minutes_from(main.accepted_at, steps[0].due), 180);
  assert.equal(minutes_from(main.accepted_at, steps[1].due), 480);
  const finish = (step, status = 200) =>
    district.give(main.owner, main.number, "finish-step", { step }).then((answer) => {
      assert.equal(answer.status, status, answer.text);
      return answer;
    });
  await finish("fence", 422);
  await district.done(main.owner, main.number, "sign-off");
  await finish("dig", 400);
  assert_problem(await finish("restore", 400), 400, { pointer: "/step" });
  await server.advance(hour_ms);
  await finish("fence");
  await finish("fence", 400);
  await server.advance(8 * hour_ms);
  const late = (await finish("mend")).json;
  const state = (c) =>
    Object.fromEntries(c.clocks.filter((k) => k.stage === "closure").map((k) => [k.step, k.state]));
  assert.deepEqual(state(late), { fence: "met", mend: "breached", restore: "running" });
  await finish("restore", 422);
  const [unit] = (await district.look(main.number)).co_handlers;
  await district.done(unit, main.number, "finish-part", { part: late.parts[0].id });
  const media = [await district.upload(await district.as(main.owner))];
  await district.done(main.owner, main.number, "close", { result: "路面恢复", media });
  const closed = await district.done("reviewer", main.number, "review", { decision: "approve" });
  assert.deepEqual(state(closed), { fence: "met", mend: "breached", restore: "met" });
  const timeline = (await district.track(main.tracking)).timeline.map((e) => e.what);
  assert.equal(timeline.filter((what) => what === "step_finished").length, 2);
});

test("work sent back has at least a fifth of the limit ahead, and keeps the history", async () => {
  const told = await district.report("单车", bicycles);
  await server.advance(14 * minute_ms);
  await handled(told, "差不多");
  const reviewer = (await district.look(told.number)).clocks.find((k) => k.stage === "review").party;
  assert_problem(await district.give(reviewer, told.number, "review", { decision: "redo" }), 400, {
    pointer: "/note",
  });
  assert_problem(await district.give(reviewer, told.number, "review", { decision: "maybe" }), 400, {
    pointer: "/decision",
  });
  await server.advance(30 * minute_ms);
  const back = await district.done(reviewer, told.number, "review", { decision: "redo", note: "后排还倒着" });
  assert.equal(back.status, "responded");
  const closure = back.clocks.find((k) => k.stage === "closure");
  assert.equal(closure.original_due, told.due.closure);
  assert.equal(minutes_from(told.due.closure, closure.due), 30, "moved by the time in review");
  const again = await district.done(told.owner, told.number, "close", { result: "都摆好了" });
  assert.equal(again.clocks.filter((k) => k.stage === "review").length, 2);
  assert.equal(again.events.filter((e) => e.what === "close_submitted").length, 2);
  const { result } = await district.track(told.tracking);
  assert.equal(result.text, "都摆好了");
});

test("the first dissatisfied rating has another reviewer look, who must give his reasons", async () => {
  const told = await district.report("单车", bicycles);
  const sent = await handled(told);
  const first = sent.clocks.find((k) => k.stage === "review").party;
  await district.done(first, told.number, "review", { decision: "approve" });
  const rated = await rate(told, { score: 2, comment: "还是堵着" });
  assert.equal(rated.status, 200, rated.text);
  assert.equal(rated.json.can.rate, false);
  const looked = await district.look(told.number);
  assert.equal(looked.status, "in_review");
  assert.ok(looked.flags.includes("supervised"));
  const second = looked.clocks.findLast((k) => k.stage === "review").party;
  assert.notEqual(second.id, first.id);
  assert_problem(
    await district.give(first, told.number, "review", { decision: "approve", note: "我看过" }),
    403,
  );
  const bare = await district.give(second, told.number, "review", { decision: "approve" });
  assert_problem(bare, 400, { pointer: "/note" });
  const upheld = await district.done(second, told.number, "review", {
    decision: "approve",
    note: "照片属实",
  });
  assert.equal(upheld.status, "closed");
  assert_problem(await rate(told, { score: 5 }), 422);
});

test("a second dissatisfied resident of a case does not start it all again", async () => {
  const told = await district.report("单车", bicycles);
  const other = await district.report("我也", { join: told.number });
  const sent = await handled(told);
  const first = sent.clocks.find((k) => k.stage === "review").party;
  await district.done(first, told.number, "review", { decision: "approve" });
  await rate(told, { score: 1, comment: "差" });
  assert_problem(await rate(other, { score: 1, comment: "差" }), 422);
  const second = (await district.look(told.number)).clocks.findLast((k) => k.stage === "review").party;
  await district.done(second, told.number, "review", { decision: "approve", note: "属实" });
  const late = await rate(other, { score: 1, comment: "差" });
  assert.equal(late.status, 200, late.text);
  assert.equal((await district.look(told.number)).status, "closed");
});

test("a reopened case keeps its first closing on record, and net time leaves the gap out", async () => {
  const told = await district.report("单车", bicycles);
  await handled(told);
  await district.done("reviewer", told.number, "review", { decision: "approve" });
  await server.advance(2 * hour_ms);
  assert_problem(await district.give(told.owner, told.number, "reopen", { reason: "又乱了" }), 403);
  const open = await district.done("o330106012-1", told.number, "reopen", { reason: "又乱了" });
  assert.equal(open.status, "dispatched");
  const [was, is] = open.clocks.filter((k) => k.stage === "closure");
  assert.deepEqual([was.state, is.state, is.attempt, is.limit], ["met", "running", 2, "1wd"]);
  const whole = open.clocks.find((k) => k.stage === "end_to_end");
  assert.equal(whole.state, "running");
  assert.equal((await district.track(told.tracking)).status, "dispatched");
});

test("a rejected report's resident reads why and where to go instead, and nothing moves it any more",
  async () => {
  const told = await district.report("铁路桥下的灯", { matter_code: "B33010601001" });
  const leader = "l330106012005";
  assert_problem(await district.give(leader, told.number, "reject", { reason: "铁路管" }), 400, {
    pointer: "/where_to",
  });
  const body = { reason: "铁路部门管理", where_to: "请拨 12306" };
  assert.equal((await district.done(leader, told.number, "reject", body)).status, "rejected");
  const told_so = (await district.track(told.tracking)).timeline.find((e) => e.what === "rejected");
  assert.deepEqual([told_so.note, told_so.where_to], ["铁路部门管理", "请拨 12306"]);
  assert_problem(await district.give(told.owner, told.number, "sign-off"), 422);
  assert_problem(await rate(told, { score: 5 }), 422);
  assert_problem(await server.post(`/api/v1/track/${told.tracking}/supplement`, { text: "还有" }), 422);
});

test("a tracking link that was changed in one letter is refused, and one of nobody is unknown", async () => {
  const { tracking } = await district.report("单车", bicycles);
  for (const at of [0, 10, tracking.length - 2]) {
    const other = tracking[at] === "A" ? "B" : "A";
    const changed = tracking.slice(0, at) + other + tracking.slice(at + 1);
    for (const call of [
      server.get(`/api/v1/track/${changed}`),
      server.post(`/api/v1/track/${changed}/withdraw`, {}),
      server.get(`/t/${changed}`),
    ]) {
      const { status } = await call;
      assert.ok([403, 404, 503].includes(status), `${status}`);
    }
    assert.notEqual((await server.get(`/api/v1/track/${changed}`)).status, 200);
  }
});

test("what a resident reads of his case holds no other person's data", async () => {
  const reporter = { name: "欧阳某某", phone: "13811112222" };
  const told = await district.report("单车", { ...bicycles, reporter, anonymous: false });
  const other = await district.report("也看到了", { join: told.number });
  await district.done("l330106012005", told.number, "note", { text: "内部备注:此人常投诉" });
  const { text } = await server.get(`/api/v1/track/${other.tracking}`);
  for (const secret of ["欧阳", "13811112222", "内部备注"]) assert.ok(!text.includes(secret), secret);
});

test("full hands: a case waits at a desk, and goes to the first who is free, the urgent before the old",
  async () => {
  const answers = [];
  const send = async (more) => {
    for (;;) {
      const answer = await district.send({ token: district.token, text: "单车", ...bicycles, ...more });
      if (answer.status === 201) return answer.json;
      assert_problem(answer, 429);
      await server.advance(1000 * Number(answer.headers.get("retry-after")));
    }
  };
  do answers.push(await send());
  while (answers.at(-1).status !== "waiting" && answers.length < 200);
  const waiting = answers.at(-1);
  assert.equal(waiting.status, "waiting");
  assert.equal(waiting.owner.desk, true, "a desk holds it");
  assert.ok(waiting.due.sign_off, "and its clocks run");
  const urgent = await send({ matter_code: "S33010609012" });
  const before_it = await district.look(urgent.number);
  const held = answers.filter((a) => a.owner.role === "worker");
  assert.ok(held.length >= 30, `${held.length} cases in the worker's hands`);
  const target = before_it.status === "waiting" ? urgent : waiting;
  await district.done("l330106012005", held[0].number, "reject", { reason: "重复", where_to: "见另案" });
  await server.advance(3000);
  const drained = await district.look(target.number);
  assert.equal(drained.status, "dispatched");
  assert.equal(drained.owner.name, held[0].owner.name);
  if (target === urgent) assert.equal((await district.look(waiting.number)).status, "waiting");
});

test("after these lives the journal folds to the very rows and its chains hold", async () => {
  assert.ok((await now_ms(server)) > 0);
  await server.drain();
  for (const args of [["replay"], ["audit", "verify"]]) {
    const { code, text } = await server.tool(...args);
    assert.equal(code, 0, text);
    assert.match(text, /\b0 differ/);
  }
});
