// Reports that move between cases: merged, split, joined after it, and every tracking link still its own.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assert_problem, open_district } from "./district.mjs";

let district, server;
const leader = "l330106012005";

before(async () => {
  district = await open_district();
  ({ server } = district);
});
after(() => server?.stop());

const told_at = async (tracking) => {
  const { number, text, status } = await district.track(tracking);
  return [number, text, status];
};

test("a merged report's link follows it, with its words, its photos and its own rating", async () => {
  const photo = await district.upload_here();
  const kept = await district.report("先来的", { matter_code: "S33010609011" });
  const moved = await district.report("后来的", { matter_code: "S33010609011", media: [photo] });
  const merged = await district.done(leader, moved.number, "merge", { into: kept.number, reason: "同一件" });
  assert.equal(merged.status, "merged");
  assert.deepEqual(await told_at(moved.tracking), [kept.number, "后来的", "dispatched"]);
  assert.deepEqual(await told_at(kept.tracking), [kept.number, "先来的", "dispatched"]);
  const view = await district.track(moved.tracking);
  assert.deepEqual(view.media, [photo]);
  assert.equal((await server.get(`/api/v1/track/${moved.tracking}/media/${photo}`)).status, 200);
  assert.equal((await server.get(`/api/v1/track/${kept.tracking}/media/${photo}`)).status, 404);
  const texts = (await district.look(kept.number)).reports.map((r) => r.text);
  assert.deepEqual(texts, ["先来的", "后来的"]);

  await district.done(kept.owner, kept.number, "sign-off");
  await district.done(kept.owner, kept.number, "close", { result: "摆好了" });
  await district.done("reviewer", kept.number, "review", { decision: "approve" });
  const rate = (tracking, score) => server.post(`/api/v1/track/${tracking}/rating`, { score });
  assert.equal((await rate(moved.tracking, 5)).json.rating.score, 5);
  assert.equal((await district.track(kept.tracking)).rating, null, "each link rates for itself");
  assert.equal((await rate(kept.tracking, 4)).status, 200);
  assert_problem(await rate(moved.tracking, 4), 422);
});

test("a merged report that is split off again keeps its words, its link and its photos", async () => {
  const photo = await district.upload_here();
  const kept = await district.report("甲", { matter_code: "S33010609011" });
  const moved = await district.report("乙", { matter_code: "S33010609011", media: [photo] });
  await district.done(leader, moved.number, "merge", { into: kept.number, reason: "看似同一件" });
  const second = (await district.look(kept.number)).reports[1];
  await district.done(leader, kept.number, "split", { report: second.id, reason: "其实不同" });
  const [number, text, status] = await told_at(moved.tracking);
  assert.notEqual(number, kept.number);
  assert.deepEqual([text, status], ["乙", "dispatched"]);
  assert.deepEqual((await district.track(moved.tracking)).media, [photo]);
  assert.equal((await server.get(`/api/v1/track/${moved.tracking}/media/${photo}`)).status, 200);
  const fresh = await district.look(number);
  assert.deepEqual(
    fresh.reports.map((r) => r.text),
    ["乙"],
  );
  assert.deepEqual(
    (await district.look(kept.number)).reports.map((r) => r.text),
    ["甲"],
  );
  const by_owner = await district.as(fresh.owner);
  assert.equal((await by_owner.get(`/api/v1/media/${photo}`)).status, 200);
  const listed = (await by_owner.get("/api/v1/tasks?limit=200")).json.items;
  assert.equal(listed.find((task) => task.number === number).summary, "乙");
});

test("who joins after a split gets a number that nobody had, and the old link shows none of his words",
  async () => {
  const first = await district.report("一", { matter_code: "B33010601001" });
  const second = await district.report("二", { join: first.number });
  const other = (await district.look(first.number)).reports[1];
  await district.done(leader, first.number, "split", { report: other.id, reason: "另一盏灯" });
  const third = await district.report("三", { join: first.number });
  assert.equal(third.number, first.number);
  assert.notEqual(third.tracking, second.tracking);
  assert.deepEqual((await told_at(third.tracking))[1], "三");
  assert.deepEqual((await told_at(second.tracking))[1], "二");
  assert.deepEqual((await told_at(first.tracking))[1], "一");
  const apart = (await told_at(second.tracking))[0];
  await district.done(leader, apart, "merge", { into: first.number, reason: "还是同一盏" });
  const texts = (await district.look(first.number)).reports.map((r) => r.text);
  assert.deepEqual(texts.toSorted(), ["一", "三", "二"].toSorted());
  assert.deepEqual(await told_at(second.tracking), [first.number, "二", "dispatched"]);
});

test("the first report cannot be split off, nor one that is not there, nor the only one", async () => {
  const one = await district.report("独", { matter_code: "S33010609011" });
  assert_problem(await district.give(leader, one.number, "split", { report: "1" }), 422);
  await district.report("双", { join: one.number });
  for (const report of ["1", "77", "4294967298", "x", -1, {}])
    assert_problem(await district.give(leader, one.number, "split", { report }), 400, { pointer: "/report" });
});

test("merging into itself, into nothing, into what is over or into a stranger's case is refused",
  async () => {
  const one = await district.report("一", { matter_code: "S33010609011" });
  const over = await district.report("二");
  await server.post(`/api/v1/track/${over.tracking}/withdraw`, {});
  const far = await district.report("三", { token: district.tokens[1] });
  for (const into of [one.number, over.number, far.number, "330106-000101-0000001", "x", undefined]) {
    const answer = await district.give(leader, one.number, "merge", { into, reason: "同" });
    assert_problem(answer, 400, { pointer: "/into" });
  }
  assert.equal((await district.look(one.number)).status, "dispatched");
});

test("withdrawing is for the only report's link; with others it is refused and nothing changes", async () => {
  const one = await district.report("一", { matter_code: "S33010609011" });
  const two = await district.report("二", { join: one.number });
  for (const { tracking } of [one, two])
    assert_problem(await server.post(`/api/v1/track/${tracking}/withdraw`, {}), 422);
  const other = (await district.look(one.number)).reports[1];
  await district.done(leader, one.number, "split", { report: other.id, reason: "分开" });
  const taken = await server.post(`/api/v1/track/${two.tracking}/withdraw`, { reason: "好了" });
  assert.equal(taken.json.status, "withdrawn", taken.text);
  assert.equal((await district.look(one.number)).status, "dispatched");
});

test("the cases that reports moved between replay to their rows, chains whole", async () => {
  await server.drain();
  for (const args of [["replay"], ["audit", "verify"]]) {
    const { code, text } = await server.tool(...args);
    assert.equal(code, 0, text);
    assert.match(text, /\b0 differ/);
  }
});
