// The span of days that the dashboard looks at, as the metrics calls want it, in the district's civil days.

import { computed } from "vue";
import { now_ms } from "../base/time.ts";
import { account } from "../worker/case/account.ts";
import { route } from "../worker/case/route.ts";
import { language } from "../worker/case/speech.ts";

const day_ms = 86_400_000;

export const periods = ["1", "7", "30"] as const;
export const days = computed(() =>
  periods.includes(route.query.days as "1") ? Number(route.query.days) : 1,
);

/** "+08:00", which the server writes in each instant. */
export const zone = computed(
  () => /([+-]\d\d:\d\d)$/.exec(account.value?.server_time ?? "")?.[1] ?? "+00:00",
);

export function period_query(): { from?: string; to?: string } {
  if (days.value === 1) return {}; // The server's default is the district's civil day.
  return days_query(days.value);
}

/** So many civil days, today the last of them. */
export function days_query(count: number): { from: string; to: string } {
  return { from: civil_day(1 - count), to: civil_day(1) };
}

/** The query of a list of the same cases that a figure counts. */
export function cases_period(): { from: string; to: string } {
  return days_query(days.value);
}

/** "2026年11月23日 星期一" in the district's zone. */
export function today_words(at: number): string {
  const options: Intl.DateTimeFormatOptions = { dateStyle: "full", timeZone: "UTC" };
  const locale = language.value === "zh" ? "zh-CN" : "en-GB";
  return new Intl.DateTimeFormat(locale, options).format(new Date(at + zone_ms()));
}

function civil_day(ahead: number): string {
  const start = new Date(now_ms() + zone_ms() + ahead * day_ms).toISOString().slice(0, 10);
  return `${start}T00:00:00.000${zone.value}`;
}

function zone_ms(): number {
  const [hour, minute] = zone.value.slice(1).split(":").map(Number);
  return (zone.value.startsWith("-") ? -1 : 1) * ((hour ?? 0) * 60 + (minute ?? 0)) * 60_000;
}
