// Logging in and out, what a session may do, and who guesses too often.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assert_problem, open_district } from "./district.mjs";

let district, server, worker;

before(async () => {
  district = await open_district({ limits: true });
  ({ server } = district);
  worker = server.demo.logins.find((l) => l.role === "worker");
});
after(() => server?.stop());

const log_in = (login, password, headers) => server.post("/api/v1/session", { login, password }, headers);
const cookie_of = (answer) => answer.headers.getSetCookie()[0];

test("a wrong password and an unknown login are answered with the same bytes", async () => {
  const wrong = await log_in(worker.login, "wrong");
  assert_problem(wrong, 401, { key: "error.login_failed" });
  const unknown = await log_in("nobody-here", "wrong");
  assert.equal(unknown.text, wrong.text);
  assert.equal(unknown.headers.getSetCookie().length, 0);
});

test("a login says who, where and with which token; the cookie is out of scripts' and other sites' reach",
  async () => {
  const answer = await log_in(worker.login, worker.password);
  assert.equal(answer.status, 200);
  const { name, role, scope, csrf_token } = answer.json;
  assert.deepEqual([name, role, scope], [worker.name, "worker", worker.scope]);
  assert.ok(csrf_token.length >= 20);
  const cookie = cookie_of(answer);
  assert.match(cookie, /^mashang_session=[\w-]{20,}; /);
  for (const flag of ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age="])
    assert.ok(cookie.includes(flag), flag);
  assert.ok(!/Secure/.test(cookie), "this server speaks plain HTTP on loopback");
  assert.equal(answer.headers.get("cache-control"), "no-store");
  assert.ok(!answer.text.includes(cookie.split(/[=;]/)[1]), "the session's secret is in no body");
});

test("with a cookie every change needs the session's own CSRF token; reading does not", async () => {
  const answer = await log_in(worker.login, worker.password);
  const cookie = cookie_of(answer).split(";")[0];
  const other = await log_in(worker.login, worker.password);
  assert.equal((await server.get("/api/v1/session", { cookie })).status, 200);
  const target = "/api/v1/cases/330106-000101-0000001/note";
  for (const token of [undefined, "", "x", other.json.csrf_token]) {
    const headers = token === undefined ? { cookie } : { cookie, "X-CSRF-Token": token };
    assert_problem(await server.post(target, { text: "x" }, headers), 403, { key: "error.csrf" });
    assert_problem(await server.delete("/api/v1/session", headers), 403, { key: "error.csrf" });
  }
  const good = { cookie, "X-CSRF-Token": answer.json.csrf_token };
  assert_problem(await server.post(target, { text: "x" }, good), 404);
});

test("a bearer token needs no CSRF token, since no browser sends it by itself", async () => {
  const told = await district.report("单车", { matter_code: "S33010609011" });
  const secret = cookie_of(await log_in(worker.login, worker.password)).split(/[=;]/)[1];
  const headers = { Authorization: `Bearer ${secret}` };
  const noted = await server.post(`/api/v1/cases/${told.number}/note`, { text: "看到" }, headers);
  assert.equal(noted.status, 200, noted.text);
});

test("logging out ends that session at once, and no other", async () => {
  const [here, there] = [await server.login(worker.login), await server.login(worker.login)];
  const out = await here.delete("/api/v1/session");
  assert.equal(out.status, 204);
  assert.match(cookie_of(out), /^mashang_session=; .*Max-Age=0/);
  assert_problem(await here.get("/api/v1/session"), 401);
  assert_problem(await here.get("/api/v1/tasks"), 401);
  assert.equal((await there.get("/api/v1/session")).status, 200);
});

test("a session outlives a restart of the server", async () => {
  const mine = await server.login(worker.login);
  assert.deepEqual(await server.drain().then(({ code }) => code), 0);
  await server.restart();
  assert.equal((await mine.get("/api/v1/session")).json.name, worker.name);
  await district.morning();
});

test("a session ends by itself after its time", async () => {
  const mine = await server.login(worker.login);
  await server.advance(8 * 86_400_000);
  assert_problem(await mine.get("/api/v1/session"), 401);
});

test("bodies that are no login are pointed at", async () => {
  assert_problem(await log_in(undefined, "x"), 400, { pointer: "/login" });
  assert_problem(await log_in("x", undefined), 400, { pointer: "/password" });
  assert_problem(await log_in(1, "x"), 400, { pointer: "/login" });
  assert_problem(await log_in("x", "y".repeat(257)), 400, { pointer: "/password" });
  assert_problem(await server.post("/api/v1/session", "{"), 400, { pointer: "" });
});

test("after ten failures a login waits, the right password too; others and later tries do not", async () => {
  const leader = server.demo.logins.find((l) => l.role === "leader");
  for (let i = 0; i < 10; i += 1) assert_problem(await log_in(leader.login, `guess ${i}`), 401);
  for (const password of ["guess 11", leader.password]) {
    const answer = await log_in(leader.login, password);
    assert_problem(answer, 429, { key: "error.too_many_logins" });
    const wait_s = Number(answer.headers.get("retry-after"));
    assert.ok(wait_s > 0 && wait_s <= 60, `waits ${wait_s} s`);
  }
  assert.equal((await log_in(worker.login, worker.password)).status, 200);
  await server.advance(60_000);
  assert.equal((await log_in(leader.login, leader.password)).status, 200);
});

test("a client that floods a place with reports is told how long to wait, and nothing is kept", async () => {
  const sent = [];
  for (let i = 0; i < 61; i += 1) sent.push(await district.send({ token: district.token, text: `第 ${i}` }));
  const over = sent.find((a) => a.status !== 201);
  assert_problem(over, 429);
  assert.ok(Number(over.headers.get("retry-after")) > 0);
  await server.advance(6_000);
  assert.equal((await district.send({ token: district.token, text: "其后" })).status, 201);
});
