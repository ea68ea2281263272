// Opens real pages in Chromium for the browser tests: one browser a test file, one context a person.
//
// A person's page keeps what the console said, what the content policy refused and which answers were server
// errors; `troubles` lists them, and finish() fails when there are any. Screenshots go to build/screenshots.
import { strict as assert } from "node:assert";
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const web_packages = createRequire(join(root, "web/package.json"));
const playwright = await import(pathToFileURL(web_packages.resolve("playwright-core")).href);
const chromium = (playwright.default ?? playwright).chromium;

const axe_source = web_packages.resolve("axe-core/axe.min.js");
export const screenshots = join(root, "build/screenshots");

export const phone = { width: 360, height: 740 };
export const desktop = { width: 1366, height: 768 };

let axe_text;
const answer_ms_max = 10_000;

/** For start_server: MASHANG_WEB names a folder of built pages to take instead of those inside the binary. */
export const web = process.env.MASHANG_WEB ? ["--web", process.env.MASHANG_WEB] : [];

/** Steps of one story: test() whose first failure pictures every screen and skips what comes after it. */
export function storyline(screens_now) {
  let broken = "";
  return (name, step) =>
    test(name, async (t) => {
      if (broken) return t.skip(`after: ${broken}`);
      try {
        return await step(t);
      } catch (error) {
        broken = name;
        for (const [who, screen] of Object.entries(screens_now()))
          await picture(screen.page, `failed-${who}`, { fullPage: true }).catch(() => {});
        throw error;
      }
    });
}

export async function launch() {
  const browser = await chromium.launch({
    executablePath: process.env.MASHANG_CHROMIUM ?? "/usr/bin/chromium",
    headless: true,
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"],
  });
  return browser;
}

/** A person before a screen of his own: {page, context, troubles, finish()}. */
export async function open_screen(browser, { screen = phone, language = "zh-CN", url, session } = {}) {
  const context = await browser.newContext({
    viewport: screen,
    locale: language,
    timezoneId: "Asia/Shanghai",
    reducedMotion: "reduce",
    isMobile: screen.width < 600,
    hasTouch: screen.width < 600,
    baseURL: url,
    storageState: session,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(answer_ms_max);
  const troubles = [];
  page.on("console", (message) => {
    // Asking who is signed in, when nobody is, is answered by 401: the browser calls that an error.
    const nobody = message.location().url.endsWith("/api/v1/session") && / 401 /.test(message.text());
    if (message.type() === "error" && !nobody) troubles.push(`${message.text()} ${message.location().url}`);
  });
  page.on("pageerror", (error) => troubles.push(String(error)));
  page.on("response", (answer) => {
    if (answer.status() >= 500) troubles.push(`${answer.status()} ${answer.url()}`);
  });
  return {
    page,
    context,
    troubles,
    async finish() {
      await context.close();
      assert.deepEqual(troubles, [], "nothing on the console, nothing refused by the content policy");
    },
  };
}

/** Signs in through the form, as the first of that role in demo.json, or by login; answers the login. */
export async function sign_in(page, server, who, path) {
  const { logins } = server.demo;
  const found = logins.find((one) => one.login === who) ?? logins.find((one) => one.role === who);
  assert.ok(found, `demo.json has a login for ${who}`);
  await page.goto(path);
  await page.fill("#login", found.login);
  await page.fill("#password", found.password);
  await page.click("button[type=submit]");
  await page.locator("#login").waitFor({ state: "detached" });
  await page.locator("main h1").first().waitFor();
  return found;
}

export async function picture(page, name, options = {}) {
  await mkdir(screenshots, { recursive: true });
  await page.screenshot({ path: join(screenshots, `${name}.png`), ...options });
}

// Runs in the browser: sky, kerb, pavement and a row of bicycles; answers a data address.
function paint({ width, height, colour, bicycles }) {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const pen = canvas.getContext("2d");
  const ground = pen.createLinearGradient(0, 0, 0, height);
  const shades = { 0: "#b9d3e4", 0.45: "#dfe9ee", 0.46: "#8f9a86", 0.6: "#a8a39a", 1: "#8b867e" };
  for (const [at, shade] of Object.entries(shades)) ground.addColorStop(Number(at), shade);
  pen.fillStyle = ground;
  pen.fillRect(0, 0, width, height);
  pen.strokeStyle = colour;
  const r = width * 0.045;
  const draw = (thick, path) => {
    pen.lineWidth = thick * r;
    pen.stroke(new Path2D(path));
  };
  for (let n = 0; n < bicycles; n += 1) {
    const x = width * 0.12 + n * 1.9 * r;
    const y = height * (0.66 + (n % 3) * 0.07);
    for (const hub of [x, x + 2.3 * r])
      draw(0.1, `M${hub - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`);
    draw(0.16, `M${x} ${y}l${0.7 * r} ${-1.2 * r}h${1.2 * r}l${-0.9 * r} ${1.2 * r}z`);
    draw(0.16, `M${x + 2.3 * r} ${y}l${-0.5 * r} ${-1.7 * r}h${0.4 * r}`);
    draw(0.16, `M${x + 0.7 * r} ${y - 1.2 * r}v${-0.4 * r}m${-0.3 * r} 0h${0.6 * r}`);
  }
  return canvas.toDataURL("image/jpeg", 0.85);
}

/** A JPEG as a phone takes it, painted by the browser. */
export async function jpeg(browser, { colour, bicycles, width = 1600, height = 1200 }) {
  const page = await browser.newPage();
  const address = await page.evaluate(paint, { width, height, colour, bicycles });
  await page.close();
  return Buffer.from(address.split(",")[1], "base64");
}

/** As Playwright takes a file for an input. */
export const file_of = (buffer, name = "photo.jpg") => ({ name, mimeType: "image/jpeg", buffer });

/** What axe finds that is serious or worse: "rule: selector". */
export async function serious_findings(page) {
  // Evaluated, not added as a tag: the page's content policy would rightly refuse the tag.
  axe_text ??= await readFile(axe_source, "utf8");
  await page.evaluate(axe_text);
  // The map's hundreds of grids are one picture to axe, as they are to a reader: the table tells them.
  const result = await page.evaluate(() =>
    globalThis.axe.run(
      { exclude: [".leaflet-overlay-pane"] },
      { resultTypes: ["violations"], runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] },
    ),
  );
  return result.violations
    .filter((violation) => ["serious", "critical"].includes(violation.impact))
    .flatMap((violation) => violation.nodes.map((node) => `${violation.id}: ${node.target.join(" ")}`));
}
