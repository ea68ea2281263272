// Two servers over one PostgreSQL: whatever is done at one is done for both, and neither is needed.
//
// MASHANG_TEST_STORE names an empty database (tests/postgres/with_cluster makes one). The second server lifts
// nothing, as the first; each has its own test clock, which are moved together.
import assert from "node:assert/strict";
import { request } from "node:http";
import { after, before, test } from "node:test";
import { minute_ms, open_district, to_morning } from "./district.mjs";
import { open_line } from "./live_line.mjs";
import { new_key, start_beside } from "./server.mjs";

const live_ms = 1000; // "both show a change live within a second"
const capacity = 40; // of a person in the demo district
const bicycles = { matter_code: "S33010609011" };

let district, one, other;

before(async () => {
  const store = process.env.MASHANG_TEST_STORE;
  assert.ok(store, "MASHANG_TEST_STORE is not set: run by tests/postgres/with_cluster");
  district = await open_district({ store, limits: true });
  one = district.server;
  other = await start_beside(one);
  await to_morning(other);
});
after(async () => {
  await other?.stop();
  await one?.stop();
});

// A client of both: one log-in, its cookie good everywhere.
async function at_both(who) {
  const { cookie, csrf } = await district.as(who);
  const headers = { cookie, "X-CSRF-Token": csrf };
  const of = (server) => ({
    get: (path) => server.get(path, headers),
    give: async (number, command, body = {}) => {
      const answer = await server.post(`/api/v1/cases/${number}/${command}`, body, headers);
      assert.equal(answer.status, 200, `${command}: ${answer.text}`);
      return answer.json;
    },
  });
  return [of(one), of(other)];
}

// From an address of its own, so that the budget of a client is not what refuses.
function report_from(address, server, body, key = new_key()) {
  return new Promise((resolve, reject) => {
    const headers = { "Content-Type": "application/json", "Idempotency-Key": key };
    const asked = request(
      `${server.url}/api/v1/reports`,
      { method: "POST", localAddress: address, headers, agent: false },
      (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (piece) => (text += piece));
        answer.on("end", () => resolve({ status: answer.statusCode, json: JSON.parse(text), text }));
        answer.on("error", reject);
      },
    );
    asked.on("error", reject);
    asked.end(JSON.stringify(body));
  });
}

test("the story goes through both servers in turn, and both tell the same of it", async () => {
  const body = { token: district.token, text: "单车堵路", ...bicycles };
  const sent = await report_from("127.0.0.2", other, body);
  assert.equal(sent.status, 201, sent.text);
  const { number, owner, tracking } = sent.json;
  const [worker_one, worker_other] = await at_both(owner);
  await worker_one.give(number, "sign-off");
  await worker_other.give(number, "respond", { note: "到了" });
  const whole = await worker_one.get(`/api/v1/cases/${number}`);
  for (const part of whole.json.parts.filter((p) => p.state === "open"))
    await worker_other.give(number, "waive-part", { part: part.id, reason: "不需要" });
  const evidence = await district.upload(await district.as(owner));
  const closed = await worker_other.give(number, "close", { result: "摆好了", media: [evidence] });
  const reviewer = closed.clocks.find((c) => c.stage === "review").party;
  const [reviewer_one] = await at_both(reviewer);
  const approved = await reviewer_one.give(number, "review", { decision: "approve", note: "好" });
  assert.equal(approved.status, "closed");
  const [a, b] = [await one.get(`/api/v1/track/${tracking}`), await other.get(`/api/v1/track/${tracking}`)];
  assert.equal(a.status, 200, a.text);
  const steps = ({ timeline, status, steps: all }) => ({ timeline, status, all });
  assert.deepEqual(steps(a.json), steps(b.json));
});

test("a page at one server shows within a second what was done at the other", async () => {
  const officer = await district.as("d330106-1");
  const lines = [];
  for (const server of [one, other]) lines.push(await open_line(server.url, officer.cookie));
  for (const line of lines) await line.next((e) => e.name === "ready", live_ms);
  for (const [at, far] of [[one, lines[1]], [other, lines[0]]]) {
    const sent = await report_from("127.0.0.3", at, { token: district.tokens[5], text: "路灯不亮" });
    assert.equal(sent.status, 201, sent.text);
    const event = await far.next((e) => e.name === "case" && e.data.number === sent.json.number, live_ms);
    assert.equal(event.data.status, sent.json.status);
    assert.equal(event.data.owner.name, sent.json.owner.name);
  }
  for (const line of lines) await line.close();
});

test("the same key at both servers at once makes one case, another body under it is refused", async () => {
  for (let round = 0; round < 10; round += 1) {
    const key = new_key();
    const body = { token: district.tokens[7], text: `同一件事 ${round}` };
    const answers = await Promise.all(
      [one, other, one, other].map((server) => report_from("127.0.0.4", server, body, key)),
    );
    for (const answer of answers) assert.equal(answer.status, 201, answer.text);
    assert.equal(new Set(answers.map((a) => a.json.number)).size, 1);
    const changed = await report_from("127.0.0.4", other, { ...body, text: "另一件" }, key);
    assert.equal(changed.status, 409, changed.text);
  }
});

test("who logs out at one server is out at the other too", async () => {
  const leaving = await other.login("l330106012005");
  const cookie = { cookie: leaving.cookie };
  assert.equal((await one.get("/api/v1/tasks", cookie)).status, 200);
  assert.equal((await leaving.delete("/api/v1/session")).status, 204);
  const deadline = Date.now() + live_ms;
  let status;
  do status = (await one.get("/api/v1/tasks", cookie)).status;
  while (status !== 401 && Date.now() < deadline);
  assert.equal(status, 401);
});

test("racing submissions at both servers never pass a person's capacity [T34]", async () => {
  const answers = [];
  const lane = async (n) => {
    for (let i = 0; i < 20; i += 1) {
      const body = { token: district.tokens[20], text: `乱停 ${n}-${i}`, ...bicycles };
      answers.push(await report_from(`127.0.1.${n}`, n % 2 ? one : other, body));
    }
  };
  await Promise.all([1, 2, 3, 4, 5, 6].map(lane));
  for (const answer of answers) assert.equal(answer.status, 201, answer.text);
  const held = new Map();
  for (const { json } of answers.filter((a) => a.json.status === "dispatched")) {
    const person = `${json.owner.role} ${json.owner.name} ${json.owner.unit}`;
    held.set(person, (held.get(person) ?? 0) + 1);
  }
  assert.equal(new Set(answers.map((a) => a.json.number)).size, 120);
  assert.ok(held.size > 1, "120 reports are more than one person may have");
  for (const [person, cases] of held) assert.ok(cases <= capacity, `${person} has ${cases}`);
  // The first of them is full to the last place: nothing was held back either.
  assert.ok([...held.values()].includes(capacity), JSON.stringify([...held]));
});

test("what falls due at both servers at the same moment is told once [T22]", async () => {
  const numbers = [];
  for (let i = 0; i < 12; i += 1) {
    const body = { token: district.tokens[30 + (i % 6)], text: "单车", ...bicycles };
    const sent = await report_from("127.0.0.6", i % 2 ? one : other, body);
    assert.equal(sent.status, 201, sent.text);
    numbers.push([sent.json.number, sent.json.owner]);
  }
  for (let step = 0; step < 6; step += 1)
    await Promise.all([one, other].map((server) => server.advance(2.5 * minute_ms)));
  for (const [number, owner] of numbers) {
    const answer = await (await district.as(owner)).get("/api/v1/messages?limit=200");
    const told = answer.json.items
      .filter((m) => m.number === number)
      .map((m) => `${m.what} ${JSON.stringify(m.args)}`);
    assert.ok(told.length >= 2, `half and four fifths have passed: ${told}`);
    assert.equal(new Set(told).size, told.length, `twice: ${told}`);
  }
});

test("a server that is killed in the middle of its work loses nothing that it acknowledged", async () => {
  const acknowledged = [];
  let dead = false;
  const lane = async (n) => {
    for (let i = 0; !dead && i < 400; i += 1) {
      const body = { token: district.tokens[n], text: `第 ${n}-${i} 条` };
      const sent = await report_from(`127.0.${2 + (i >> 4)}.${n}`, other, body).catch(() => undefined);
      if (sent?.status === 201) acknowledged.push(sent.json);
      if (acknowledged.length === 150) dead = Boolean(await other.crash());
    }
  };
  await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map(lane));
  assert.ok(dead && acknowledged.length >= 150, `${acknowledged.length} before the end`);
  const officer = await district.as("d330106-1");
  for (const { number, tracking } of acknowledged) {
    assert.equal((await officer.get(`/api/v1/cases/${number}`)).status, 200, number);
    assert.equal((await one.get(`/api/v1/track/${tracking}`)).status, 200);
  }
  other = await start_beside(one);
  const again = await report_from("127.0.0.7", other, { token: district.token, text: "又来了" });
  assert.equal(again.status, 201, again.text);
  const replayed = await one.tool("replay");
  assert.match(replayed.text, /\b0 differ/);
  assert.equal((await one.tool("audit", "verify")).code, 0);
});
