// GET /api/v1/cases and /tasks: filters, pages, bounds, scope, over the made-up past of the demo district.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assert_problem, now_ms, open_district } from "./district.mjs";

let district, server, officer;

before(async () => {
  district = await open_district({ days: 6, morning: false });
  ({ server } = district);
  officer = await district.as("d330106-1");
});
after(() => server?.stop());

async function list(query = {}, by = officer) {
  const answer = await by.get(`/api/v1/cases?${new URLSearchParams(query)}`);
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
}

/** All pages of a list, and how many there were. */
async function every(query, by = officer) {
  const items = [];
  let pages = 0;
  for (let cursor; ; pages += 1) {
    const page = await list(cursor ? { ...query, cursor } : query, by);
    items.push(...page.items);
    if (!page.next_cursor) return { items, pages: pages + 1 };
    cursor = page.next_cursor;
  }
}

const open_statuses = ["waiting", "dispatched", "signed_off", "responded", "in_review"];
const numbers = (items) => items.map((c) => c.number).toSorted();

test("pages join without a gap or a double, in both orders and whatever the page's size", async () => {
  const { total } = await list({ limit: 1 });
  assert.ok(total > 100, `${total} cases to page through`);
  const whole = await every({ limit: 200 });
  assert.equal(whole.items.length, total);
  for (const query of [{ limit: 7 }, { limit: 33, order: "newest" }]) {
    const { items, pages } = await every(query);
    assert.equal(pages, Math.ceil(total / query.limit));
    assert.deepEqual(numbers(items), numbers(whole.items));
    assert.equal(new Set(items.map((c) => c.number)).size, total);
  }
  const newest = (await every({ limit: 50, order: "newest" })).items.map((c) => Date.parse(c.accepted_at));
  assert.deepEqual(
    newest,
    newest.toSorted((a, b) => b - a),
  );
});

test("a case that arrives between two pages makes no gap and no double among the others", async () => {
  const whole = numbers((await every({ limit: 200 })).items);
  const first = await list({ limit: 20 });
  const fresh = await district.report("夹在中间");
  const items = [...first.items];
  for (let cursor = first.next_cursor; cursor;) {
    const page = await list({ limit: 20, cursor });
    items.push(...page.items);
    cursor = page.next_cursor;
  }
  assert.deepEqual(numbers(items.filter((c) => c.number !== fresh.number)), whole);
});

test("limits have bounds and cursors are ours or none", async () => {
  for (const limit of ["0", "201", "-1", "x", "1e2", ""])
    assert_problem(await officer.get(`/api/v1/cases?limit=${limit}`), 400, { pointer: "/query/limit" });
  for (const cursor of ["x", "AAAA", "%2b", "9".repeat(300)])
    for (const path of ["cases", "tasks"])
      assert_problem(await officer.get(`/api/v1/${path}?cursor=${cursor}`), 400, {
        pointer: "/query/cursor",
      });
});

test("status and stage filter alike, and each total is the number of its items", async () => {
  const { items } = await every({ limit: 200 });
  for (const status of [...open_statuses, "closed", "rejected"]) {
    const found = await every({ status, limit: 200 });
    assert.deepEqual(numbers(found.items), numbers(items.filter((c) => c.status === status)), status);
    const first = await list({ status, limit: 1 });
    assert.equal(first.total, found.items.length);
    assert.equal(first.more_than_total, false);
  }
  const open = await every({ status: "open", limit: 200 });
  assert.deepEqual(numbers(open.items), numbers(items.filter((c) => open_statuses.includes(c.status))));
  const two = await every({ status: "closed,in_review", limit: 200 });
  assert.deepEqual(
    numbers(two.items),
    numbers(items.filter((c) => ["closed", "in_review"].includes(c.status))),
  );
  const review = await every({ stage: "review", limit: 200 });
  assert.deepEqual(numbers(review.items), numbers(items.filter((c) => c.status === "in_review")));
  assert_problem(await officer.get("/api/v1/cases?status=done"), 400, { pointer: "/query/status" });
  assert_problem(await officer.get("/api/v1/cases?stage=done"), 400, { pointer: "/query/stage" });
});

test("overdue lists exactly the open cases whose running stage is past due", async () => {
  const { items } = await every({ overdue: "true", limit: 200 });
  const at = await now_ms(server);
  for (const item of items) {
    assert.equal(item.overdue, true);
    assert.ok(open_statuses.includes(item.status));
    const dues = Object.values(item.due).filter(Boolean).map(Date.parse);
    assert.ok(Math.min(...dues) < at, JSON.stringify(item.due));
  }
  const all = await every({ limit: 200 });
  assert.deepEqual(numbers(items), numbers(all.items.filter((c) => c.overdue)));
});

// On the sphere, by the haversine; the server reckons on flat ground.
const metres_between = (a, b) => {
  const rad = (degrees) => (degrees * Math.PI) / 180;
  const half = (degrees) => Math.sin(rad(degrees) / 2) ** 2;
  const h = half(b.lat - a.lat) + Math.cos(rad(a.lat)) * Math.cos(rad(b.lat)) * half(b.lon - a.lon);
  return 2 * 6_371_008.8 * Math.asin(Math.sqrt(h));
};

test("near takes the cases whose place lies within so many metres, and says what it wants", async () => {
  const { items } = await every({ limit: 200 });
  const { place: centre } = items[0];
  for (const metres of [50, 200, 1500, 20000]) {
    const near = metres === 200 ? `${centre.lat},${centre.lon}` : `${centre.lat},${centre.lon},${metres}`;
    const found = await every({ near, limit: 200 });
    const expected = items.filter((c) => metres_between(centre, c.place) <= metres);
    assert.ok(expected.length > 0);
    assert.deepEqual(numbers(found.items), numbers(expected), `${metres} m`);
  }
  for (const near of ["x,y", "91,120", "30,181", "30,120,0", "30,120,20001", "30,120,5,5", "nan,120", "30"])
    assert_problem(await officer.get(`/api/v1/cases?near=${near}`), 400, { pointer: "/query/near" });
});

test("flags take the cases that have each of them", async () => {
  const { items } = await every({ limit: 200 });
  for (const flags of ["supervised", "returning", "supervised,paused"]) {
    const found = await every({ flags, limit: 200 });
    const expected = items.filter((c) => flags.split(",").every((flag) => c.flags.includes(flag)));
    assert.deepEqual(numbers(found.items), numbers(expected), flags);
  }
  assert.ok(items.some((c) => c.flags.includes("supervised")));
  assert_problem(await officer.get("/api/v1/cases?flags=late"), 400, { pointer: "/query/flags" });
});

test("q finds a case by its place and by its owner's name", async () => {
  const { items } = await every({ limit: 200 });
  const { place, owner, number } = items[3];
  for (const q of [place.name, place.serial, owner.name].filter(Boolean)) {
    const found = await every({ q, limit: 200 });
    assert.ok(numbers(found.items).includes(number), q);
    const meant = (c) => [c.place.name, c.place.address, c.place.serial, c.owner.name, c.summary].join(" ");
    // The digits of a place's serial may be a case number's as well.
    if (q === place.serial) continue;
    for (const c of found.items) assert.ok(meant(c).includes(q), `${q} in ${meant(c)}`);
  }
});

test("division is a prefix, matter, owner and dates cut as they say", async () => {
  const { items } = await every({ limit: 200 });
  for (const division of ["330106012", "330106009", "330106012005"]) {
    const found = await every({ division, limit: 200 });
    assert.deepEqual(
      numbers(found.items),
      numbers(items.filter((c) => c.place.grid_code.startsWith(division))),
    );
  }
  const { matter, owner } = items.find((c) => c.matter.code);
  const same = await every({ matter: matter.code, limit: 200 });
  assert.deepEqual(numbers(same.items), numbers(items.filter((c) => c.matter.code === matter.code)));
  const his = await every({ owner: owner.id, limit: 200 });
  assert.deepEqual(numbers(his.items), numbers(items.filter((c) => c.owner.id === owner.id)));
  const [from, to] = [items[5].accepted_at.slice(0, 10), new Date(await now_ms(server)).toISOString()];
  const days = await every({ from, to, limit: 200 });
  const start = Date.parse(`${from}T00:00:00+08:00`);
  const inside = (c) => Date.parse(c.accepted_at) >= start && Date.parse(c.accepted_at) < Date.parse(to);
  assert.deepEqual(numbers(days.items), numbers(items.filter(inside)));
  for (const [name, value] of [
    ["from", "yesterday"],
    ["to", "2026-13-01"],
    ["division", "33010x"],
    ["owner", "nobody"],
  ])
    assert_problem(await officer.get(`/api/v1/cases?${name}=${value}`), 400, { pointer: `/query/${name}` });
});

test("words and numbers are found, and what looks like a query is only words", async () => {
  const mine = await district.report("独角兽%_'\"挡在路口");
  for (const q of ["独角兽", "%_'\"挡", mine.number])
    assert.deepEqual(
      (await list({ q })).items.map((c) => c.number),
      [mine.number],
      q,
    );
  for (const q of ["独角兽' or 1=1 --", "角兽独", "_角兽"])
    assert.deepEqual((await list({ q })).items, [], q);
});

test("everybody sees his own scope: a street its street, a worker his grid, a unit its parts", async () => {
  const { items } = await every({ limit: 200 });
  for (const [login, prefix] of [
    ["o330106012-1", "330106012"],
    ["l330106012005", "330106012005"],
  ]) {
    const by = await district.as(login);
    const seen = await every({ limit: 200 }, by);
    assert.deepEqual(numbers(seen.items), numbers(items.filter((c) => c.place.grid_code.startsWith(prefix))));
    const outside = await every({ limit: 200, division: "330106009" }, by);
    assert.deepEqual(outside.items, []);
  }
  const administrator = await district.as("a330106");
  for (const path of ["cases", "tasks"]) assert_problem(await administrator.get(`/api/v1/${path}`), 403);
});

test("my tasks are mine, the most urgent first, and the counts are those of the list", async () => {
  for (let i = 0; i < 3; i += 1) await district.report(`第 ${i} 件`, { matter_code: "S33010609011" });
  const worker = await district.as("worker");
  const { items, counts } = (await worker.get("/api/v1/tasks?limit=200")).json;
  assert.ok(items.length >= 3);
  assert.equal(counts.open, items.length);
  assert.equal(counts.overdue, items.filter((t) => t.overdue).length);
  assert.equal(counts.dispatched, items.filter((t) => t.status === "dispatched").length);
  const dues = items.map((t) => (t.next_due ? Date.parse(t.next_due) : Infinity));
  assert.deepEqual(
    dues,
    dues.toSorted((a, b) => a - b),
  );
  for (const task of items) assert.equal(task.owner.name, worker.session.name);
  const pages = [];
  for (let cursor = ""; cursor !== null;) {
    const page = (await worker.get(`/api/v1/tasks?limit=2${cursor && `&cursor=${cursor}`}`)).json;
    pages.push(...page.items);
    cursor = page.next_cursor;
  }
  assert.deepEqual(numbers(pages), numbers(items));
});

test("a report without a known phone shows nobody; with one, the number is masked by role", async () => {
  const reporter = { name: "张三丰", phone: "13800001234" };
  const mine = await district.report("有人", { reporter, anonymous: false });
  for (const who of [mine.owner, "d330106-1", "reviewer"]) {
    const { text } = await (await district.as(who)).get(`/api/v1/cases/${mine.number}`);
    assert.ok(!text.includes("13800001234") && !text.includes("三丰"), "masked");
  }
  const hidden = await district.report("无名", { reporter, anonymous: true });
  assert.equal((await district.look(hidden.number)).reports[0].reporter, null);
});
