// Figures as they are said: rates rounded down, so that 99.96 % is never shown as 100 %; "—" where nothing
// was counted. The rates themselves come from the server and are never computed here.

import type { CaseList, Share } from "../base/shapes.ts";
import { t, word } from "../worker/case/speech.ts";

export function rate_words(rate: number | null | undefined): string {
  if (rate === null || rate === undefined) return word("word.no_figure");
  return `${(Math.floor(rate * 1000 + 1e-9) / 10).toFixed(1).replace(/\.0$/, "")}%`;
}

/** "34", and "10,000+" where the server counted no further. */
export function total_words(list: Pick<CaseList, "total" | "more_than_total">): string {
  return list.more_than_total ? `${list.total.toLocaleString("en")}+` : String(list.total);
}

/** "53/57"; nothing where nothing was counted, since the rate beside it says "—" already. */
export function share_words(share: Share): string {
  return share.of === 0 ? "" : `${share.n}/${share.of}`;
}

/** The 95 % interval of a proportion (Wilson 1927), so that 1 of 1 does not outrank 95 of 100. */
export function interval_of(share: Share): [number, number] | null {
  if (share.of === 0) return null;
  const z2 = 1.96 ** 2;
  const rate = share.n / share.of;
  const middle = rate + z2 / (2 * share.of);
  const reach = 1.96 * Math.sqrt((rate * (1 - rate)) / share.of + z2 / (4 * share.of ** 2));
  const whole = 1 + z2 / share.of;
  return [Math.max(0, (middle - reach) / whole), Math.min(1, (middle + reach) / whole)];
}

export function interval_words(share: Share): string {
  const interval = interval_of(share);
  if (!interval) return "";
  const [low, high] = interval.map((edge) => Math.round(edge * 100));
  return t("office.interval", { low, high });
}

/** A change of a rate in points, or of a count, with its sign. */
export function change_words(now: number | null, before: number | null, is_rate: boolean): string {
  if (now === null || before === null) return "";
  const change = is_rate ? Math.round((now - before) * 1000) / 10 : now - before;
  if (change === 0) return t("office.same");
  const size = Math.abs(change);
  const sign = change > 0 ? "↑" : "↓";
  return is_rate ? `${sign} ${t("office.points", { n: size })}` : `${sign} ${size}`;
}
