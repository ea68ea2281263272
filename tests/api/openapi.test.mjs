// The contract against the running server: every documented call is made, every answer is what the document
// says and no more, and no route goes without a description.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { ask, called, check_answer, document, document_text, operations, root } from "./contract.mjs";
import { open_line } from "./live_line.mjs";
import { png_picture } from "./pictures.mjs";
import { findings, resolve } from "./schema_check.mjs";
import { new_key, start_server, token_of } from "./server.mjs";

const minute_ms = 60_000;

let server;
const staff = {}; // role -> client
const story = {}; // what one step leaves to the next

before(async () => {
  server = await start_server();
});
after(() => server?.stop());

// ---- who asks what ----------------------------------------------------------------------------------------

const case_path = "/api/v1/cases/{number}";

async function command(by, name, body = {}, status = 200, number = story.number, headers = {}) {
  const params = { number, command: name };
  return await ask(by, "post", `${case_path}/{command}`, status, { params, body, headers });
}

const get_case = async (by, number = story.number) =>
  (await ask(by, "get", case_path, 200, { params: { number } })).json;

async function send_photo(by, headers = {}) {
  const sent = { "Content-Type": "image/png", ...headers };
  const answer = await ask(by, "post", "/api/v1/media", 201, { body: png_picture(64, 48), headers: sent });
  return answer.json.media_id;
}

async function report(text, more = {}) {
  const body = { token: story.token, text, ...more };
  const headers = { "Idempotency-Key": new_key() };
  return (await ask(server, "post", "/api/v1/reports", 201, { body, headers })).json;
}

/** The client of whoever the document names: by his name among the demo's logins. */
async function client_of(person) {
  const found = server.demo.logins.find((l) => l.name === person.name && l.role === person.role);
  assert.ok(found, `demo.json has no login of ${person.role} ${person.name}`);
  return await server.login(found.login);
}

async function track(status = 200, tracking = story.tracking) {
  return (await ask(server, "get", "/api/v1/track/{tracking}", status, { params: { tracking } })).json;
}

// ---- the document itself ----------------------------------------------------------------------------------

test("the server serves the very bytes of schema/openapi.yaml", async () => {
  const answer = await ask(server, "get", "/openapi.json", 200);
  assert.equal(answer.text, document_text);
});

test("every route of the server is documented, and nothing else is", async () => {
  const folder = join(root, "server/api");
  const routes = [];
  for (const file of (await readdir(folder)).filter((name) => name.endsWith(".cpp"))) {
    const source = await readFile(join(folder, file), "utf8");
    for (const [, method, path] of source.matchAll(/\{http::Method::(\w+),\s*"([^"]+)"/g))
      routes.push(`${method === "del" ? "delete" : method} ${path}`);
  }
  assert.ok(routes.length > 20, "the route tables were not found");
  assert.deepEqual(operations().map(({ name }) => name).sort(), routes.sort());
});

test("every operation has an id of its own, every reference leads somewhere, every example fits", () => {
  const ids = operations().map(({ op }) => op.operationId);
  assert.equal(new Set(ids).size, ids.length);
  const walk = (node, path) => {
    if (!node || typeof node !== "object") return;
    resolve(document, node);
    if (node.schema && "example" in node)
      assert.deepEqual(findings(document, node.schema, node.example), [], `example at ${path}`);
    for (const [name, each] of Object.entries(node.schema ? (node.examples ?? {}) : {}))
      assert.deepEqual(findings(document, node.schema, each.value), [], `example ${name} at ${path}`);
    for (const [name, child] of Object.entries(node)) if (name !== "example") walk(child, `${path}/${name}`);
  };
  walk(document, "");
});

// ---- a resident -------------------------------------------------------------------------------------------

test("a scanned code opens the place, its matters and its limits", async () => {
  story.token = token_of(server.demo.scan_links[0]);
  const params = { token: story.token };
  const { json } = await ask(server, "get", "/api/v1/codes/{token}", 200, { params });
  assert.equal(json.place.kind, "bicycle_stand");
  assert.ok(json.matters.length >= 1 && json.matters.length <= 6);
  story.matter = json.matters[0].code;
  for (const path of ["/c/{token}", "/C/{token}"])
    assert.match((await ask(server, "get", path, 200, { params })).text, /"kind":"code"/);
});

test("a report with a photo is answered with a named owner and due instants", async () => {
  const photo = await send_photo(server, { "X-Place-Token": story.token });
  const reporter = { kind: "resident", name: "张三", phone: "13800001234" };
  const { token, matter: matter_code } = story;
  story.body = { token, matter_code, text: "单车堵住了人行道", media: [photo], reporter };
  story.key = new_key();
  const headers = { "Idempotency-Key": story.key };
  const answer = await ask(server, "post", "/api/v1/reports", 201, { body: story.body, headers });
  const { json } = answer;
  Object.assign(story, { number: json.number, tracking: json.tracking, receipt: json, photo });
  assert.ok(json.owner.name && json.due.sign_off && json.due.response && json.due.closure);
  assert.equal(answer.headers.get("location"), json.tracking_url);
});

test("the same key again gives the same answer; another body under it is a conflict", async () => {
  const headers = { "Idempotency-Key": story.key };
  const again = await ask(server, "post", "/api/v1/reports", 201, { body: story.body, headers });
  assert.equal(again.headers.get("idempotent-replayed"), "true");
  assert.deepEqual(again.json, story.receipt);
  const body = { ...story.body, text: "另一件事" };
  const other = await ask(server, "post", "/api/v1/reports", 409, { body, headers });
  assert.equal(other.json.key, "error.key_reused");
});

test("the tracking link tells the truth, takes more words and shows the own photo", async () => {
  const told = await track();
  assert.equal(told.number, story.number);
  assert.deepEqual(told.media, [story.photo]);
  assert.deepEqual(
    told.steps.map((step) => step.stage),
    ["accepted", "sign_off", "response", "closure", "review"],
  );
  const params = { tracking: story.tracking };
  const body = { text: "又多了两辆" };
  await ask(server, "post", "/api/v1/track/{tracking}/supplement", 200, { params, body });
  const photo = { ...params, id: story.photo };
  const seen = await ask(server, "get", "/api/v1/track/{tracking}/media/{id}", 200, { params: photo });
  assert.deepEqual([...seen.bytes.slice(0, 2)], [0xff, 0xd8]);
  assert.match((await ask(server, "get", "/t/{tracking}", 200, { params })).text, /"kind":"track"/);
});

test("whoever sent the only report may take it back", async () => {
  const mine = await report("已经挪走了");
  const params = { tracking: mine.tracking };
  const body = { reason: "已经没有了" };
  const { json } = await ask(server, "post", "/api/v1/track/{tracking}/withdraw", 200, { params, body });
  assert.equal(json.status, "withdrawn");
});

// ---- staff ------------------------------------------------------------------------------------------------

test("staff log in, are known by cookie or bearer token, and log out", async () => {
  const { login, password } = server.demo.logins.find((l) => l.role === "worker");
  const made = await ask(server, "post", "/api/v1/session", 200, { body: { login, password } });
  assert.match(made.headers.getSetCookie()[0], /^mashang_session=.+HttpOnly; SameSite=Lax/);
  const wrong = await ask(server, "post", "/api/v1/session", 401, { body: { login, password: "x" } });
  assert.equal(wrong.json.key, "error.login_failed");
  const guest = await server.login(login);
  const bearer = { Authorization: `Bearer ${guest.cookie.split("=")[1]}` };
  assert.equal((await ask(server, "get", "/api/v1/session", 200, { headers: bearer })).json.id, made.json.id);
  await ask(guest, "delete", "/api/v1/session", 403, { headers: { "X-CSRF-Token": "" } });
  await ask(guest, "delete", "/api/v1/session", 204);
  await ask(guest, "get", "/api/v1/session", 401);
});

test("the owner finds the case among his tasks, and why it is his", async () => {
  staff.owner = await client_of(story.receipt.owner);
  const { json } = await ask(staff.owner, "get", "/api/v1/tasks", 200, { query: { limit: 200 } });
  const task = json.items.find((item) => item.number === story.number);
  assert.ok(task, "the case is among the tasks");
  assert.equal(task.party, "owner");
  assert.ok(task.allowed.includes("sign-off"));
  const params = { number: story.number };
  const why = (await ask(staff.owner, "get", `${case_path}/decision`, 200, { params })).json;
  assert.equal(why.rules.filter((rule) => rule.matched).length, 1);
  assert.equal(why.regenerated, true);
  assert.equal(why.owner.name, story.receipt.owner.name);
  story.people = (await ask(staff.owner, "get", `${case_path}/people`, 200, { params })).json;
});

test("lists are cut into pages that together hold each case once", async () => {
  const officer = (staff.district = await server.login("district"));
  const seen = new Set();
  let query = { status: "open", limit: 50 };
  let total;
  for (let page = 0; page < 40; page += 1) {
    const { json } = await ask(officer, "get", "/api/v1/cases", 200, { query });
    total ??= json.total;
    for (const item of json.items) assert.ok(!seen.has(item.number), `${item.number} came twice`);
    for (const item of json.items) seen.add(item.number);
    if (!json.next_cursor) break;
    query = { ...query, cursor: json.next_cursor };
  }
  assert.equal(seen.size, total);
  const bad = await ask(officer, "get", "/api/v1/cases", 400, { query: { limit: 0 } });
  assert.equal(bad.json.errors[0].pointer, "/query/limit");
});

test("the owner signs off, brings in a unit, responds and closes; each answer is the case", async () => {
  const before_all = await get_case(staff.owner);
  const stale = { revision: before_all.revision + 7 };
  assert.equal((await command(staff.owner, "sign-off", stale, 409)).json.revision, before_all.revision);
  const key = { "Idempotency-Key": new_key() };
  const body = { revision: before_all.revision };
  const signed = await command(staff.owner, "sign-off", body, 200, story.number, key);
  assert.equal(signed.json.status, "signed_off");
  const replayed = await command(staff.owner, "sign-off", body, 200, story.number, key);
  assert.equal(replayed.headers.get("idempotent-replayed"), "true");
  const refused = await command(staff.owner, "sign-off", {}, 422);
  assert.ok(refused.json.allowed.includes("respond"));
  const helping = new Set(signed.json.co_handlers.map((each) => each.id));
  const unit = story.people.units.find((each) => !helping.has(each.id));
  assert.ok(unit, "there is a unit to bring in");
  const asked = { unit: unit.id, limit: "8wh", note: "请协助" };
  const shared = await command(staff.owner, "add-co-handler", asked);
  for (const part of shared.json.parts.filter((each) => each.state === "open"))
    await command(staff.owner, "waive-part", { part: part.id, reason: "自行处理" });
  const responded = await command(staff.owner, "respond", { note: "已到场" });
  assert.equal(responded.json.status, "responded");
  story.after = await send_photo(staff.owner);
  const closed = await command(staff.owner, "close", { result: "已摆放整齐", media: [story.after] });
  assert.equal(closed.json.status, "in_review");
  const params = { id: story.after };
  await ask(staff.owner, "get", "/api/v1/media/{id}", 200, { params, query: { size: "thumb" } });
});

test("a reviewer sends it back, then approves; the resident rates it", async () => {
  const reviewing = (await get_case(staff.owner)).clocks.find((clock) => clock.stage === "review");
  staff.reviewer = await client_of(reviewing.party);
  await command(staff.reviewer, "review", { decision: "redo", note: "照片看不清" });
  const again = await send_photo(staff.owner);
  await command(staff.owner, "close", { result: "已重新整理", media: [again] });
  const approved = await command(staff.reviewer, "review", { decision: "approve", note: "可以" });
  assert.equal(approved.json.status, "closed");
  const told = await track();
  assert.equal(told.can.rate, true);
  const params = { tracking: story.tracking };
  const path = "/api/v1/track/{tracking}/rating";
  const low = await ask(server, "post", path, 400, { params, body: { score: 1 } });
  assert.equal(low.json.errors[0].pointer, "/comment");
  const rated = await ask(server, "post", path, 200, { params, body: { score: 5 } });
  assert.equal(rated.json.rating.score, 5);
});

test("the server knows every command of the document, and answers a wrong one as documented", async () => {
  const op = document.paths[`${case_path}/{command}`].post;
  const param = op.parameters.find((each) => each.name === "command");
  for (const name of param.schema.enum) {
    const answer = await staff.owner.post(`/api/v1/cases/${story.number}/${name}`, {});
    check_answer(`command ${name}`, op, answer);
    assert.ok([400, 403, 422].includes(answer.status), `${name}: ${answer.status} ${answer.text}`);
  }
  const unknown = await staff.owner.post(`/api/v1/cases/${story.number}/paint`, {});
  assert.equal(unknown.status, 404);
});

// ---- the office -------------------------------------------------------------------------------------------

test("the office reads every measure, as a document and as a spreadsheet, and the map", async () => {
  const officer = staff.district;
  const path = "/api/v1/metrics/{report}";
  const measured = async (name, query = {}) => {
    const { json } = await ask(officer, "get", path, 200, { params: { report: name }, query });
    const shape = document.components.schemas[`Metrics_${name}`];
    assert.deepEqual(findings(document, shape, json), [], name);
    return json;
  };
  const { figures } = await measured("summary");
  assert.ok(figures.reports >= 2 && figures.satisfaction.n >= 1);
  for (const name of ["stages", "map", "trend", "topics"]) await measured(name);
  for (const group_by of ["division", "matter", "owner"]) await measured("ranking", { group_by });
  const params = { report: "ranking" };
  const csv = await ask(officer, "get", `${path}.csv`, 200, { params });
  assert.deepEqual([...csv.bytes.slice(0, 3)], [0xef, 0xbb, 0xbf]);
  const book = await ask(officer, "get", `${path}.xlsx`, 200, { params });
  assert.equal(new TextDecoder().decode(book.bytes.slice(0, 2)), "PK");
  for (const level of ["grid", "community", "street"]) {
    const map = (await ask(officer, "get", "/api/v1/territory", 200, { query: { level } })).json;
    assert.ok(map.features.length > 0);
    assert.ok(map.features.every((feature) => feature.properties.made_up === true));
  }
  await ask(server, "get", "/api/v1/matters", 200);
});

test("the office issues a code, prints it and takes it out of use", async () => {
  const officer = staff.district;
  const { lat, lon } = story.receipt.place;
  const place = { name: "求是路公交站", address: "求是路 8 号", kind: "bus_stop", lat, lon };
  const item = (await ask(officer, "post", "/api/v1/codes", 201, { body: { place } })).json;
  const params = { id: item.id };
  assert.match((await ask(officer, "get", "/api/v1/codes/{id}.svg", 200, { params })).text, /<svg/);
  const png = await ask(officer, "get", "/api/v1/codes/{id}.png", 200, { params });
  assert.deepEqual([...png.bytes.slice(1, 4)], [0x50, 0x4e, 0x47]);
  const list = (await ask(officer, "get", "/api/v1/codes", 200, { query: { limit: 5 } })).json;
  assert.equal(list.items.length, 5);
  await ask(server, "get", "/api/v1/codes/{token}", 200, { params: { token: item.token } });
  const body = { reason: "牌子被拆" };
  const gone = (await ask(officer, "post", "/api/v1/codes/{id}/revoke", 200, { params, body })).json;
  assert.equal(gone.state, "revoked");
  const answer = await ask(server, "get", "/api/v1/codes/{token}", 410, { params: { token: item.token } });
  assert.equal(answer.json.key, "error.code_revoked");
  await ask(server, "get", "/c/{token}", 410, { params: { token: item.token } });
  const headers = { "Idempotency-Key": new_key() };
  const late = { token: item.token, text: "还能报吗" };
  await ask(server, "post", "/api/v1/reports", 410, { body: late, headers });
});

test("a live line tells of a new case at once, resumes after an event and says when it cannot", async () => {
  const line = await open_line(server.url, staff.district.cookie);
  assert.equal(line.headers.get("content-type").split(";")[0], "text/event-stream");
  await line.next((event) => event.name === "ready", 2000);
  const fresh = await report("路灯下又停了一排");
  const event = await line.next((each) => each.data?.number === fresh.number, 1000);
  const shape = document.components.schemas.LiveCase;
  assert.deepEqual(findings(document, shape, event.data), []);
  await line.close();
  const second = await report("第二处");
  const resumed = await open_line(server.url, staff.district.cookie, { "Last-Event-ID": event.id });
  await resumed.next((each) => each.data?.number === second.number, 2000);
  await resumed.close();
  const lost = await open_line(server.url, staff.district.cookie, { "Last-Event-ID": "another-run-1" });
  await lost.next((each) => each.name === "reset", 2000);
  await lost.close();
  called.add("get /api/v1/live");
  story.late = fresh.number;
});

test("the test clock lets sign-off lapse: it is overdue, and the leader has a message", async () => {
  const body = { advance_ms: 30 * 24 * 60 * minute_ms };
  const moved = (await ask(server, "post", "/api/v1/test/clock", 200, { body })).json;
  assert.ok(moved.fired > 0);
  const officer = await server.login("district");
  assert.equal((await get_case(officer, story.late)).overdue, true);
  const leader = await server.login("leader");
  const { json } = await ask(leader, "get", "/api/v1/messages", 200);
  assert.ok(json.items.length > 0);
  const params = { id: json.items[0].id };
  await ask(leader, "post", "/api/v1/messages/{id}/seen", 204, { params });
  const wishes = { quiet: { from: "22:00", to: "07:00" }, messages_an_hour: 12 };
  await ask(leader, "post", "/api/v1/settings", 200, { body: wishes });
  assert.deepEqual((await ask(leader, "get", "/api/v1/settings", 200)).json, wishes);
  await ask(leader, "post", "/api/v1/settings", 400, { body: { messages_an_hour: 0 } });
});

test("documents are drafted, checked and put in force; the audit tells of it", async () => {
  const admin = await server.login("administrator");
  const worker = await server.login("worker");
  for (const kind of ["rulesets", "standards", "calendars", "shifts", "catalogue", "territories"]) {
    const path = `/api/v1/${kind}`;
    const { active } = (await ask(admin, "get", path, 200, { query: { limit: 5 } })).json;
    const params = { version: active };
    const { document: body } = (await ask(admin, "get", `${path}/{version}`, 200, { params })).json;
    assert.equal((await ask(admin, "post", `${path}/check`, 200, { body })).json.errors, 0);
    const draft = (await ask(admin, "post", path, 201, { body })).json;
    const target = { params: { version: draft.version } };
    const activate = `${path}/{version}/activate`;
    const dry = await ask(admin, "post", activate, 200, { ...target, body: { dry_run: true } });
    assert.equal(dry.json.possible, true);
    await ask(admin, "post", activate, 200, { ...target, body: { revision: active } });
    await ask(admin, "post", activate, 409, { params, body: { revision: active } });
    await ask(admin, "post", path, 400, { body: { version: 1 } });
    await ask(worker, "get", path, 403);
    await ask(admin, "get", `${path}/{version}`, 404, { params: { version: 4711 } });
  }
  const day = (ahead) => new Date(Date.now() + ahead * 24 * 60 * minute_ms).toISOString().slice(0, 10);
  const span = { from: day(-3), to: day(3) };
  for (const kind of ["rulesets", "standards", "calendars", "shifts"]) {
    const path = `/api/v1/${kind}/simulate`;
    for (const by of [admin, await server.login("district")])
      await ask(by, "post", path, 200, { body: { ...span, version: 1 } });
    await ask(admin, "post", path, 400, { body: span });
    await ask(worker, "post", path, 403, { body: { ...span, version: 1 } });
    await ask(admin, "post", path, 404, { body: { ...span, version: 4711 } });
  }
  for (const kind of ["standards", "calendars"]) {
    const path = `/api/v1/${kind}/{version}/move-cases`;
    const params = { version: 2 };
    const shown = (await ask(admin, "post", path, 200, { params })).json;
    assert.deepEqual([shown.preview, shown.dues], [true, 0]); // the same limits and days
    await ask(admin, "post", path, 200, { params, body: { preview: false } });
    await ask(admin, "post", path, 422, { params: { version: 1 }, body: { preview: false } });
    await ask(worker, "post", path, 403, { params });
    await ask(admin, "post", path, 404, { params: { version: 4711 } });
  }
  const audit = (await ask(admin, "get", "/api/v1/audit", 200, { query: { limit: 6 } })).json;
  assert.equal(audit.items.length, 6);
});

// ---- what is wrong is said where it is wrong --------------------------------------------------------------

test("broken JSON, long texts and wrong types are 400 with a pointer, and make no case", async () => {
  const send = (body, key = new_key()) => server.post("/api/v1/reports", body, { "Idempotency-Key": key });
  const op = document.paths["/api/v1/reports"].post;
  const wrong = [
    ["{\"token\":", ""],
    [{ text: "没有地点" }, "/token"],
    [{ token: story.token }, "/text"],
    [{ token: story.token, text: "长".repeat(2001) }, "/text"],
    [{ token: story.token, text: "词", media: ["no-such-photo"] }, "/media/0"],
    [{ token: story.token, text: "词", matter_code: "S99999999999" }, "/matter_code"],
    [{ token: story.token, text: "词", position: { lat: 91, lon: 0, system: "wgs84" } }, "/position/lat"],
    [{ token: story.token, text: "词", reporter: { phone: "not a phone" } }, "/reporter/phone"],
    [{ token: story.token, text: "词", join: "330106-000000-0000000" }, "/join"],
  ];
  for (const [body, pointer] of wrong) {
    const answer = await send(body);
    check_answer(`report ${pointer}`, op, answer);
    assert.equal(answer.status, 400, answer.text);
    assert.equal(answer.json.errors[0].pointer, pointer, answer.text);
  }
  const keyless = await server.post("/api/v1/reports", { token: story.token, text: "没有键" });
  assert.equal(keyless.json.errors[0].pointer, "/headers/Idempotency-Key");
  const short = await send({ token: story.token, text: "键太短" }, "short");
  assert.equal(short.status, 400);
});

test("strangers: forged tokens, other scopes, other posts, no session", async () => {
  const forged = story.token.slice(0, -1) + (story.token.endsWith("0") ? "1" : "0");
  await ask(server, "get", "/api/v1/codes/{token}", 403, { params: { token: forged } });
  await ask(server, "get", "/c/{token}", 403, { params: { token: forged } });
  const middle = story.tracking[20] === "A" ? "B" : "A";
  await track(403, story.tracking.slice(0, 20) + middle + story.tracking.slice(21));
  for (const path of ["tasks", "cases", "codes", "messages", "territory"])
    await ask(server, "get", `/api/v1/${path}`, 401);
  await ask(staff.owner, "get", "/api/v1/codes", 401, { headers: { cookie: "mashang_session=x" } });
  const admin = await server.login("administrator");
  await ask(admin, "get", "/api/v1/cases", 403);
  await ask(admin, "get", case_path, 404, { params: { number: story.number } });
  const far = server.demo.logins.find((l) => l.role === "worker" && l.name !== story.receipt.owner.name);
  const stranger = await server.login(far.login);
  await ask(stranger, "get", case_path, 404, { params: { number: story.number } });
  assert.equal((await command(stranger, "sign-off", {}, 404)).json.key, "error.not_found");
});

test("pictures that are none, bodies that are too large, methods that are not there", async () => {
  const headers = { "X-Place-Token": story.token, "Content-Type": "image/jpeg" };
  await ask(server, "post", "/api/v1/media", 415, { body: "this is no picture", headers });
  const png = { "Content-Type": "image/png" };
  await ask(server, "post", "/api/v1/media", 401, { body: png_picture(8, 8), headers: png });
  const form = new FormData();
  form.append("file", new Blob([png_picture(32, 32)], { type: "image/png" }), "photo.png");
  await ask(server, "post", "/api/v1/media", 201, { body: form, headers: { "X-Place-Token": story.token } });
  const wide = await server.post("/api/v1/media", png_picture(50_000, 1), { ...headers, ...png });
  assert.equal(wide.status, 413, wide.text);
  const big = await server.post("/api/v1/session", JSON.stringify({ login: "x".repeat(80_000) }));
  assert.equal(big.status, 413);
  const method = await server.delete("/api/v1/tasks");
  assert.equal(method.status, 405);
  assert.match(method.headers.get("allow"), /GET/);
  assert.equal((await server.get("/api/v1/nothing")).status, 404);
});

test("sentences come in the asker's language", async () => {
  const params = { token: story.token };
  const headers = { "Accept-Language": "zh-CN" };
  const zh = await ask(server, "get", "/api/v1/codes/{token}", 200, { params, headers });
  const en = await ask(server, "get", "/api/v1/codes/{token}", 200, { params });
  assert.notEqual(zh.json.matters[0].name, en.json.matters[0].name);
  const told = await server.get("/api/v1/tasks", headers);
  assert.match(told.json.detail, /\p{Script=Han}/u);
});

test("health, readiness, figures of the process, and the staff's pages", async () => {
  await ask(server, "get", "/healthz", 200);
  await ask(server, "get", "/readyz", 200);
  assert.match((await ask(server, "get", "/metrics", 200)).text, /^mashang_reports_total \d/m);
  assert.match((await ask(server, "get", "/docs", 200)).text, /openapi\.json/);
  await ask(server, "get", "/", 302);
  const assets = {};
  for (const page of ["/worker", "/worker/", "/office", "/office/", "/office/review", "/office/team"]) {
    const html = (await ask(server, "get", page, 200)).text;
    const [, area, file] = html.match(/\/(worker|office)\/assets\/([\w.-]+)/) ?? [];
    if (area) assets[area] = file;
  }
  for (const area of ["worker", "office"]) {
    await ask(server, "get", `/${area}/assets/{file}`, 200, { params: { file: assets[area] } });
    await ask(server, "get", `/${area}/{file}`, 404, { params: { file: "no-such-file.js" } });
  }
});

test("every documented call has been made", () => {
  const missing = operations().filter(({ name }) => !called.has(name));
  assert.deepEqual(missing.map(({ name }) => name), []);
});
