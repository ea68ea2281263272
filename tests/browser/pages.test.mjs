// Every page, looked at by axe and by its width: Chinese, English and large type, on a phone and on a desk.
// And what the resident page weighs, asks for and says when a code is no good.
import { strict as assert } from "node:assert";
import { after, before, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { open_district } from "../api/district.mjs";
import { desktop, launch, open_screen, phone, picture, serious_findings, sign_in, web } from "./pages.mjs";

const narrow = { width: 320, height: 640 };
const resident_gzip_bytes_max = 30_000;
const reader = { "Accept-Language": "zh" };

let district, browser;
const sessions = new Map();
const roles = ["worker", "reviewer", "leader", "district", "administrator"];
let open_report, closed_report;

const report_text = "单车压住盲道，轮椅过不去。";

async function handled(until) {
  const report = await district.report(report_text, { matter_code: "S33010609011" });
  const give = async (who, command, body) => {
    const { revision } = await district.look(report.number);
    await district.done(who, report.number, command, { revision, ...body });
  };
  await give(report.owner, "sign-off");
  await give(report.owner, "respond");
  const photo = await district.upload(await district.as(report.owner));
  await give(report.owner, "close", { result: "已清理。", media: [photo] });
  if (until === "closed") await give("r330106012-1", "review", { decision: "approve", note: "" });
  return report;
}

before(async () => {
  // Some days of the demo's past, so that lists and charts have something to show.
  district = await open_district({ days: 4, more: web });
  browser = await launch();
  closed_report = await handled("closed");
  await handled("in_review");
  open_report = await district.report("又有几辆单车倒了。", { matter_code: "S33010609011" });
  for (const role of roles) {
    const { page, context } = await open_screen(browser, { screen: desktop, url: district.server.url });
    await sign_in(page, district.server, role, role === "worker" ? "/worker/" : "/office/");
    sessions.set(role, await context.storageState());
    await context.close();
  }
});

after(async () => {
  await browser?.close();
  await district?.server.stop();
});

// Who, where, and what is there once the page shows what it is for.
const pages = () => {
  const { scan_links } = district.server.demo;
  const [known, forged] = [scan_links[0], `${scan_links[1].slice(0, -1)}0`];
  const number = open_report.number;
  return [
    { name: "scan", path: known, ready: "textarea" },
    { name: "forged", path: forged.endsWith("00") ? `${forged.slice(0, -1)}1` : forged, ready: "h1" },
    { name: "track-open", path: open_report.tracking_url, ready: ".steps" },
    { name: "track-closed", path: closed_report.tracking_url, ready: ".star" },
    { name: "login", path: "/worker/", ready: "#login" },
    { name: "tasks", who: "worker", path: "/worker/#/", ready: "article h2" },
    { name: "task", who: "worker", path: `/worker/#/case/${number}`, ready: ".history li" },
    { name: "mine", who: "worker", path: "/worker/#/mine", ready: "dl" },
    { name: "review", who: "reviewer", path: "/office/#/review", ready: "section.review h2" },
    { name: "team", who: "leader", path: "/office/#/team", ready: "li.column" },
    { name: "dashboard", who: "district", path: "/office/#/", ready: "ul.line .value" },
    { name: "cases", who: "district", path: "/office/#/cases", ready: "table tbody tr" },
    { name: "case", who: "district", path: `/office/#/cases/${number}`, ready: ".sentences li" },
    { name: "codes", who: "administrator", path: "/office/#/codes", ready: "main img" },
  ];
};

const manners = [
  { name: "zh" },
  { name: "en", language: "en-GB" },
  { name: "large", large: true },
];

// Everybody at the same time; answers what the consoles complained of.
async function each_page(manner, screen, look) {
  const own_pages = async (who) => {
    const options = { screen, language: manner.language ?? "zh-CN", url: district.server.url };
    const person = await open_screen(browser, { ...options, session: sessions.get(who) });
    if (manner.large) await person.context.addInitScript(() => localStorage.setItem("mashang.large", "1"));
    for (const { name, path, ready } of pages().filter((page) => page.who === who)) {
      await person.page.goto(path);
      await person.page.locator(ready).first().waitFor();
      await look(person.page, `${name}-${manner.name}-${screen.width}`);
    }
    await person.context.close();
    // The forged code is answered by 403, which the browser calls an error too.
    return person.troubles.filter((trouble) => !/ 403 .*\/c\//.test(trouble));
  };
  return (await Promise.all([undefined, ...roles].map(own_pages))).flat();
}

const sideways = () => document.documentElement.scrollWidth - document.documentElement.clientWidth;

for (const manner of manners) {
  test(`a phone: axe finds nothing serious, 320 px hold it all: ${manner.name}`, async () => {
    const found = [];
    const complaints = await each_page(manner, phone, async (page, name) => {
      if (process.env.MASHANG_PICTURES) await picture(page, name, { fullPage: true });
      for (const finding of await serious_findings(page)) found.push(`${name}: ${finding}`);
      await page.setViewportSize(narrow);
      const over_px = await page.evaluate(sideways);
      if (over_px > 0) found.push(`${name}: ${over_px} px wider than the screen`);
      await page.setViewportSize(phone);
    });
    assert.deepEqual([...found, ...complaints], []);
  });

  test(`a desk: axe finds nothing serious: ${manner.name}`, async () => {
    const found = [];
    const complaints = await each_page(manner, desktop, async (page, name) => {
      if (process.env.MASHANG_PICTURES) await picture(page, name);
      for (const finding of await serious_findings(page)) found.push(`${name}: ${finding}`);
    });
    assert.deepEqual([...found, ...complaints], []);
  });
}

test("a code that is unknown, forged or revoked says so, and how to report otherwise", async () => {
  const { server, tokens } = district;
  const administrator = await district.as("administrator");
  const place = { name: "临时岗亭", address: "求是路 1 号", kind: "gate", lat: 30.2370119, lon: 120.1115057 };
  const issued = (await administrator.post("/api/v1/codes", { place })).json;
  const revoked = await administrator.post(`/api/v1/codes/${issued.id}/revoke`, { reason: "撤下" });
  assert.ok(revoked.status < 300, revoked.text);
  const person = await open_screen(browser, { url: server.url });
  const last = tokens[0].at(-1) === "0" ? "1" : "0";
  for (const [token, status, words] of [
    [issued.token, 410, "这个码已停用"],
    [tokens[0].slice(0, -1) + last, 403, "这个码不是真的"],
    ["NOTACODE", 403, "这个码不是真的"],
  ]) {
    const answer = await person.page.goto(`/c/${token}`);
    assert.equal(answer.status(), status);
    await person.page.getByRole("heading", { level: 1, name: words }).waitFor();
    await person.page.getByText("换一种方式反映").waitFor();
    await person.page.getByText("小心被覆盖的码").waitFor();
    await picture(person.page, `refused-${status}`);
  }
  await person.context.close();
});

test("the resident page paints after one request, and is under 30 KB on the wire", async () => {
  const { server, tokens } = district;
  const person = await open_screen(browser, { url: server.url });
  const asked = [];
  person.page.on("request", (request) => asked.push(request.url()));
  await person.page.goto(`/c/${tokens[0]}`);
  await person.page.locator("textarea").waitFor();
  const before_paint = await person.page.evaluate(() => {
    const [paint] = performance.getEntriesByName("first-contentful-paint");
    return performance.getEntriesByType("resource").filter((one) => one.startTime < paint.startTime).length;
  });
  assert.equal(before_paint, 0);
  assert.deepEqual(asked.filter((url) => !url.startsWith("data:")), [`${server.url}/c/${tokens[0]}`]);
  await person.finish();

  const plain = (await server.get(`/c/${tokens[0]}`, reader)).bytes.length;
  const bytes = await wire_bytes(`${server.url}/c/${tokens[0]}`);
  console.log(`# the resident page: ${bytes.length} bytes gzipped on the wire, ${plain} unpacked`);
  assert.ok(gunzipSync(bytes).length > bytes.length);
  assert.ok(bytes.length < resident_gzip_bytes_max, `${bytes.length} bytes`);
});

/** The body as it was sent; fetch() would unpack it. */
async function wire_bytes(url) {
  const { get } = await import("node:http");
  return await new Promise((resolve, reject) => {
    get(url, { headers: { ...reader, "Accept-Encoding": "gzip" } }, (answer) => {
      const pieces = [];
      answer.on("data", (piece) => pieces.push(piece));
      answer.on("end", () => resolve(Buffer.concat(pieces)));
    }).on("error", reject);
  });
}
