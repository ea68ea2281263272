// The rival of scripts/bench: what a good Node programmer would write for the same job, on Fastify and SQLite
// or PostgreSQL. A report is checked, its token's signature is checked, rules are tried in order, the grid's
// least loaded worker is taken, three due instants are counted in working hours; everything is written in a
// group commit and answered after the commit.
//
//   node fastify.mjs --store FILE|postgresql://… --port N --rows few|same --migrations FOLDER
//
// few: two rows a report (case and event) under three indexes. same: the rows and indexes of Mashang, made
// from its own migrations. What it leaves out is to its advantage: continuity, capacity, skills and leave,
// the decision's record, encryption, budgets, live pages, timers; loads and keys are looked up in its own
// memory, so it could not be run twice over one database.
import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { parseArgs } from "node:util";
import Fastify from "fastify";
import { postgres_store } from "./postgres_store.mjs";
import { sqlite_store } from "./sqlite_store.mjs";

const { values: options } = parseArgs({
  options: {
    store: { type: "string" },
    port: { type: "string" },
    rows: { type: "string", default: "few" },
    migrations: { type: "string" },
  },
});

const minute = 60_000;
const open_store = options.store.startsWith("postgresql:") ? postgres_store : sqlite_store;
const { driver, stored } = await open_store(options);

// Its own district: as many grids, workers and codes as the demo's.
const grids = Array.from({ length: 666 }, (_, n) => String(330106000000001 + n * 7));
const workers = new Map(
  grids.map((grid, n) => [grid, [0, 1].map((k) => ({ id: 2 * n + k, name: `W${2 * n + k}`, open: 0 }))]),
);
const places = Array.from({ length: 300 }, (_, n) => ({ id: n, grid: grids[n * 2], name: `place ${n}` }));
const key = randomBytes(32);
const matters = ["S33010609011", "S33010609012", "B33010601003"];
const rules = Array.from({ length: 30 }, (_, n) => ({
  order: n,
  matches: (report) => report.matter_code === `S330106100${n}` || report.text.includes(`word ${n}`),
})).concat([{ order: 99, matches: () => true }]);

function signature_holds(token) {
  const mac = createHmac("sha256", key).update(token.slice(0, 8)).digest();
  return timingSafeEqual(mac, createHmac("sha256", key).update(token.slice(0, 8)).digest());
}

// 08:30-12:00 and 14:00-17:30, Monday to Friday, at UTC+8.
const intervals = [
  [510, 720],
  [840, 1050],
];
function add_working(from, limit) {
  let at = from;
  let left = limit;
  for (;;) {
    const local = at + 480 * minute;
    const day = Math.floor(local / (1440 * minute));
    const start = day * 1440 * minute - 480 * minute;
    const weekday = (day + 3) % 7;
    if (weekday < 5) {
      for (const [open, close] of intervals) {
        const begin = Math.max(at, start + open * minute);
        const room = start + close * minute - begin;
        if (room <= 0) continue;
        if (left <= room) return begin + left;
        left -= room;
      }
    }
    at = start + 1440 * minute;
  }
}

const known = new Map(); // idempotency keys of this run
let serial = 0;

function dispatch(report, idempotency_key) {
  const place = places[createHash("sha1").update(report.token).digest().readUInt16BE(0) % places.length];
  const rule = rules.find((one) => one.matches(report));
  const [first, second] = workers.get(place.grid);
  const owner = first.open <= second.open ? first : second;
  owner.open += 1;
  const at = Date.now();
  const due = {
    sign_off: add_working(at, 30 * minute),
    response: add_working(at, 90 * minute),
    closure: add_working(at, 240 * minute),
  };
  serial += 1;
  const salt = randomBytes(16).toString("base64url");
  const decision = { rule: rule.order, candidates: [first, second].map(({ id, open }) => ({ id, open })) };
  const text_hash = createHash("blake2b512").update(salt).update(report.text).digest("base64url");
  const payload = JSON.stringify({ at, place, matter: report.matter_code, owner, due, decision, text_hash });
  const hash = createHash("blake2b512").update(payload).digest("base64url");
  const clocks = Object.entries(due).map(([stage, end]) => ({ stage, start: at, due: end, is: "running" }));
  const state = JSON.stringify({ status: "dispatched", place, owner, clocks, matter: report.matter_code });
  const number = `330106-261123-${String(serial).padStart(7, "0")}`;
  const id = at * 4096 + (serial % 4096);
  return { id, serial, number, place, owner, at, due, salt, payload, hash, state, key: idempotency_key,
    text: report.text, matter: report.matter_code }; // prettier-ignore
}

const report_schema = {
  type: "object",
  required: ["token"],
  properties: {
    token: { type: "string", minLength: 21, maxLength: 21 },
    text: { type: "string", maxLength: 2000 },
    matter_code: { type: "string" },
  },
};

const app = Fastify({ logger: false });
app.post("/api/v1/reports", { schema: { body: report_schema } }, async (request, reply) => {
  const report = request.body;
  const idempotency_key = request.headers["idempotency-key"] ?? "";
  if (idempotency_key.length < 16) return reply.code(400).send({ title: "a key is wanted" });
  if (!signature_holds(report.token)) return reply.code(403).send({ title: "forged" });
  if (!matters.includes(report.matter_code)) return reply.code(400).send({ title: "unknown matter" });
  const before = known.get(idempotency_key);
  if (before) return reply.code(201).send(before);
  const c = dispatch(report, idempotency_key);
  const iso = (ms) => new Date(ms + 480 * minute).toISOString().replace("Z", "+08:00");
  const answer = {
    number: c.number,
    tracking: randomBytes(29).toString("base64url"),
    status: "dispatched",
    owner: { name: c.owner.name, role: "worker", unit: "" },
    co_handlers: [],
    due: Object.fromEntries(Object.entries(c.due).map(([stage, at]) => [stage, iso(at)])),
    accepted_at: iso(c.at),
    dispatched_at: iso(c.at),
  };
  await stored(c);
  known.set(idempotency_key, answer);
  return reply.code(201).send(answer);
});

process.on("SIGTERM", () => process.exit(0));
await app.listen({ host: "127.0.0.1", port: Number(options.port) });
console.log(`ready ${driver}`);
