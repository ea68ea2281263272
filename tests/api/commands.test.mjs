// Every command that staff may give, given at least once over HTTP by whoever may give it, and each answer
// held against the document. What a command does to clocks is proved in tests/dispatch; here, that it
// arrives.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ask, document } from "./contract.mjs";
import { png_picture } from "./pictures.mjs";
import { new_key, start_server, token_of } from "./server.mjs";

const hour_ms = 3_600_000;
const case_path = "/api/v1/cases/{number}";
const given = new Set();
const by = {}; // role -> client

let server, token;

before(async () => {
  server = await start_server({ days: 0 });
  token = token_of(server.demo.scan_links[0]);
  await until_working_hours();
  // A session lasts twelve hours, on the test clock too: so only now.
  for (const role of ["leader", "reviewer", "street", "district"]) by[role] = await server.login(role);
});
after(() => server?.stop());

async function report(text, more = {}) {
  const headers = { "Idempotency-Key": new_key() };
  const body = { token, text, ...more };
  return (await ask(server, "post", "/api/v1/reports", 201, { body, headers })).json;
}

async function give(who, number, command, body = {}, status = 200) {
  const params = { number, command };
  const answer = await ask(who, "post", `${case_path}/{command}`, status, { params, body });
  if (status === 200) given.add(command);
  return answer.json;
}

const get_case = async (number) =>
  (await ask(by.district, "get", case_path, 200, { params: { number } })).json;

const track = async (tracking) =>
  (await ask(server, "get", "/api/v1/track/{tracking}", 200, { params: { tracking } })).json;

const people_of = async (number) =>
  (await ask(by.leader, "get", `${case_path}/people`, 200, { params: { number } })).json;

async function client_of(person) {
  const found = server.demo.logins.find((l) => l.name === person.name && l.role === person.role);
  return found && (await server.login(found.login));
}

async function photo(who) {
  const sent = { body: png_picture(40, 30), headers: { "Content-Type": "image/png" } };
  return (await ask(who, "post", "/api/v1/media", 201, sent)).json.media_id;
}

/** Hours of a working day, so that workers are on duty and working-time limits run. */
async function until_working_hours() {
  const { now } = await server.advance(0);
  const hour = Number(now.match(/T(\d\d):/)[1]);
  await server.advance(((24 + 9 - hour) % 24) * hour_ms);
}

/** A case that its owner has signed off, with no part open. */
async function in_hand(text) {
  const { number, owner } = await report(text);
  const worker = await client_of(owner);
  const c = await give(worker, number, "sign-off");
  for (const part of c.parts) await give(worker, number, "waive-part", { part: part.id, reason: "自行处理" });
  return { number, worker };
}

test("a leader assigns, and the new owner has a sign-off attempt of his own", async () => {
  const { number } = await report("单车倒了一片");
  const { items } = await people_of(number);
  const owner = (await get_case(number)).owner;
  const other = items.find((each) => each.id !== owner.id && each.role === "leader");
  const c = await give(by.leader, number, "assign", { to: other.id, note: "你来" });
  assert.equal(c.owner.id, other.id);
  assert.equal(c.clocks.filter((clock) => clock.stage === "sign_off").length, 2);
});

test("an owner asks to return it; refused it is binding, accepted it goes to somebody else", async () => {
  for (const decision of ["refuse", "accept"]) {
    const first = await report("这里不归我管");
    const worker = await client_of(first.owner);
    const asked = await give(worker, first.number, "return", { reason: "不在我的网格" });
    assert.deepEqual(asked.flags, ["returning"]);
    assert.ok(asked.pending.return.reason);
    const ruled = await give(by.leader, first.number, "decide-return", { decision, note: "已看过" });
    if (decision === "refuse") {
      assert.equal(ruled.owner.id, asked.owner.id);
      await give(worker, first.number, "return", { reason: "再退一次" }, 422);
    } else {
      assert.notEqual(ruled.owner.id, asked.owner.id);
    }
  }
});

test("handed round too often it waits for a ruling from above", async () => {
  const { number } = await report("推来推去");
  const { items } = await people_of(number);
  let c = await get_case(number);
  for (let hop = 0; hop < 6 && !c.flags.includes("adjudicating"); hop += 1) {
    const had = c.clocks.filter((clock) => clock.stage === "sign_off").map((clock) => clock.party.id);
    const next = items.find((each) => !had.includes(each.id) && each.id !== c.owner.id);
    assert.ok(next, "there is somebody who has not had it");
    c = await give(by.district, number, "transfer", { to: next.id, reason: "换人" });
  }
  assert.ok(c.flags.includes("adjudicating"), JSON.stringify(c.flags));
  const chosen = items.find((each) => each.role === "worker" && each.id !== c.owner.id) ?? items[0];
  const ruled = await give(by.district, number, "adjudicate", { to: chosen.id, note: "由你办" });
  assert.ok(!ruled.flags.includes("adjudicating"));
});

test("pauses and extensions are asked for by the owner and decided by somebody else", async () => {
  const { number, worker } = await in_hand("等配件");
  const until = new Date(Date.parse((await get_case(number)).server_time) + 20 * hour_ms).toISOString();
  await give(worker, number, "pause", { reason: "等配件", until });
  const paused = await give(by.leader, number, "decide-pause", { decision: "approve", note: "同意" });
  assert.ok(paused.flags.includes("paused"));
  assert.equal(paused.clocks.find((clock) => clock.stage === "closure").state, "held");
  assert.ok(!(await give(worker, number, "resume", {})).flags.includes("paused"));
  await give(worker, number, "request-extension", { limit: "4wh", reason: "路远" });
  const before_ruling = (await get_case(number)).due.closure;
  const moved = await give(by.leader, number, "decide-extension", { decision: "approve", note: "可" });
  assert.ok(moved.due.closure > before_ruling);
  const clock = moved.clocks.find((each) => each.stage === "closure");
  assert.ok(clock.original_due < clock.due);
});

test("a unit finishes its part, and its list is empty of it then", async () => {
  const { number, worker } = await in_hand("请物业帮忙");
  const unit = (await people_of(number)).units.find((each) =>
    server.demo.logins.some((l) => l.role === "unit" && l.name === each.name),
  );
  const shared = await give(worker, number, "add-co-handler", { unit: unit.id, note: "搬走两辆" });
  const part = shared.parts.find((each) => each.state === "open");
  const helper = await client_of(unit);
  const tasks = async () =>
    (await ask(helper, "get", "/api/v1/tasks", 200)).json.items.map((item) => item.number);
  assert.ok((await tasks()).includes(number));
  await give(worker, number, "close", { result: "还没好" }, 400);
  const body = { part: part.id, note: "搬走了", media: [await photo(helper)] };
  const done = await give(helper, number, "finish-part", body);
  assert.equal(done.parts.find((each) => each.id === part.id).state, "finished");
  assert.ok(!(await tasks()).includes(number));
  const other = (await people_of(number)).units.find((each) => each.id !== unit.id);
  const two = await give(worker, number, "add-co-handler", { unit: other.id, limit: "4wh" });
  const open = two.parts.find((each) => each.state === "open");
  const waived = await give(worker, number, "waive-part", { part: open.id, reason: "不用了" });
  assert.equal(waived.parts.find((each) => each.id === open.id).state, "waived");
});

test("matter and priority are corrected, the due instants follow from the original start", async () => {
  const { number, worker } = await in_hand("其实是别的事");
  const { items } = (await ask(server, "get", "/api/v1/matters", 200)).json;
  const now = await get_case(number);
  const other = items.find((each) => each.code !== now.matter.code && each.kind === "S");
  const c = await give(worker, number, "reclassify", { matter: other.code, reason: "看错了" });
  assert.equal(c.matter.code, other.code);
  const start = (each) => each.clocks.find((clock) => clock.stage === "closure").start;
  assert.equal(start(c), start(now));
  const raised = { priority: "urgent", reason: "挡了消防通道" };
  const urgent = await give(by.leader, number, "reprioritise", raised);
  assert.equal(urgent.priority, "urgent");
});

test("a leader rejects what is not the district's, and the resident is told where to go", async () => {
  const { number, tracking } = await report("地铁票价太贵");
  const c = await give(by.leader, number, "reject", { reason: "不属本区", where_to: "市地铁集团 96300" });
  assert.equal(c.status, "rejected");
  const told = await track(tracking);
  assert.equal(told.timeline.at(-1).where_to, "市地铁集团 96300");
});

test("a report joins an open case, is split off, two cases become one; each link keeps its own", async () => {
  const first = await report("路口单车");
  const joined = await report("我也看见了", { join: first.number });
  assert.equal(joined.number, first.number);
  assert.equal(joined.joined, true);
  const { reports } = await get_case(first.number);
  await give(by.leader, first.number, "split", { report: reports[1].id, reason: "两回事" });
  assert.equal((await get_case(first.number)).reports.length, 1);
  const second = await report("同一件事又报了一次");
  const merged = await give(by.leader, second.number, "merge", { into: first.number, reason: "同一件事" });
  assert.equal(merged.status, "merged");
  const third = await report("后来的人", { join: first.number });
  const told = async ({ tracking }) => {
    const { number, text } = await track(tracking);
    return [number === first.number, text];
  };
  assert.deepEqual(await told(first), [true, "路口单车"]);
  assert.deepEqual(await told(joined), [false, "我也看见了"]);
  assert.deepEqual(await told(second), [true, "同一件事又报了一次"]);
  assert.deepEqual(await told(third), [true, "后来的人"]);
});

test("a supervision order is given from above and answered; notes and call-backs stay", async () => {
  const { number, worker } = await in_hand("为什么还没办");
  const ordered = await give(by.district, number, "supervise", { question: "进展如何?" });
  assert.equal(ordered.orders[0].answer, null);
  const answered = await give(worker, number, "answer", { order: ordered.orders[0].id, answer: "今天办结" });
  assert.equal(answered.orders[0].answer, "今天办结");
  await give(worker, number, "note", { text: "已电话联系" });
  const called = await give(by.reviewer, number, "call-back", { text: "群众知道了" });
  assert.equal(called.events.at(-1).note, "群众知道了");
});

test("a closed case that is reopened has a new attempt at closure", async () => {
  const { number, worker } = await in_hand("没收拾干净");
  await give(worker, number, "respond", { note: "已到" });
  await give(worker, number, "close", { result: "已收拾", media: [await photo(worker)] });
  const review = async () => {
    const clock = (await get_case(number)).clocks.findLast((each) => each.stage === "review");
    return await client_of(clock.party);
  };
  const closed = await give(await review(), number, "review", { decision: "approve", note: "好" });
  assert.equal(closed.status, "closed");
  const again = await give(by.street, number, "reopen", { reason: "又乱了" });
  assert.equal(again.status, "dispatched");
  assert.equal(again.clocks.filter((clock) => clock.stage === "closure").length, 2);
});

test("one star opens a second look under supervision, which may uphold the result", async () => {
  const mine = await report("太慢了");
  const worker = await client_of(mine.owner);
  const { number, tracking } = mine;
  await give(worker, number, "sign-off");
  for (const part of (await get_case(number)).parts)
    await give(worker, number, "waive-part", { part: part.id, reason: "自行处理" });
  await give(worker, number, "close", { result: "已办", media: [await photo(worker)] });
  const reviewer = async () => {
    const clock = (await get_case(number)).clocks.findLast((each) => each.stage === "review");
    return { client: await client_of(clock.party), id: clock.party.id };
  };
  const first = await reviewer();
  await give(first.client, number, "review", { decision: "approve" });
  const body = { score: 1, comment: "等了太久" };
  const params = { tracking };
  const rated = await ask(server, "post", "/api/v1/track/{tracking}/rating", 200, { params, body });
  assert.deepEqual([rated.json.status, rated.json.flags], ["in_review", ["supervised"]]);
  const second = await reviewer();
  assert.notEqual(second.id, first.id);
  const ruling = { decision: "approve", note: "办理及时,已说明" };
  const upheld = await give(second.client, number, "review", ruling);
  assert.equal(upheld.status, "closed");
});

test("every documented command has been given", () => {
  const { parameters } = document.paths[`${case_path}/{command}`].post;
  const all = parameters.find((each) => each.name === "command").schema.enum;
  // A closure in steps needs a matter whose standard has steps: tests/dispatch plays it.
  assert.deepEqual(all.filter((name) => !given.has(name) && name !== "finish-step"), []);
});
