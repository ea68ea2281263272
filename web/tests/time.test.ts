// What is said of instants, with expectations written by hand.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { make_texts } from "../base/texts.ts";
import {
  exact,
  instant_words,
  is_past,
  left_words,
  now_ms,
  set_server_time,
  share_used,
  span_words,
  urgency,
} from "../base/time.ts";

function words_of(language: "zh" | "en") {
  const read = (name: string) =>
    JSON.parse(readFileSync(new URL(`../../schema/texts/${name}/words.json`, import.meta.url), "utf8"));
  return make_texts<Record<string, string>>({ zh: read("zh"), en: read("en") }, language);
}

const zh = words_of("zh");
const en = words_of("en");
const due = "2026-11-23T14:05:00.000+08:00";
const at = (text: string) => Date.parse(text);

test("what is left is said in the largest two units", () => {
  assert.equal(left_words(due, zh, at("2026-11-23T13:53:00+08:00")), "还剩 12 分钟");
  assert.equal(left_words(due, zh, at("2026-11-23T11:05:00+08:00")), "还剩 3 小时");
  assert.equal(left_words(due, zh, at("2026-11-21T11:00:00+08:00")), "还剩 2 天 3 小时");
  assert.equal(left_words(due, zh, at("2026-11-23T14:04:30+08:00")), "还剩 不到 1 分钟");
  assert.equal(left_words(due, en, at("2026-11-23T13:53:00+08:00")), "12 min left");
});

test("what is overdue is said as overdue", () => {
  assert.equal(left_words(due, zh, at("2026-11-23T15:10:00+08:00")), "超时 1 小时 5 分");
  assert.equal(left_words(due, en, at("2026-11-23T15:10:00+08:00")), "1 h 5 min overdue");
});

test("the due instant itself is on time and a millisecond later is not [T4]", () => {
  assert.equal(is_past(due, at(due)), false);
  assert.equal(is_past(due, at(due) + 1), true);
});

test("a limit is warned from four fifths of its time on", () => {
  const start = "2026-11-23T14:00:00.000+08:00";
  const end = "2026-11-23T14:10:00.000+08:00";
  assert.equal(urgency(start, end, at("2026-11-23T14:07:59.999+08:00")), "on_time");
  assert.equal(urgency(start, end, at("2026-11-23T14:08:00+08:00")), "warned");
  assert.equal(urgency(start, end, at(end)), "warned");
  assert.equal(urgency(start, end, at(end) + 1), "overdue");
});

test("the share used stays between nothing and all", () => {
  const start = "2026-11-23T14:00:00.000+08:00";
  assert.equal(share_used(start, due, at("2026-11-23T13:00:00+08:00")), 0);
  assert.equal(share_used(start, due, at("2026-11-23T16:00:00+08:00")), 1);
  assert.equal(share_used(due, due, at(due) + 1), 1);
});

test("instants are said by the district's own day, whatever zone the device is in", () => {
  const late = "2026-11-23T23:30:00.000+08:00";
  assert.equal(instant_words(late, zh, at("2026-11-23T00:10:00+08:00")), "今天 23:30");
  assert.equal(instant_words(late, zh, at("2026-11-24T00:10:00+08:00")), "昨天 23:30");
  assert.equal(instant_words(late, zh, at("2026-11-22T23:59:00+08:00")), "明天 23:30");
  assert.equal(instant_words(due, zh, at("2026-11-01T00:00:00+08:00")), "11月23日 14:05");
  assert.equal(instant_words(due, en, at("2026-11-01T00:00:00+08:00")), "23 Nov, 14:05");
  assert.equal(instant_words(due, zh, at("2027-03-01T00:00:00+08:00")), "2026年11月23日 14:05");
  assert.equal(instant_words(due, en, at("2027-03-01T00:00:00+08:00")), "23 Nov 2026, 14:05");
});

test("a zone west of Greenwich is read by its own offset", () => {
  const evening = "2026-07-01T20:00:00.000-04:00";
  assert.equal(instant_words(evening, en, at("2026-07-01T09:00:00-04:00")), "today 20:00");
});

test("the exact instant keeps its milliseconds and offset", () => {
  assert.equal(exact(due), "2026-11-23 14:05:00.000 +08:00");
});

test("whole days lose no hours and single hours no minutes", () => {
  assert.equal(span_words(24 * 3600_000, zh), "1 天");
  assert.equal(span_words(24 * 3600_000, en), "1 day");
  assert.equal(span_words(3600_000, zh), "1 小时");
  assert.equal(span_words(59_999, zh), "不到 1 分钟");
  assert.equal(span_words(60_000, zh), "1 分钟");
});

test("a device whose clock is wrong counts by the server's", () => {
  set_server_time("2026-11-23T14:00:00.000+08:00", Date.now());
  assert.ok(Math.abs(now_ms() - at("2026-11-23T14:00:00+08:00")) < 1000);
  set_server_time("not a time");
  assert.ok(Math.abs(now_ms() - at("2026-11-23T14:00:00+08:00")) < 1000);
  set_server_time(new Date().toISOString());
});
