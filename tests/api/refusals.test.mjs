// Staff commands that are refused: who hears what, in which order, and that nothing is changed by it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assert_problem, hour_ms, now_ms, open_district } from "./district.mjs";
import { new_key } from "./server.mjs";

let district, server, told, owner;

before(async () => {
  district = await open_district();
  ({ server } = district);
  told = await district.report("单车", { matter_code: "S33010609011" });
  owner = told.owner;
});
after(() => server?.stop());

const path = (command = "sign-off") => `/api/v1/cases/${told.number}/${command}`;

/** Refused, and the case is as it was. */
async function refused(who, command, body, status, expected) {
  const was = await district.look(told.number);
  const answer = await district.give(who, told.number, command, body);
  assert_problem(answer, status, expected);
  const is = await district.look(told.number);
  assert.deepEqual([is.revision, is.events.length], [was.revision, was.events.length]);
  return answer;
}

test("without a session every command is 401, whatever the case and the body", async () => {
  for (const target of [path(), "/api/v1/cases/330106-000101-0000001/sign-off", path("no-such")])
    assert_problem(await server.post(target, "{broken"), 401);
  const cookie = { cookie: "mashang_session=" + "A".repeat(43) };
  assert_problem(await server.post(path(), {}, cookie), 401);
  assert_problem(await server.post(path(), {}, { Authorization: "Bearer nonsense" }), 401);
});

test("a case of another street and a case that is not there are answered with the same bytes", async () => {
  const strangers = ["w330106009002003", "l330106009002", "o330106009-1", "u330106-30", "a330106"];
  const nowhere = "/api/v1/cases/330106-200101-9999999";
  for (const login of strangers) {
    const stranger = await district.as(login);
    for (const make of [
      (p) => stranger.get(p),
      (p) => stranger.get(`${p}/decision`),
      (p) => stranger.get(`${p}/people`),
      (p) => stranger.post(`${p}/sign-off`, { revision: 1 }),
      (p) => stranger.post(`${p}/review`, "{broken"),
      (p) => stranger.post(`${p}/transfer`, {}),
    ]) {
      const theirs = await make(`/api/v1/cases/${told.number}`);
      const unknown = await make(nowhere);
      assert_problem(theirs, 404);
      assert.equal(theirs.text, unknown.text, login);
    }
  }
});

test("numbers that are no numbers, and commands that are none, are 404", async () => {
  const by = await district.as(owner);
  const numbers = [
    "x",
    "330106",
    told.number + "0",
    told.number.replace("330106", "330105"),
    "330106--00001-0000001",
    "%2e%2e",
    "330106-2611-3-0000001",
  ];
  for (const number of numbers) assert_problem(await by.get(`/api/v1/cases/${number}`), 404);
  // A resident's own commands are not for staff, in whatever form.
  for (const command of ["no-such", "rate", "withdraw", "supplement", "SIGN-OFF", "sign_off "])
    assert_problem(await by.post(path(command), {}), 404);
});

test("in scope but in another post is 403, before the revision is looked at", async () => {
  await refused("leader", "sign-off", { revision: 99 }, 403);
  await refused("reviewer", "close", { revision: 99, result: "好了" }, 403);
  await refused(owner, "assign", { revision: 99, to: owner.name }, 400, { pointer: "/to" });
  await refused(owner, "assign", { revision: 99, to: "l330106012005" }, 403);
  await refused(owner, "review", { revision: 99, decision: "approve" }, 403);
  await refused(owner, "supervise", { revision: 99, question: "为什么?" }, 403);
});

test("an old revision is 409 and says the current one, before the table is asked", async () => {
  const { revision } = await district.look(told.number);
  const answer = await refused(owner, "close", { revision: revision + 7, result: "好了" }, 409);
  assert.equal(answer.json.revision, revision);
});

test("what the table forbids is 422 and says what is allowed now", async () => {
  const { revision, allowed } = await (
    await (await district.as(owner)).get(`/api/v1/cases/${told.number}`)
  ).json;
  const answer = await refused(owner, "close", { revision, result: "好了" }, 422);
  // By the table in lifecycle.md: what an owner may do with a case that was just dispatched.
  const expected = ["sign-off", "return", "transfer", "reclassify", "reprioritise", "note"];
  assert.deepEqual(answer.json.allowed.toSorted(), expected.toSorted());
  assert.deepEqual(allowed.toSorted(), expected.toSorted());
});

test("a command without a revision goes by the table alone", async () => {
  await refused(owner, "respond", {}, 422);
  for (const revision of ["1", 1.5, -1])
    await refused(owner, "sign-off", { revision }, 400, {
      pointer: "/revision",
    });
});

test("missing and wrong members are pointed at", async () => {
  const wrong = [
    ["transfer", { to: "l330106012005" }, "/reason"],
    ["transfer", { reason: "错" }, "/to"],
    ["transfer", { to: "nobody", reason: "错" }, "/to"],
    ["transfer", { to: "w330106009002003", reason: "错" }, "/to"],
    ["return", {}, "/reason"],
    ["reclassify", { matter: "S00000000000", reason: "错" }, "/matter"],
    ["reclassify", { matter: "S33010609011", reason: "同" }, "/matter"],
    ["reprioritise", { priority: "very", reason: "急" }, "/priority"],
    ["note", { text: "长".repeat(1001) }, "/text"],
    ["note", {}, "/text"],
    ["note", { text: "图", media: ["x"] }, "/media/0"],
    ["note", [], ""],
    ["note", "{broken", ""],
  ];
  for (const [command, body, pointer] of wrong) await refused(owner, command, body, 400, { pointer });
});

test("a place's photo is not a staff member's to use, and no photo is used twice", async () => {
  const [place, mine] = [await district.upload_here(), await district.upload(await district.as(owner))];
  await refused(owner, "note", { text: "图", media: [place] }, 400, { pointer: "/media/0" });
  await refused(owner, "note", { text: "图", media: [mine, mine] }, 400, { pointer: "/media/1" });
  await district.done(owner, told.number, "note", { text: "图", media: [mine] });
  await refused(owner, "note", { text: "图", media: [mine] }, 400, { pointer: "/media/0" });
});

test("a note changes no revision, so an honest tap after it is not refused", async () => {
  const { revision } = await district.look(told.number);
  const noted = await district.done("leader", told.number, "note", { text: "看过了" });
  assert.equal(noted.revision, revision);
  const signed = await district.done(owner, told.number, "sign-off", { revision });
  assert.equal(signed.status, "signed_off");
  assert.ok(signed.revision > revision);
  await refused(owner, "sign-off", { revision: signed.revision }, 422);
});

test("a command sent again under its key is answered as the first time, even when the case moved on",
  async () => {
  const by = await district.as(owner);
  const headers = { "Idempotency-Key": new_key() };
  const { revision } = await district.look(told.number);
  const body = { revision, note: "到了" };
  const first = await by.post(path("respond"), body, headers);
  assert.equal(first.status, 200, first.text);
  await district.done("leader", told.number, "note", { text: "其后" });
  const again = await by.post(path("respond"), body, headers);
  assert.equal(again.status, 200, again.text);
  assert.equal(again.headers.get("idempotent-replayed"), "true");
  assert.deepEqual([again.json.revision, again.json.events], [first.json.revision, first.json.events]);
  const other = await by.post(path("respond"), { ...body, note: "别的" }, headers);
  assert_problem(other, 409, { key: "error.key_reused" });
  assert_problem(await by.post(path("note"), { text: "x" }, { "Idempotency-Key": "short" }), 400);
});

test("ten sign-offs at once: one is taken, the others are told the revision or the table", async () => {
  const mine = await district.report("单车", { matter_code: "S33010609011" });
  const { revision } = await district.look(mine.number);
  const give = () => district.give(mine.owner, mine.number, "sign-off", { revision });
  const answers = await Promise.all(Array.from({ length: 10 }, give));
  assert.equal(answers.filter((a) => a.status === 200).length, 1);
  assert.equal(answers.filter((a) => a.status === 409).length, 9);
  const events = (await district.look(mine.number)).events.filter((e) => e.what === "signed_off");
  assert.equal(events.length, 1);
});

test("nobody rules on his own request, approves his own work or reviews what he assisted in", async () => {
  const mine = await district.report("单车", { matter_code: "S33010609011" });
  const leader = "l330106012005";
  await district.done(leader, mine.number, "assign", { to: leader });
  await district.done(leader, mine.number, "sign-off");
  const until = new Date((await now_ms(server)) + hour_ms).toISOString();
  await district.done(leader, mine.number, "pause", { reason: "等配件", until });
  const own = await district.give(leader, mine.number, "decide-pause", { decision: "approve" });
  assert_problem(own, 403);
  await district.done("s330106012", mine.number, "decide-pause", { decision: "refuse", note: "不必" });
  await district.done(leader, mine.number, "request-extension", { limit: "2wh", reason: "等" });
  assert_problem(await district.give(leader, mine.number, "decide-extension", { decision: "approve" }), 403);
  await district.done(leader, mine.number, "close", { result: "好了" });
  assert_problem(await district.give(leader, mine.number, "review", { decision: "approve" }), 403);
});

test("evidence that the standard asks for, and parts that are open, hold a closing back", async () => {
  const bin = await district.report("垃圾桶满了", { matter_code: "S33010606042" });
  await district.done(bin.owner, bin.number, "sign-off");
  const unit = await district.done(bin.owner, bin.number, "add-co-handler", { unit: "u330106-21" });
  const give = (body) => district.give(bin.owner, bin.number, "close", body);
  assert_problem(await give({ result: "清了" }), 400, { pointer: "/media" });
  const media = [await district.upload(await district.as(bin.owner))];
  assert_problem(await give({ result: "清了", media }), 400, { pointer: "/parts" });
  assert_problem(await give({ media }), 400, { pointer: "/result" });
  const part = unit.parts.at(-1).id;
  await district.done("u330106-21", bin.number, "finish-part", { part });
  assert.equal(
    (await district.done(bin.owner, bin.number, "close", { result: "清了", media })).status,
    "in_review",
  );
});

test("a body over the limit of commands is 413", async () => {
  assert_problem(await district.give(owner, told.number, "note", { text: "x".repeat(40_000) }), 413);
});
