// The office's figures: what a few cases played by hand come to, and who may read them.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assert_problem, minute_ms, open_district } from "./district.mjs";

let district, server, officer;
const bicycles = { matter_code: "S33010609011" };
const kinds = ["summary", "stages", "map", "trend", "ranking", "topics"];

// Five reports on one morning: one closed on time and praised, one closed late and found wanting, one
// overdue,
// one withdrawn, one still within its time.
before(async () => {
  district = await open_district();
  ({ server } = district);
  const send = (text) => district.report(text, bicycles);
  const finish = async ({ number, owner }) => {
    await district.done(owner, number, "sign-off");
    await district.done(owner, number, "close", { result: "好了" });
    await district.done("reviewer", number, "review", { decision: "approve" });
  };
  const rate = ({ tracking }, body) => server.post(`/api/v1/track/${tracking}/rating`, body);
  const [good, late] = [await send("好"), await send("晚")];
  await send("无人");
  const back = await send("撤");
  await finish(good);
  assert.equal((await rate(good, { score: 5 })).status, 200);
  await server.post(`/api/v1/track/${back.tracking}/withdraw`, {});
  await server.advance(320 * minute_ms); // 14:20, past closure's 14:00
  await finish(late);
  assert.equal((await rate(late, { score: 1, comment: "没修好" })).status, 200);
  await send("刚到");
  officer = await district.as("d330106-1");
});
after(() => server?.stop());

const read = async (kind, query = "", by = officer) => {
  const answer = await by.get(`/api/v1/metrics/${kind}${query}`);
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
};

test("the day's figures are those of the cases that were played", async () => {
  const { figures, last_week } = await read("summary");
  assert.equal(figures.reports, 5);
  assert.equal(figures.overdue_now, 1, "the one nobody signed off");
  const [n, of] = [figures.closed_on_time.n, figures.closed_on_time.of];
  // Due to be closed: the two that were, and the one past due; not the withdrawn, not the one within its
  // time.
  assert.deepEqual([n, of], [1, 3]);
  assert.equal(figures.closed_on_time.rate, 1 / 3);
  assert.deepEqual([figures.satisfaction.n, figures.satisfaction.of], [1, 2]);
  assert.equal(last_week.reports, 0);
  assert.equal(last_week.satisfaction.rate, null, "nothing of nothing is no rate");
});

test("stages tell how many, how late and how long", async () => {
  const { items } = await read("stages");
  const of = (stage) => items.find((item) => item.stage === stage);
  for (const stage of ["sign_off", "response", "closure"]) {
    assert.ok(of(stage), stage);
    assert.ok("p50" in of(stage).net_working_ms && "p90" in of(stage).gross_ms);
  }
  assert.ok(of("sign_off").breached >= 2);
  assert.equal(of("closure").limit_ms_p50, 3 * 3_600_000);
});

test("map, trend, ranking and topics add up to the same day", async () => {
  const map = await read("map");
  assert.equal(
    map.items.reduce((sum, grid) => sum + grid.reports, 0),
    5,
  );
  const trend = await read("trend");
  assert.equal(trend.items.at(-1).reports, 5);
  for (const group_by of ["division", "matter", "owner"]) {
    const { items } = await read("ranking", `?group_by=${group_by}`);
    assert.equal(
      items.reduce((sum, row) => sum + row.reports, 0),
      5,
      group_by,
    );
    for (const row of items) assert.ok(row.key && row.name);
  }
  assert.ok((await read("topics")).items.length > 0);
});

test("filters cut every figure alike, and a scope is never widened by one", async () => {
  assert.equal((await read("summary", "?division=330106009")).figures.reports, 0);
  assert.equal((await read("summary", "?division=330106012005")).figures.reports, 5);
  assert.equal((await read("summary", "?matter=S33010609011")).figures.reports, 5);
  assert.equal((await read("summary", "?matter=B33010601001")).figures.reports, 0);
  assert.equal((await read("summary", "?from=2025-03-01&to=2025-03-02")).figures.reports, 0);
  const elsewhere = await district.as("o330106009-1");
  for (const query of ["", "?division=330106012", "?division=330106"])
    assert.equal((await read("summary", query, elsewhere)).figures.reports, 0, query);
});

test("sheets hold the same figures: CSV with a BOM, xlsx as a package", async () => {
  for (const kind of kinds) {
    const csv = await officer.get(`/api/v1/metrics/${kind}.csv`);
    assert.equal(csv.status, 200, csv.text);
    assert.deepEqual([...csv.bytes.slice(0, 3)], [0xef, 0xbb, 0xbf]);
    assert.match(csv.headers.get("content-type"), /^text\/csv/);
    const xlsx = await officer.get(`/api/v1/metrics/${kind}.xlsx`);
    assert.equal(new TextDecoder().decode(xlsx.bytes.slice(0, 2)), "PK");
    assert.match(xlsx.headers.get("content-disposition"), /attachment/);
  }
});

test("questions that make no sense are pointed at", async () => {
  for (const [query, pointer] of [
    ["from=x", "/query/from"],
    ["to=2026-02-30", "/query/to"],
    ["division=33010x", "/query/division"],
    ["group_by=colour", "/query/group_by"],
  ]) {
    const kind = query.startsWith("group") ? "ranking" : "summary";
    assert_problem(await officer.get(`/api/v1/metrics/${kind}?${query}`), 400, { pointer });
  }
  assert_problem(await officer.get("/api/v1/metrics/none"), 404);
  assert_problem(await officer.get("/api/v1/metrics/summary.pdf"), 404);
});

test("a worker is shown how he stands himself, and nobody else's standing", async () => {
  const everybody = await read("ranking", "?group_by=owner");
  assert.equal(everybody.items.length, 1);
  const owner = await district.as(server.demo.logins.find((l) => l.name === everybody.items[0].name).login);
  const own = await read("ranking", "?group_by=division", owner);
  assert.deepEqual(own.items, everybody.items);
  const other = server.demo.logins.find((l) => l.role === "worker" && l.name !== everybody.items[0].name);
  assert.deepEqual((await read("ranking", "", await district.as(other.login))).items, []);
  assert_problem(await owner.get("/api/v1/metrics/summary"), 403);
});

test("no session, no figures; administrators and units see none", async () => {
  for (const kind of kinds) {
    assert_problem(await server.get(`/api/v1/metrics/${kind}`), 401);
    assert_problem(await (await district.as("a330106")).get(`/api/v1/metrics/${kind}`), 403);
  }
});
