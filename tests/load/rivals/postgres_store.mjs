// Group commit on PostgreSQL with synchronous_commit=on: a pool of connections, and whichever is free writes
// all that has queued up, many rows a table, in one statement and so in one transaction and one round trip.
import pg from "pg";
import { columns, district, migrations, rows_of, texts } from "./migrations.mjs";

const connections = 4;
const group_max = 512;

// One array a column, so that the text is the same for every number of rows and is prepared once.
function group_insert() {
  let next = 0;
  const inserts = Object.entries(columns).map(([table, names]) => {
    const arrays = names.map((name) => `$${(next += 1)}::${texts.has(name) ? "text" : "bigint"}[]`);
    const insert = `insert into ${table} (${names.join(", ")}) select * from unnest(${arrays.join(", ")})`;
    return `${table}_rows as (${insert})`;
  });
  const loads = [1, 2, 3].map((n) => `$${next + n}::bigint[]`);
  // In the order of the people, so that two transactions never wait for each other.
  return `with ${inserts.join(", ")}
    insert into workload (district, person_id, open, weighted, last_assigned)
    select ${district}, person, count, count, at
    from unnest(${loads.join(", ")}) as loads (person, count, at)
    order by person
    on conflict (district, person_id) do update set open = workload.open + excluded.open,
    weighted = workload.weighted + excluded.weighted, last_assigned = excluded.last_assigned`;
}

function values_of(group) {
  const rows = group.map(({ c }) => rows_of(c));
  const values = Object.entries(columns).flatMap(([table, names]) =>
    names.map((_, at) => rows.map((row) => row[table][at])),
  );
  const loads = new Map();
  for (const { c } of group) {
    const { count = 0 } = loads.get(c.owner.id) ?? {};
    loads.set(c.owner.id, { at: c.at, count: count + 1 });
  }
  const people = [...loads.keys()];
  const of = (name) => people.map((person) => loads.get(person)[name]);
  return [...values, people, of("count"), of("at")];
}

/** {driver, stored(c): a promise that is kept when the case is durable} */
export async function postgres_store({ store, migrations: folder }) {
  const pool = new pg.Pool({ connectionString: store, max: connections });
  for (const sql of migrations(folder, "postgresql")) await pool.query(sql);
  pool.on("connect", (client) => client.query("set synchronous_commit = on"));
  const text = group_insert();
  let queue = [];
  let busy = 0;

  async function flush() {
    busy += 1;
    while (queue.length > 0) {
      const group = queue.splice(0, group_max);
      try {
        await pool.query({ name: "group", text, values: values_of(group) });
        for (const { resolve } of group) resolve();
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    busy -= 1;
  }

  const stored = (c) =>
    new Promise((resolve, reject) => {
      queue.push({ c, resolve, reject });
      if (busy < connections && queue.length === 1) setImmediate(flush);
    });
  return { driver: `pg ${connections} connections`, stored };
}
