// The rival of scripts/bench: what a good Node programmer would write for the same job, on Fastify and
// node:sqlite. A report is checked, its token's signature is checked, rules are tried in order, the grid's
// least loaded worker is taken, three due instants are counted in working hours; everything is written in a
// group commit with synchronous=FULL, and answered after the commit.
//
//   node fastify.mjs --store FILE --port N --rows plain|same [--migration FILE]
//
// plain: two rows a report (case and event) under three indexes. same: the rows and indexes of Mashang, made
// from its own migration. What it leaves out is to its advantage: continuity, capacity, skills and leave, the
// decision's record, encryption, budgets, live pages, timers.
import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { parseArgs } from "node:util";
import Fastify from "fastify";

const { values: options } = parseArgs({
  options: {
    store: { type: "string" },
    port: { type: "string" },
    rows: { type: "string", default: "plain" },
    migration: { type: "string" },
  },
});

const minute = 60_000;
const group_max = 512;
const db = new DatabaseSync(options.store);
for (const pragma of ["journal_mode = wal", "synchronous = full", "cache_size = -65536"]) {
  db.exec(`pragma ${pragma}`);
}

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

function plain_rows() {
  db.exec(`create table if not exists cases (id integer primary key, number text not null,
    place integer not null, owner integer not null, status text not null, due integer not null,
    key text not null, state text not null);
    create unique index if not exists cases_number on cases (number);
    create unique index if not exists cases_key on cases (key);
    create index if not exists cases_owner on cases (owner, due);
    create table if not exists events (case_id integer not null, seq integer not null, payload text not null,
    prev text not null, hash text not null, primary key (case_id, seq)) without rowid`);
  const insert_case = db.prepare("insert into cases values (?, ?, ?, ?, ?, ?, ?, ?)");
  const insert_event = db.prepare("insert into events values (?, 1, ?, '', ?)");
  return (c) => {
    insert_case.run(c.id, c.number, c.place.id, c.owner.id, "dispatched", c.due.sign_off, c.key, c.state);
    insert_event.run(c.id, c.payload, c.hash);
  };
}

// The migration's text as Mashang gives it to SQLite: its markers make clustered tables.
function same_rows() {
  const sql = readFileSync(options.migration, "utf8").replaceAll("/*clustered*/", "without rowid");
  db.exec(sql);
  const insert = (table, columns) => {
    const marks = columns.map(() => "?").join(", ");
    return db.prepare(`insert into ${table} (${columns.join(", ")}) values (${marks})`);
  };
  const insert_case = insert("cases", [
    ..."district case_id day serial is_open status flags priority code_id grid_code matter".split(" "),
    ..."owner_id revision reports accepted_at dispatched_at next_due next_timer late redos score".split(" "),
    "state",
  ]);
  const insert_report = insert("reports", [
    ..."district case_id report_id seq accepted_at kind anonymous text salt text_number".split(" "),
    ..."person extra idem_scope idem_key body_hash".split(" "),
  ]);
  const insert_event = insert(
    "journal",
    "district case_id seq type version at actor payload prev_hash hash".split(" "),
  );
  const add_load = db.prepare(`insert into workload (district, person_id, open, weighted, last_assigned)
    values (330106, ?, 1, 1, ?) on conflict (district, person_id) do update set open = open + 1,
    weighted = weighted + 1, last_assigned = excluded.last_assigned`);
  return (c) => {
    insert_case.run(
      330106, c.id, 261123, c.serial, 1, "dispatched", 0, "ordinary", c.place.id, c.place.grid, c.matter,
      c.owner.id, 1, 1, c.at, c.at, c.due.sign_off, c.due.sign_off - 15 * minute, 0, 0, 0, c.state,
    ); // prettier-ignore
    insert_report.run(
      330106, c.id, 1, 1, c.at, "resident", 1, c.text, c.salt, 1,
      "", "", `place ${c.place.id}`, c.key, c.hash,
    ); // prettier-ignore
    insert_event.run(330106, c.id, 1, "submitted", 1, c.at, "resident", c.payload, "", c.hash);
    add_load.run(c.owner.id, c.at);
  };
}

const write_rows = options.rows === "same" ? same_rows() : plain_rows();
const known = new Map(); // idempotency keys of this run
let serial = 0;
let queue = [];

function flush() {
  const group = queue.splice(0, group_max);
  db.exec("begin immediate");
  for (const { c } of group) write_rows(c);
  db.exec("commit");
  for (const { answer, resolve } of group) resolve(answer);
  if (queue.length > 0) setImmediate(flush);
}

function stored(c, answer) {
  return new Promise((resolve) => {
    queue.push({ c, answer, resolve });
    if (queue.length === 1) setImmediate(flush);
  });
}

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
  await stored(c, answer);
  known.set(idempotency_key, answer);
  return reply.code(201).send(answer);
});

process.on("SIGTERM", () => process.exit(0));
await app.listen({ host: "127.0.0.1", port: Number(options.port) });
console.log("ready");
