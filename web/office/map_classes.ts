// How the map's grids fall into classes: at most five, by quantiles of what is there, so that one busy grid
// does not leave all others pale. Satisfaction has fixed classes.

import { t } from "../worker/case/speech.ts";
import { rate_words } from "./figures.ts";
import type { GridRow } from "./metrics.ts";

export const measures = ["open", "overdue", "reports", "satisfaction"] as const;
export type Measure = (typeof measures)[number];

/** From the lower edge, inclusive, to the upper edge, exclusive; the last has no upper edge. */
export interface ValueClass {
  from: number;
  below: number | null;
}

export function value_of(measure: Measure, row: GridRow): number | null {
  if (measure !== "satisfaction") return row[measure];
  return row.rated > 0 ? row.satisfied / row.rated : null;
}

export function value_words(measure: Measure, row: GridRow): string {
  const value = value_of(measure, row);
  return measure === "satisfaction" ? rate_words(value) : String(value);
}

export function classes_of(measure: Measure, rows: GridRow[]): ValueClass[] {
  if (measure === "satisfaction") return between([0, 0.6, 0.8, 0.9, 0.95]);
  const values = rows.map((row) => row[measure]).filter((value) => value > 0);
  values.sort((one, other) => one - other);
  const edges = [0.25, 0.5, 0.75].map((share) => values[Math.floor(share * values.length)] ?? 0);
  return between([...new Set([0, 1, ...edges.filter((edge) => edge > 1)])]);
}

export function class_of(classes: ValueClass[], value: number): number {
  const found = classes.findIndex((item) => item.below === null || value < item.below);
  return Math.max(0, found);
}

export function class_words(measure: Measure, item: ValueClass): string {
  const say = (value: number) => (measure === "satisfaction" ? rate_words(value) : String(value));
  if (item.below === null) return t("office.class_from", { from: say(item.from) });
  if (measure === "satisfaction")
    return t("office.class_below", { from: say(item.from), below: say(item.below) });
  return item.below - 1 === item.from ? say(item.from) : `${item.from}–${item.below - 1}`;
}

// Light to dark on paper, dark to light on the wall; each step differs in lightness, not in hue alone.
const scales: Record<Measure, [string[], string[]]> = {
  open: [
    ["#e6edf1", "#b9d7e4", "#7db6d0", "#3c8fb3", "#08567a"],
    ["#1c2a36", "#1f4a5e", "#267090", "#45a3c9", "#a5def5"],
  ],
  overdue: [
    ["#e9edf0", "#f6c9c5", "#e88f88", "#cc4f46", "#8c140d"],
    ["#1c2a36", "#572a2a", "#8f3a37", "#cf5b53", "#ffb4ad"],
  ],
  reports: [
    ["#e9edf0", "#d9d2ec", "#b1a2d6", "#8069b5", "#4b3387"],
    ["#1c2a36", "#37325c", "#57508f", "#8a80c9", "#cfc9f5"],
  ],
  satisfaction: [
    ["#a3342b", "#d99a3d", "#cfe0d2", "#7db88f", "#256a41"],
    ["#d4665d", "#b9822f", "#2c4a38", "#448a5f", "#8fe0b0"],
  ],
};

export function colours_of(measure: Measure, dark: boolean): string[] {
  return scales[measure][dark ? 1 : 0];
}

function between(edges: number[]): ValueClass[] {
  return edges.map((from, index) => ({ from, below: edges[index + 1] ?? null }));
}
