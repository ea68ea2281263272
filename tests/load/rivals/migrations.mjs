// Mashang's own tables for a rival that writes the same rows: the migrations' texts, as Mashang gives them to
// each database. A line that begins with --sqlite or --postgresql is for that one alone.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export function migrations(folder, database) {
  const own = `--${database} `;
  const line = (text) => (text.startsWith(own) ? text.slice(own.length) : text.replace(/--.*$/, ""));
  const marker = database === "sqlite" ? "without rowid" : "";
  return readdirSync(folder)
    .filter((name) => name.endsWith(".sql"))
    .sort()
    .map((name) => readFileSync(join(folder, name), "utf8").split("\n").map(line).join("\n"))
    .map((sql) => sql.replaceAll("/*clustered*/", marker));
}

const words = (text) => text.trim().split(/\s+/);

// The tables and columns of one report, beside the load of its owner, in the order of rows_of().
export const columns = {
  cases: words(`district case_id day serial is_open status flags priority code_id grid_code matter owner_id
    revision reports accepted_at dispatched_at next_due next_timer late redos score state`),
  reports: words(`district case_id report_id seq accepted_at kind anonymous text salt text_number person extra
    idem_scope idem_key body_hash`),
  journal: words("district case_id seq type version at actor payload prev_hash hash"),
};
// Those that are text; all others are numbers.
export const texts = new Set(
  words(`status priority grid_code matter state kind text salt person extra idem_scope idem_key body_hash type
    actor payload prev_hash hash`),
);

export const district = 330106;
const warning_ms = 15 * 60_000;

export function rows_of(c) {
  const { place, owner, due, key, hash } = c;
  const scope = `place ${place.id}`;
  const next_timer = due.sign_off - warning_ms;
  return {
    // prettier-ignore
    cases: [
      district, c.id, 261123, c.serial, 1, "dispatched", 0, "ordinary", place.id, place.grid, c.matter,
      owner.id, 1, 1, c.at, c.at, due.sign_off, next_timer, 0, 0, 0, c.state,
    ],
    // prettier-ignore
    reports: [
      district, c.id, 1, 1, c.at, "resident", 1, c.text, c.salt, 1, "", "", scope, key, hash,
    ],
    journal: [district, c.id, 1, "submitted", 1, c.at, "resident", c.payload, "", hash],
  };
}
