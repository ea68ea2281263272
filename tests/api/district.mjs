// The demo district as tests act in it: reports sent, people found by what an answer calls them, commands
// given, and the test clock brought to a working morning, whatever the hour of the run.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { connect } from "node:net";
import { promisify } from "node:util";
import { png_picture } from "./pictures.mjs";
import { binary, new_key, start_server, token_of } from "./server.mjs";

const run = promisify(execFile);
const day_ms = 86_400_000;
export const minute_ms = 60_000;
export const hour_ms = 60 * minute_ms;

const zone_ms = 8 * hour_ms; // Asia/Shanghai keeps one offset
const day_text = (at_ms) => new Date(at_ms + zone_ms).toISOString().slice(0, 10);

/** The server's instant, in milliseconds. */
export async function now_ms(server) {
  return Date.parse((await server.advance(0)).now);
}

/** Moves the test clock to 09:00 of the next day that works; asks the calendar command which that is. */
export async function to_morning(server) {
  const from = await now_ms(server);
  for (let ahead = 1; ahead < 15; ahead += 1) {
    const day = day_text(from + ahead * day_ms);
    const morning = `${day}T09:00:00+08:00`;
    const { stdout } = await run(binary, ["calendar", "between", morning, `${day}T09:01:00+08:00`]);
    if (!stdout.startsWith("working 1.000 min")) continue;
    await server.advance(Date.parse(morning) - from);
    return Date.parse(morning);
  }
  throw new Error("the calendar has no working day in two weeks");
}

// Somebody by login, by role (the first of it), or as an answer names him.
function login_of(logins, who) {
  if (typeof who !== "string") return logins.find((l) => l.name === who.name && l.role === who.role);
  return logins.find((l) => l.login === who) ?? logins.find((l) => l.role === who);
}

/** A server on a working morning; `morning: false` leaves the machine's own hour. */
export async function open_district({ morning = true, ...options } = {}) {
  const server = await start_server({ days: 0, limits: false, ...options });
  const tokens = server.demo.scan_links.map(token_of);
  const clients = new Map();

  const district = {
    server,
    tokens,
    token: tokens[0],
    // By role, login, or the {name, role} of an answer. One session each; forget() after a long advance.
    async as(who) {
      const found = login_of(server.demo.logins, who);
      assert.ok(found, `demo.json has no login of ${JSON.stringify(who)}`);
      if (!clients.has(found.login)) clients.set(found.login, await server.login(found.login));
      return clients.get(found.login);
    },
    forget: () => clients.clear(),
    async morning() {
      const at_ms = await to_morning(server);
      clients.clear();
      return at_ms;
    },
    send: (body, key = new_key()) => server.post("/api/v1/reports", body, { "Idempotency-Key": key }),
    async report(text = "单车堵住了人行道", more = {}) {
      const answer = await district.send({ token: tokens[0], text, ...more });
      assert.equal(answer.status, 201, answer.text);
      return answer.json;
    },
    async upload(by, headers = {}, picture = png_picture(64, 48)) {
      const answer = await by.post("/api/v1/media", picture, { "Content-Type": "image/png", ...headers });
      assert.equal(answer.status, 201, answer.text);
      return answer.json.media_id;
    },
    upload_here: (token = tokens[0]) => district.upload(server, { "X-Place-Token": token }),
    async look(number, who = "d330106-1") {
      const answer = await (await district.as(who)).get(`/api/v1/cases/${number}`);
      assert.equal(answer.status, 200, answer.text);
      return answer.json;
    },
    async give(who, number, command, body = {}, headers = {}) {
      return await (await district.as(who)).post(`/api/v1/cases/${number}/${command}`, body, headers);
    },
    async done(who, number, command, body = {}) {
      const answer = await district.give(who, number, command, body);
      assert.equal(answer.status, 200, `${command}: ${answer.text}\n${server.output().slice(-2000)}`);
      return answer.json;
    },
    async track(tracking) {
      const answer = await server.get(`/api/v1/track/${tracking}`);
      assert.equal(answer.status, 200, answer.text);
      return answer.json;
    },
    // How many cases there are, and how many stand open at the first place.
    async counts() {
      const list = await (await district.as("d330106-1")).get("/api/v1/cases?limit=1");
      assert.equal(list.status, 200, list.text);
      const code = await server.get(`/api/v1/codes/${tokens[0]}`);
      return { cases: list.json.total, open: code.json.open_cases.map((c) => [c.number, c.reports]) };
    },
  };
  try {
    if (morning) await to_morning(server);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return district;
}

/** A status, a problem document that names it, and the pointer of its first finding where one is meant. */
export function assert_problem(answer, status, { pointer, key } = {}) {
  assert.equal(answer.status, status, answer.text);
  assert.match(answer.headers.get("content-type"), /^application\/problem\+json/);
  assert.equal(answer.json.status, status);
  for (const member of ["type", "title", "detail"]) assert.ok(answer.json[member], `${member} is said`);
  if (pointer !== undefined) assert.equal(answer.json.errors[0]?.pointer, pointer, answer.text);
  if (key !== undefined) assert.equal(answer.json.key, key, answer.text);
}

/** Bytes as they are over a socket; resolves with all that came back when the other side has closed. */
export function over_socket(url, pieces, { wait_ms_max = 10_000 } = {}) {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let text = "";
    socket.setTimeout(wait_ms_max, () => socket.destroy(new Error(`silent for ${wait_ms_max} ms: ${text}`)));
    socket.setEncoding("latin1").on("data", (piece) => (text += piece));
    socket.on("error", (error) => (text ? resolve(text) : reject(error)));
    socket.on("close", () => resolve(text));
    for (const piece of pieces) socket.write(piece);
  });
}
