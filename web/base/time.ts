// Says instants as people say them. Hides: the server's clock (a phone's own may be an hour off) and the
// district's zone, which is the offset written in each instant. Instants are RFC 3339 texts; spans are ms.

import type { Texts } from "./texts.ts";

export type Instant = string;
type Words = Pick<Texts<string>, "t">;

const minute_ms = 60_000;
const hour_ms = 60 * minute_ms;
const day_ms = 24 * hour_ms;

let server_ahead_ms = 0;

/** To be called with `server_time` of every answer that has one. */
export function set_server_time(server_time: Instant | undefined | null, device_now_ms = Date.now()): void {
  const at_ms = server_time ? Date.parse(server_time) : NaN;
  if (!Number.isNaN(at_ms)) server_ahead_ms = at_ms - device_now_ms;
}

export function now_ms(): number {
  return Date.now() + server_ahead_ms;
}

/** "2 天 3 小时", "1 小时 5 分", "12 分钟": the two largest units, rounded down. */
export function span_words(span_ms: number, words: Words): string {
  const days = Math.floor(span_ms / day_ms);
  const hours = Math.floor((span_ms % day_ms) / hour_ms);
  const minutes = Math.floor((span_ms % hour_ms) / minute_ms);
  if (days > 0 && hours > 0) return words.t("time.days_hours", { days, hours });
  if (days > 0) return words.t("time.days", { days });
  if (hours > 0 && minutes > 0) return words.t("time.hours_minutes", { hours, minutes });
  if (hours > 0) return words.t("time.hours", { hours });
  if (minutes > 0) return words.t("time.minutes", { minutes });
  return words.t("time.under_a_minute");
}

/** Past due means later than the due instant: finishing at that very instant is on time. */
export function is_past(due: Instant, at_ms: number = now_ms()): boolean {
  return at_ms > Date.parse(due);
}

/** "还剩 12 分钟" or "超时 1 小时 5 分". */
export function left_words(due: Instant, words: Words, at_ms: number = now_ms()): string {
  const left_ms = Date.parse(due) - at_ms;
  const span = span_words(Math.abs(left_ms), words);
  return left_ms < 0 ? words.t("time.overdue_by", { span }) : words.t("time.left", { span });
}

export type Urgency = "on_time" | "warned" | "overdue";

/** How a running limit stands: warned from 80 % of its time on, as the server's own thresholds are. */
export function urgency(start: Instant | undefined, due: Instant, at_ms: number = now_ms()): Urgency {
  if (is_past(due, at_ms)) return "overdue";
  return share_used(start, due, at_ms) >= 0.8 ? "warned" : "on_time";
}

/** The share of [start, due] that has gone, 0 to 1, for countdown bars. */
export function share_used(start: Instant | undefined, due: Instant, at_ms: number = now_ms()): number {
  if (!start) return is_past(due, at_ms) ? 1 : 0;
  const whole_ms = Date.parse(due) - Date.parse(start);
  if (!(whole_ms > 0)) return is_past(due, at_ms) ? 1 : 0;
  return Math.min(1, Math.max(0, (at_ms - Date.parse(start)) / whole_ms));
}

/** "14:05" today, "昨天 14:05", "明天 14:05", "11月23日 14:05", with the year when it is another one. */
export function instant_words(instant: Instant, words: Words, at_ms: number = now_ms()): string {
  const there = civil(Date.parse(instant), offset_ms(instant));
  const here = civil(at_ms, offset_ms(instant));
  const time = `${two(there.hour)}:${two(there.minute)}`;
  const days_ahead = there.day_number - here.day_number;
  if (days_ahead === 0) return words.t("time.today", { time });
  if (days_ahead === 1) return words.t("time.tomorrow", { time });
  if (days_ahead === -1) return words.t("time.yesterday", { time });
  const date = date_words(there, words, there.year !== here.year);
  return words.t("time.on_date", { date, time });
}

/** "11月23日" or "23 Nov". */
export function day_words(instant: Instant, words: Words): string {
  return date_words(civil(Date.parse(instant), offset_ms(instant)), words, false);
}

/** The exact instant for hover and for screen readers: "2026-11-23 14:05:00.000 +08:00". */
export function exact(instant: Instant): string {
  return instant.replace("T", " ").replace(/([+-]\d\d:\d\d|Z)$/, " $1");
}

interface Civil {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  day_number: number;
}

function offset_ms(instant: Instant): number {
  const found = /([+-])(\d\d):(\d\d)$/.exec(instant);
  if (!found) return 0;
  const size_ms = Number(found[2]) * hour_ms + Number(found[3]) * minute_ms;
  return found[1] === "-" ? -size_ms : size_ms;
}

function civil(at_ms: number, zone_ms: number): Civil {
  const shifted = new Date(at_ms + zone_ms);
  return {
    year: shifted.getUTCFullYear(),
    month: shifted.getUTCMonth() + 1,
    day: shifted.getUTCDate(),
    hour: shifted.getUTCHours(),
    minute: shifted.getUTCMinutes(),
    day_number: Math.floor((at_ms + zone_ms) / day_ms),
  };
}

function date_words(at: Civil, words: Words, with_year: boolean): string {
  const args = {
    year: at.year,
    month: at.month,
    day: at.day,
    month_name: words.t(`time.month_${at.month}`),
  };
  return words.t(with_year ? "time.date_with_year" : "time.date", args);
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
