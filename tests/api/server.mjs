// Starts the built server for a test and speaks HTTP to it: one start, one temporary folder, one free port.
//
// MASHANG_BIN names the binary (else build/dev/server/mashang). Each start fills a store of its own with the
// demo district, so tests never see each other's cases. What the server prints is kept and shown when it does
// not start, ends by itself, or a test asks for it with output(). Only this module's own child is ended.
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const binary = process.env.MASHANG_BIN ?? join(root, "build/dev/server/mashang");

const fill_ms_max = 240_000;
const start_ms_max = 60_000;
const drain_ms_max = 20_000;

/** A port that nobody listens on at this moment. */
export function free_port() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** A fresh Idempotency-Key. */
export function new_key() {
  return crypto.randomUUID().replaceAll("-", "");
}

/** "HTTP://HOST/C/TOKEN" -> "TOKEN" */
export function token_of(scan_link) {
  return scan_link.slice(scan_link.lastIndexOf("/") + 1);
}

// A child whose words are kept, and whose end is a promise.
function run_child(args) {
  const child = spawn(binary, args, { stdio: ["ignore", "pipe", "pipe"] });
  const held = { child, text: "", on_line: () => {} };
  let rest = "";
  child.stdout.setEncoding("utf8").on("data", (piece) => {
    held.text += piece;
    rest += piece;
    const lines = rest.split("\n");
    rest = lines.pop();
    for (const line of lines) held.on_line(line);
  });
  child.stderr.setEncoding("utf8").on("data", (piece) => (held.text += piece));
  held.ended = new Promise((resolve) => {
    child.on("error", (error) => resolve({ code: -1, signal: null, error }));
    child.on("close", (code, signal) => resolve({ code, signal }));
  });
  // A test run that is cut short leaves no server behind.
  const last_resort = () => child.kill("SIGKILL");
  process.once("exit", last_resort);
  held.ended.then(() => process.off("exit", last_resort));
  return held;
}

async function within(promise, span_ms, what, held) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took over ${span_ms} ms\n${held.text}`)), span_ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function fill(data, store, port, days) {
  const url = `http://127.0.0.1:${port}`;
  const past = days === undefined ? [] : ["--days", String(days)];
  const held = run_child(["demo", "--data", data, "--store", store, "--base-url", url, ...past]);
  const { code, error } = await within(held.ended, fill_ms_max, "mashang demo", held);
  if (code !== 0) throw new Error(`mashang demo ended with ${error ?? code}\n${held.text}`);
  return JSON.parse(await readFile(join(data, "demo.json"), "utf8"));
}

function begin(data, store, port, { test_clock, limits, more }) {
  const args = ["serve", "--data", data, "--store", store, "--port", String(port), ...more];
  if (test_clock) args.push("--test-clock");
  if (!limits) args.push("--no-limits");
  return run_child(args);
}

async function serve(data, store, port, options) {
  const held = begin(data, store, port, options);
  const ready = new Promise((resolve, reject) => {
    held.on_line = (line) => line.startsWith("ready http") && resolve(line.slice("ready ".length).trim());
    held.ended.then(({ code, error }) =>
      reject(new Error(`mashang serve ended before it was ready: ${error ?? code}\n${held.text}`)),
    );
  });
  held.url = await within(ready, start_ms_max, "mashang serve", held);
  return held;
}

/** One exchange: {status, headers, text, bytes, json}; json is undefined where the answer is not JSON. */
async function exchange(url, { method = "GET", body, headers = {} } = {}, held) {
  const sent = { "Accept-Language": "en", ...headers };
  const raw = typeof body === "string" || body instanceof Uint8Array || body instanceof FormData;
  if (body !== undefined && !raw) sent["Content-Type"] ??= "application/json";
  const payload = body === undefined || raw ? body : JSON.stringify(body);
  const asked = fetch(url, { method, headers: sent, body: payload, redirect: "manual" });
  const response = await asked.catch(async (error) => {
    const ended = ({ code, signal }) => `the server has ended (${signal ?? code})`;
    const end = await within(held.ended, 1000, "", held).then(ended, () => "the server runs on");
    throw new Error(`${method} ${url}: ${error.cause ?? error}; ${end}\n${held.text.slice(-4000)}`);
  });
  const bytes = new Uint8Array(await response.arrayBuffer());
  const type = response.headers.get("content-type") ?? "";
  const text = new TextDecoder().decode(bytes);
  const json = /[/+]json\b/.test(type) && text ? JSON.parse(text) : undefined;
  return { status: response.status, headers: response.headers, text, bytes, json };
}

function client(held, standing) {
  const call = (method, path, body, headers) => {
    const url = path.startsWith("http") ? path : held.url + path;
    return exchange(url, { method, body, headers: { ...standing(method), ...headers } }, held);
  };
  return {
    get: (path, headers) => call("GET", path, undefined, headers),
    post: (path, body = {}, headers) => call("POST", path, body, headers),
    delete: (path, headers) => call("DELETE", path, undefined, headers),
  };
}

async function log_in(held, login, password) {
  const answer = await client(held, () => ({})).post("/api/v1/session", { login, password });
  if (answer.status !== 200) throw new Error(`login of ${login}: ${answer.status} ${answer.text}`);
  const cookie = answer.headers.getSetCookie()[0].split(";")[0];
  const csrf = answer.json.csrf_token;
  const standing = (method) => (method === "GET" ? { cookie } : { cookie, "X-CSRF-Token": csrf });
  return { cookie, csrf, login, session: answer.json, ...client(held, standing) };
}

// What is said to the server: calls without a login, logins, the test clock.
function speech(held, demo) {
  const anonymous = client(held, () => ({}));
  return {
    ...anonymous,
    // By login ("w330106012005001") or by role: the first of that role, who answers for the first scan link.
    login(who) {
      const found = demo.logins.find((l) => l.login === who) ?? demo.logins.find((l) => l.role === who);
      if (!found) throw new Error(`demo.json has no login for ${who}`);
      return log_in(held, found.login, found.password);
    },
    async advance(span_ms) {
      const answer = await anonymous.post("/api/v1/test/clock", { advance_ms: span_ms });
      if (answer.status !== 200) throw new Error(`test clock: ${answer.status} ${answer.text}`);
      return answer.json;
    },
  };
}

// A served folder: what a test does to its process, and says to it.
function served(held, { data, store, port, demo, options, forget }) {
  // Clients outlive a restart: they ask for the process of now.
  const now = {
    get url() {
      return held.url;
    },
    get ended() {
      return held.ended;
    },
    get text() {
      return held.text;
    },
  };
  const ended = () => within(held.ended, drain_ms_max, "the end of the process", held);
  return {
    ...speech(now, demo),
    url: held.url,
    demo,
    data,
    store,
    get pid() {
      return held.child.pid;
    },
    output: () => held.text,
    async crash() {
      held.child.kill("SIGKILL");
      return await ended();
    },
    async drain() {
      held.child.kill("SIGTERM");
      return await ended();
    },
    async restart() {
      held = await serve(data, store, port, options);
    },
    // Starts and is killed so much later, ready or not.
    async crash_starting(after_ms) {
      held = begin(data, store, port, options);
      const timer = setTimeout(() => held.child.kill("SIGKILL"), after_ms);
      await held.ended.finally(() => clearTimeout(timer));
    },
    async tool(...args) {
      const run = run_child([...args, "--data", data, "--store", store]);
      const { code } = await within(run.ended, fill_ms_max, args.join(" "), run);
      return { code, text: run.text };
    },
    async stop() {
      held.child.kill("SIGTERM");
      try {
        return await ended();
      } finally {
        held.child.kill("SIGKILL");
        await forget();
      }
    },
  };
}

/** Another server over the first one's store and folder: {url, get, post, login, advance, crash, stop}. */
export async function start_beside(first, { test_clock = true, limits = true, more = [] } = {}) {
  const held = await serve(first.data, first.store, await free_port(), { test_clock, limits, more });
  const end = (signal) => {
    held.child.kill(signal);
    return within(held.ended, drain_ms_max, "the end of the process", held);
  };
  return {
    ...speech(held, first.demo),
    url: held.url,
    output: () => held.text,
    crash: () => end("SIGKILL"),
    stop: () => end("SIGTERM"),
  };
}

/**
 * Fills a store with the demo district, `days` of its past before now (0: none), and serves it; in `data`, a
 * folder of the caller's, or in one of its own that goes away with it.
 * {url, demo, data, pid, get, post, delete, login(role or login), advance(ms), output(), stop()};
 * crash() ends the process as a power cut would, drain() as an operator does, restart() serves the same data
 * on the same port again, crash_starting(ms) does so and ends it so much later, tool(...args) runs another
 * command of the binary on it: {code, text}. `store` names an empty one elsewhere; it stays when the server
 * stops.
 */
export async function start_server({ data, days, store: elsewhere, ...rest } = {}) {
  const options = { test_clock: true, limits: true, more: [], ...rest };
  const folder = data ?? (await mkdtemp(join(tmpdir(), "mashang-test-")));
  const store = elsewhere ?? `sqlite:${join(folder, "mashang.db")}`;
  const forget = async () => data || (await rm(folder, { recursive: true, force: true }));
  let held;
  try {
    const port = await free_port();
    const demo = await fill(folder, store, port, days);
    held = await serve(folder, store, port, options);
    return served(held, { data: folder, store, port, demo, options, forget });
  } catch (error) {
    held?.child.kill("SIGKILL");
    await forget();
    throw error;
  }
}

/** Serves a folder that is filled already, and leaves it there; `demo` is that of the server it came from. */
export async function serve_folder(data, demo, rest = {}) {
  const options = { test_clock: true, limits: true, more: [], ...rest };
  const store = `sqlite:${join(data, "mashang.db")}`;
  const port = await free_port();
  const held = await serve(data, store, port, options);
  return served(held, { data, store, port, demo, options, forget: () => {} });
}

/** Runs a command of the binary: {code, text}. */
export async function run_tool(...args) {
  const run = run_child(args);
  const { code } = await within(run.ended, fill_ms_max, args.join(" "), run);
  return { code, text: run.text };
}
