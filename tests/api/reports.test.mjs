// POST /api/v1/reports: what a resident sends is kept whole or not at all.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assert_problem, open_district, over_socket } from "./district.mjs";
import { new_key } from "./server.mjs";

let district, server, token;

before(async () => {
  district = await open_district();
  ({ server, token } = district);
});
after(() => server?.stop());

/** The answer is a refusal, and nothing of what was sent is left. */
async function refused(body, status, expected = {}, key = new_key()) {
  const was = await district.counts();
  const answer = await district.send(body, key);
  assert_problem(answer, status, expected);
  assert.deepEqual(await district.counts(), was, "nothing was written");
  return answer;
}

test("an accepted report outlives the kill of the server right after the answer", async () => {
  const reporter = { kind: "resident", name: "张三", phone: "13800001234" };
  const sent = { token, matter_code: "S33010609011", text: "单车堵住了盲道", reporter };
  const answer = await district.send(sent);
  await server.crash();
  assert.equal(answer.status, 201);
  const told = answer.json;
  assert.match(told.number, /^330106-\d{6}-\d{7}$/);
  assert.equal(told.tracking_url, `${server.url}/t/${told.tracking}`);
  assert.equal(told.joined, false);
  assert.deepEqual(told.co_handlers, []);
  assert.ok(told.owner.name && told.owner.role && told.owner.unit, "a named owner");
  assert.deepEqual(told.first_owner, told.owner);
  for (const stage of ["sign_off", "response", "closure"])
    assert.match(told.due[stage], /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+08:00$/);
  assert.ok(Date.parse(told.due.sign_off) < Date.parse(told.due.response));

  await server.restart();
  const { json } = await (await district.as("d330106-1")).get("/api/v1/cases");
  assert.deepEqual(
    json.items.map((c) => c.number),
    [told.number],
    "once, and nothing else",
  );
  const kept = await district.look(told.number);
  assert.equal(kept.owner.name, told.owner.name);
  assert.equal(kept.reports[0].text, sent.text);
  assert.equal(kept.due.sign_off, told.due.sign_off);
  const tracked = await district.track(told.tracking);
  assert.equal(tracked.number, told.number);
  assert.equal(tracked.owner.name, told.owner.name);
  const again = await district.send(sent);
  assert.notEqual(again.json.number, told.number, "numbers go on, they do not start again");
});

test("vehicles at a stand have 15 working minutes for sign-off and 3 working hours to close", async () => {
  // Some moments past 09:00; response is promised as if signed off at the last moment, and what closure has
  // left at 12:00 is counted from 14:00.
  await district.morning();
  const { due, dispatched_at } = await district.report("单车", { matter_code: "S33010609011" });
  const start = Date.parse(dispatched_at);
  const after_min = (at) => Math.round((Date.parse(at) - start) / 60_000);
  assert.deepEqual([due.sign_off, due.response, due.closure].map(after_min), [15, 75, 300]);
});

test("the same key and body give the same bytes and one case, also after the case has moved on", async () => {
  const key = new_key();
  const body = { token, text: "同一件事" };
  const first = await district.send(body, key);
  const was = await district.counts();
  await server.advance(60_000);
  await district.done(first.json.owner, first.json.number, "sign-off");
  const again = await district.send(body, key);
  assert.equal(again.status, 201);
  assert.equal(again.text, first.text);
  assert.equal(again.headers.get("idempotent-replayed"), "true");
  assert.deepEqual(await district.counts(), was);
});

test("twenty at once with one key make one case", async () => {
  const key = new_key();
  const body = { token, text: "信号不好,连按了二十下" };
  const was = await district.counts();
  const answers = await Promise.all(Array.from({ length: 20 }, () => district.send(body, key)));
  assert.deepEqual([...new Set(answers.map((a) => a.status))], [201]);
  assert.equal(new Set(answers.map((a) => a.text)).size, 1);
  assert.equal(answers.filter((a) => !a.headers.get("idempotent-replayed")).length, 1);
  assert.equal((await district.counts()).cases, was.cases + 1);
});

test("another body under a used key is a conflict, and the key still answers its own", async () => {
  const key = new_key();
  const first = await district.send({ token, text: "第一件" }, key);
  await refused({ token, text: "第二件" }, 409, { key: "error.key_reused" }, key);
  assert.equal((await district.send({ token, text: "第一件" }, key)).text, first.text);
});

test("one key at two places is two keys", async () => {
  const key = new_key();
  const here = await district.send({ token, text: "这里" }, key);
  const there = await district.send({ token: district.tokens[1], text: "那里" }, key);
  assert.equal(there.status, 201);
  assert.notEqual(there.json.number, here.json.number);
});

test("a key that is missing, too short, too long or has a blank is pointed at", async () => {
  const pointer = "/headers/Idempotency-Key";
  assert_problem(await server.post("/api/v1/reports", { token, text: "无" }), 400, { pointer });
  for (const key of ["x".repeat(15), "x".repeat(65), "sixteen letters x"])
    await refused({ token, text: "键" }, 400, { pointer }, key);
  assert.equal((await district.send({ token, text: "键" }, "x".repeat(64))).status, 201);
});

test("tokens: forged and malformed are forbidden, revoked gone, each with the way it failed", async () => {
  const flipped = token.slice(0, -1) + (token.endsWith("0") ? "1" : "0");
  await refused({ token: flipped, text: "假" }, 403, { key: "error.code_forged" });
  for (const malformed of ["x", token.slice(1), token + "0", token.replace("1", "U"), "ИИИ"])
    await refused({ token: malformed, text: "坏" }, 403);
  const officer = await district.as("d330106-1");
  const place = { name: "桥头", address: "桥 1 号", kind: "bus_stop", lat: 30.26, lon: 120.12 };
  const { lat, lon } = (await server.get(`/api/v1/codes/${token}`)).json.place;
  const made = await officer.post("/api/v1/codes", { place: { ...place, lat, lon } });
  assert.equal(made.status, 201, made.text);
  const revoked = await officer.post(`/api/v1/codes/${made.json.id}/revoke`, { reason: "牌子被拆" });
  assert.equal(revoked.status, 200, revoked.text);
  await refused({ token: made.json.token, text: "旧牌" }, 410, { key: "error.code_revoked" });
  assert_problem(await server.get(`/api/v1/codes/${made.json.token}`), 410);
});

test("a token in small letters is the same place", async () => {
  assert.equal((await district.send({ token: token.toLowerCase(), text: "小写" })).status, 201);
});

test("text is counted in characters: 2000 of any script pass, one more does not", async () => {
  for (const letter of ["a", "码", "🚲"]) {
    const answer = await district.send({ token, text: letter.repeat(2000) });
    assert.equal(answer.status, 201, `${letter} ${answer.text}`);
    assert.equal((await district.track(answer.json.tracking)).text, letter.repeat(2000));
    await refused({ token, text: letter.repeat(2001) }, 400, { pointer: "/text" });
  }
});

test("a report needs a text or a matter; either is enough", async () => {
  await refused({ token }, 400, { pointer: "/text" });
  await refused({ token, text: " \n\t " }, 400, { pointer: "/text" });
  assert.equal((await district.send({ token, matter_code: "S33010609011" })).status, 201);
});

test("a matter that is not in the catalogue, or is no matter's code, is pointed at", async () => {
  for (const matter_code of ["S99999999999", "33010609011", "S33010609011'--"])
    await refused({ token, text: "词", matter_code }, 400, { pointer: "/matter_code" });
});

test("wrong types are each pointed at, all of them at once", async () => {
  await refused({ token: 7, text: "词" }, 400, { pointer: "/token" });
  await refused({ token, text: ["词"] }, 400, { pointer: "/text" });
  await refused({ token, text: "词", media: "one" }, 400, { pointer: "/media" });
  await refused({ token, text: "词", media: [1] }, 400, { pointer: "/media/0" });
  await refused({ token, text: "词", media: Array(7).fill("x") }, 400, { pointer: "/media" });
  await refused({ token, text: "词", anonymous: "yes" }, 400, { pointer: "/anonymous" });
  await refused({ token, text: "词", reporter: { kind: "king" } }, 400, { pointer: "/reporter/kind" });
  await refused({ token, text: "词", reporter: [] }, 400, { pointer: "/reporter" });
  await refused({ token, text: "词", reporter: { name: "名".repeat(41) } }, 400, {
    pointer: "/reporter/name",
  });
  await refused({ token, text: "词", answers: "x" }, 400, { pointer: "/answers" });
  await refused({ token, text: "词\u0000" }, 400, { pointer: "/text" });
  const both = await refused({ token, text: "词", media: 1, anonymous: 2 }, 400);
  assert.deepEqual(
    both.json.errors.map((e) => e.pointer),
    ["/media", "/anonymous"],
  );
});

test("a body that is no JSON object is refused at its root", async () => {
  const broken = ['{"token":', "[]", '"x"', "7", "{}}", '{"token": "\xff', "null"];
  for (const body of broken) {
    const answer = await district.send(body);
    assert_problem(answer, 400, { pointer: "" });
  }
});

test("a body nested thirty thousand deep is refused, and the server lives on", async () => {
  const deep = "[".repeat(30_000) + "]".repeat(30_000);
  assert_problem(await district.send(`{"token":"${token}","text":"深","answers":${deep}}`), 400);
  assert_problem(await district.send(deep), 400);
  assert.equal((await server.get("/healthz")).status, 200);
});

test("a body over the limit is refused by its announced length, before it is sent", async () => {
  const was = await district.counts();
  const head =
    "POST /api/v1/reports HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n" +
    `Idempotency-Key: ${new_key()}\r\nContent-Length: 104857600\r\n\r\n{"token":"`;
  const answer = await over_socket(server.url, [head]);
  assert.match(answer, /^HTTP\/1\.1 413 /);
  assert.match(answer, /application\/problem\+json/);
  assert_problem(await district.send({ token, text: "词", pad: "x".repeat(70_000) }), 413);
  assert.deepEqual(await district.counts(), was);
});

test("photos must exist, be of this place, be named once and be unclaimed", async () => {
  const pointer = "/media/0";
  await refused({ token, text: "图", media: ["nosuchphoto"] }, 400, { pointer });
  const elsewhere = await district.upload_here(district.tokens[1]);
  await refused({ token, text: "图", media: [elsewhere] }, 400, { pointer });
  const mine = await district.upload_here();
  await refused({ token, text: "图", media: [mine, mine] }, 400, { pointer: "/media/1" });
  const of_staff = await district.upload(await district.as("worker"));
  await refused({ token, text: "图", media: [of_staff] }, 400, { pointer });
  const kept = await district.report("图", { media: [mine] });
  assert.deepEqual((await district.track(kept.tracking)).media, [mine]);
  await refused({ token, text: "图", media: [mine] }, 400, { pointer, key: undefined });
});

test("who joins an open case keeps its owner, adds to its count and gets a link of his own", async () => {
  const first = await district.report("路灯不亮", { matter_code: "B33010601001" });
  const joined = await district.report("我也看到了", { join: first.number });
  assert.equal(joined.number, first.number);
  assert.equal(joined.joined, true);
  assert.deepEqual(joined.owner, first.owner);
  assert.notEqual(joined.tracking, first.tracking);
  assert.deepEqual(joined.due.closure, first.due.closure);
  const { open } = await district.counts();
  assert.equal(open.find(([number]) => number === first.number)[1], 2);
  assert.equal((await district.track(joined.tracking)).text, "我也看到了");
  assert.equal((await district.track(first.tracking)).text, "路灯不亮");
  const bare = await district.send({ token, join: first.number });
  assert.equal(bare.status, 201, "the case says what it is about");
});

test("joining a case of elsewhere, of nowhere or one that is over is refused", async () => {
  const elsewhere = await district.report("那里", { token: district.tokens[1] });
  const pointer = "/join";
  await refused({ token, text: "也", join: elsewhere.number }, 400, { pointer });
  await refused({ token, text: "也", join: "330106-000101-0000001" }, 400, { pointer });
  await refused({ token, text: "也", join: "x" }, 400, { pointer });
  const over = await district.report("没有了");
  const gone = await server.post(`/api/v1/track/${over.tracking}/withdraw`, { reason: "没有了" });
  assert.equal(gone.json.status, "withdrawn", gone.text);
  await refused({ token, text: "也", join: over.number }, 400, { pointer });
});

test("a phone's position is evidence beside the place, whatever its system, and moves nothing", async () => {
  const { place } = (await server.get(`/api/v1/codes/${token}`)).json;
  const position = { lat: place.lat - 0.0025, lon: place.lon + 0.0045, accuracy_m: 20, system: "gcj02" };
  const near = await district.report("位置", { position });
  const far = await district.report("位置", { position: { lat: 0, lon: 0, system: "wgs84" } });
  for (const told of [near, far]) assert.deepEqual([told.place.lat, told.place.lon], [place.lat, place.lon]);
  const kept = (await district.look(near.number)).reports[0].position;
  assert.equal(kept.system, "gcj02", "as it came");
  for (const [name, value] of [
    ["lat", 90.1],
    ["lat", "30"],
    ["lon", -181],
    ["system", "mars"],
  ])
    await refused({ token, text: "词", position: { ...position, [name]: value } }, 400, {
      pointer: `/position/${name}`,
    });
});

test("the words of a report without a matter find one", async () => {
  assert.equal((await district.report("楼道里有煤气味,快来人")).matter.code, "B33010601004");
  assert.equal((await district.report("共享单车乱停放")).matter.code, "S33010609011");
});

test("after all that was refused, the journal folds to the very rows and its chains hold", async () => {
  await server.drain();
  for (const args of [["replay"], ["audit", "verify"]]) {
    const { code, text } = await server.tool(...args);
    assert.equal(code, 0, text);
    assert.match(text, /\b0 differ/);
  }
});
