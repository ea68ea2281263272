// The description of the API held against a running server, call by call.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findings, resolve } from "./schema_check.mjs";

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const document_text = await readFile(join(root, "schema/openapi.yaml"), "utf8");
export const document = JSON.parse(document_text);
export const called = new Set(); // "get /api/v1/tasks", for each call that was answered as expected

export function operations() {
  return Object.entries(document.paths).flatMap(([path, ops]) =>
    Object.entries(ops).map(([method, op]) => ({ name: `${method} ${path}`, method, path, op })),
  );
}

/** Status, content type and body are documented, and the body says no more than its schema. */
export function check_answer(name, op, answer) {
  const documented = op.responses[String(answer.status)];
  const shown = `${name} answered ${answer.status} ${answer.text.slice(0, 2000)}`;
  assert.ok(documented, `${shown}\nwhich is not documented`);
  const { content = {} } = resolve(document, documented);
  const type = (answer.headers.get("content-type") ?? "").split(";")[0];
  if (!Object.keys(content).length) return assert.equal(answer.text, "", shown);
  const entry = content[type] ?? content["*/*"];
  assert.ok(entry, `${shown}\nas ${type}, documented: ${Object.keys(content)}`);
  if (!answer.json) return;
  assert.deepEqual(findings(document, entry.schema, answer.json), [], shown);
}

/** Makes one documented call, `by` whom: {params, query, body, headers}; the status is the one expected. */
export async function ask(by, method, path, status, { params = {}, query = {}, body, headers } = {}) {
  const op = document.paths[path]?.[method];
  assert.ok(op, `${method} ${path} is not in the document`);
  const filled = path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(params[name]));
  const search = new URLSearchParams(query).toString();
  const target = search ? `${filled}?${search}` : filled;
  const answer = method === "post" ? await by.post(target, body, headers) : await by[method](target, headers);
  check_answer(`${method} ${target}`, op, answer);
  assert.equal(answer.status, status, `${method} ${target}: ${answer.text}`);
  called.add(`${method} ${path}`);
  return answer;
}
