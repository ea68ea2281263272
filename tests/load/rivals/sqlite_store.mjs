// Group commit on SQLite with synchronous=FULL: what has queued up by the next turn of the event loop is one
// transaction. better-sqlite3 where it can be loaded, else Node's own. SQLite checkpoints by itself, as it
// does unless told otherwise.
import { columns, district, migrations, rows_of } from "./migrations.mjs";

const group_max = 512;

async function open(file) {
  try {
    const { default: Database } = await import("better-sqlite3");
    return { db: new Database(file), driver: "better-sqlite3" };
  } catch {
    const { DatabaseSync } = await import("node:sqlite");
    return { db: new DatabaseSync(file), driver: "node:sqlite" };
  }
}

// Two rows a report, under three indexes besides the keys.
function few_rows(db) {
  db.exec(`create table cases (id integer primary key, number text not null,
    place integer not null, owner integer not null, status text not null, due integer not null,
    key text not null, state text not null);
    create unique index cases_number on cases (number);
    create unique index cases_key on cases (key);
    create index cases_owner on cases (owner, due);
    create table events (case_id integer not null, seq integer not null, payload text not null,
    prev text not null, hash text not null, primary key (case_id, seq)) without rowid`);
  const insert_case = db.prepare("insert into cases values (?, ?, ?, ?, ?, ?, ?, ?)");
  const insert_event = db.prepare("insert into events values (?, 1, ?, '', ?)");
  return (c) => {
    insert_case.run(c.id, c.number, c.place.id, c.owner.id, "dispatched", c.due.sign_off, c.key, c.state);
    insert_event.run(c.id, c.payload, c.hash);
  };
}

function same_rows(db, folder) {
  for (const sql of migrations(folder, "sqlite")) db.exec(sql);
  const insert = (table) => {
    const marks = columns[table].map(() => "?").join(", ");
    return db.prepare(`insert into ${table} (${columns[table].join(", ")}) values (${marks})`);
  };
  const inserts = Object.keys(columns).map((table) => [table, insert(table)]);
  const add_load = db.prepare(`insert into workload (district, person_id, open, weighted, last_assigned)
    values (?, ?, 1, 1, ?) on conflict (district, person_id) do update set open = open + 1,
    weighted = weighted + 1, last_assigned = excluded.last_assigned`);
  return (c) => {
    const rows = rows_of(c);
    for (const [table, statement] of inserts) statement.run(...rows[table]);
    add_load.run(district, c.owner.id, c.at);
  };
}

/** {driver, stored(c): a promise that is kept when the case is durable} */
export async function sqlite_store({ store, rows, migrations: folder }) {
  const { db, driver } = await open(store);
  for (const pragma of ["journal_mode = wal", "synchronous = full", "cache_size = -65536"])
    db.exec(`pragma ${pragma}`);
  const write = rows === "same" ? same_rows(db, folder) : few_rows(db);
  let queue = [];

  function flush() {
    const group = queue.splice(0, group_max);
    db.exec("begin immediate");
    for (const { c } of group) write(c);
    db.exec("commit");
    for (const { resolve } of group) resolve();
    if (queue.length > 0) setImmediate(flush);
  }

  const stored = (c) =>
    new Promise((resolve) => {
      queue.push({ c, resolve });
      if (queue.length === 1) setImmediate(flush);
    });
  return { driver, stored };
}
