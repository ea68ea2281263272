// The story with trouble: nobody signs off in time and the next rung hears of it; a reviewer sends work back
// and the worker reads why; a resident is dissatisfied, and another reviewer looks at it under supervision.
import { strict as assert } from "node:assert";
import { after, before } from "node:test";
import { minute_ms, now_ms, open_district } from "../api/district.mjs";
import { desktop, file_of, jpeg, launch, open_screen, picture, sign_in, storyline, web } from "./pages.mjs";

const step = storyline(() => ({ worker, leader, reviewer, other, office, resident }));
const first_reviewer = "r330106012-1";
const second_reviewer = "r330106012-2";

let district, browser;
let worker, leader, reviewer, other, office, resident;
let report, photo;

before(async () => {
  district = await open_district({ more: web });
  browser = await launch();
  photo = await jpeg(browser, { colour: "#2b62c8", bicycles: 3 });
  const { url } = district.server;
  const at_a_desk = () => open_screen(browser, { screen: desktop, url });
  [worker, resident] = [await open_screen(browser, { url }), await open_screen(browser, { url })];
  [leader, reviewer, other, office] = [
    await at_a_desk(),
    await at_a_desk(),
    await at_a_desk(),
    await at_a_desk(),
  ];
});

after(async () => {
  await browser?.close();
  await district?.server.stop();
});

const advance_past = async (due) => {
  const wait_ms = Date.parse(due) - (await now_ms(district.server)) + minute_ms;
  return await district.server.advance(wait_ms);
};
const about_it = (page, selector) => page.locator(selector, { hasText: report.place.name });
const dialog_of = (page) => page.locator("dialog[open]");

async function close_from_the_page(result) {
  const { page } = worker;
  await page.getByRole("button", { name: "办结", exact: true }).click();
  await dialog_of(page).locator("textarea").fill(result);
  await dialog_of(page).locator("input[type=file]").setInputFiles(file_of(photo));
  await dialog_of(page).locator(".picked img").waitFor();
  await dialog_of(page).getByRole("button", { name: "办结", exact: true }).click();
  await page.locator(".marks", { hasText: "待审核" }).waitFor();
}

step("a sign-off that lapses is told to the leader, and stands on the office's overdue board", async () => {
  const { server } = district;
  await sign_in(worker.page, server, "worker", "/worker/");
  await sign_in(leader.page, server, "leader", "/office/#/team");
  await sign_in(office.page, server, "district", "/office/");
  await office.page.getByText("没有超时案件").waitFor();

  report = await district.report("井盖旁的单车倒了一地，没人扶。", { matter_code: "S33010609011" });
  assert.equal(report.owner.name, "李敏");
  await about_it(worker.page, "article").waitFor();
  await resident.page.goto(report.tracking_url);
  await advance_past(report.due.sign_off);

  const told = (await (await district.as("leader")).get("/api/v1/messages")).json.items;
  assert.ok(
    told.some((message) => message.number === report.number && message.what === "told.due"),
    JSON.stringify(told),
  );
  // None of the pages that stand open is reloaded.
  await leader.page.locator(".messages summary .mark").waitFor();
  await leader.page.locator(".messages summary").click();
  await leader.page.locator(".messages li", { hasText: report.number }).first().waitFor();
  await leader.page.locator("li.column", { hasText: "李敏" }).locator("h2", { hasText: "超时" }).waitFor();
  await picture(leader.page, "trouble-1-leader");
  await leader.page.keyboard.press("Escape");
  await about_it(office.page, "main ol a.item").waitFor();
  await picture(office.page, "trouble-2-office");
  await about_it(worker.page, "article.overdue").waitFor();
  await resident.page.evaluate(() => globalThis.dispatchEvent(new Event("focus")));
  await resident.page.locator(".steps .overdue", { hasText: "超时" }).waitFor();
  await picture(resident.page, "trouble-3-resident");
});

step("work that a reviewer sends back comes to the worker with the reason", async () => {
  const { page } = worker;
  await about_it(page, "article").getByRole("button", { name: "签收" }).click();
  await about_it(page, "article").getByRole("link").first().click();
  await page.getByRole("button", { name: "响应", exact: true }).click();
  await dialog_of(page).getByRole("button", { name: "响应", exact: true }).click();
  await page.locator(".marks", { hasText: "处理中" }).waitFor();
  await close_from_the_page("扶起来了。");
  const submitted = await district.look(report.number);
  assert.equal(submitted.status, "in_review");

  await sign_in(reviewer.page, district.server, first_reviewer, "/office/#/review");
  await reviewer.page.locator("section.review", { hasText: report.number }).waitFor();
  await reviewer.page.keyboard.press("r");
  await dialog_of(reviewer.page).locator("label.choice", { hasText: "返工" }).click();
  await dialog_of(reviewer.page).locator("textarea").fill("井盖一侧还有三辆，请一并清走。");
  await picture(reviewer.page, "trouble-4-redo");
  await dialog_of(reviewer.page).getByRole("button", { name: "返工", exact: true }).click();

  await page.locator(".marks", { hasText: "处理中" }).waitFor();
  await page.getByText("井盖一侧还有三辆，请一并清走。").waitFor();
  await picture(page, "trouble-5-worker", { fullPage: true });
  const redone = await district.look(report.number);
  const closure = (document) => document.clocks.find((clock) => clock.stage === "closure");
  assert.equal(redone.status, "responded");
  assert.equal(closure(redone).attempt, 1, "the closure clock goes on");
  assert.equal(closure(redone).original_due, closure(submitted).original_due);
});

step("one star needs a reason, and puts the case in review again under supervision", async () => {
  await close_from_the_page("井盖两侧都清走了。");
  const review = reviewer.page.locator("section.review", { hasText: report.number });
  await review.locator("button.go:not([disabled])").waitFor();
  await reviewer.page.keyboard.press("a");
  await review.waitFor({ state: "detached" });
  const { page } = resident;
  await page.reload();
  await page.getByText("您满意吗？").waitFor();
  await page.locator("label.star").first().click();
  await page.getByRole("button", { name: "提交评价" }).click();
  await page.getByText("请写明哪里不满意").waitFor();
  await page.getByLabel("哪里不满意？").fill("第二天又倒了一地，没有人管。");
  await picture(page, "trouble-6-one-star");
  await page.getByRole("button", { name: "提交评价" }).click();
  await page.getByText("谢谢您的评价").first().waitFor();
  await page.getByText("正在审核").first().waitFor();
  const again = await district.look(report.number);
  assert.equal(again.status, "in_review");
  assert.deepEqual(again.flags.includes("supervised"), true);
});

step("the reviewer who approved may not judge it again; another has it done once more", async () => {
  const { page } = other;
  const refused = await district.give(first_reviewer, report.number, "review", {
    revision: (await district.look(report.number)).revision,
    decision: "approve",
    note: "没有问题",
  });
  assert.ok([403, 422].includes(refused.status), refused.text);

  await sign_in(page, district.server, second_reviewer, "/office/#/review");
  const review = page.locator("section.review", { hasText: report.number });
  await review.locator(".marks", { hasText: "督办中" }).waitFor();
  await page.keyboard.press("r");
  await dialog_of(page).locator("label.choice", { hasText: "返工" }).click();
  await dialog_of(page).locator("textarea").fill("请联系单车公司增加摆放人员。");
  await dialog_of(page).getByRole("button", { name: "返工", exact: true }).click();
  await worker.page.getByText("请联系单车公司增加摆放人员。").waitFor();
  await worker.page.locator(".marks", { hasText: "督办中" }).waitFor();
});

step("the office sees that it is supervised, and the resident that it is being handled again", async () => {
  const { page } = office;
  await page.goto(`/office/#/cases/${report.number}`);
  await page.locator("main .marks", { hasText: "督办中" }).first().waitFor();
  await page.getByText("第二天又倒了一地，没有人管。").first().waitFor();
  await picture(page, "trouble-7-case", { fullPage: true });
  await resident.page.reload();
  await resident.page.getByText("李敏 正在处理").first().waitFor();
  await picture(resident.page, "trouble-8-resident", { fullPage: true });
});

step("nobody's console complained", async () => {
  for (const person of [worker, leader, reviewer, other, office, resident]) await person.finish();
});
