// The metrics calls that the dashboard makes, and their rows.

import { call } from "../base/api.ts";
import type { CaseList, Share, StageMeasure, Summary } from "../base/shapes.ts";
import { days_query, period_query } from "./period.ts";

export interface GridRow {
  grid_code: string;
  open: number;
  overdue: number;
  reports: number;
  satisfied: number;
  rated: number;
}

export interface DayRow {
  day: string;
  reports: number;
  closed: number;
  overdue: number;
}

export interface RankRow {
  key: string;
  name: string;
  reports: number;
  closed: number;
  on_time: Share;
  satisfaction: Share;
}

export type GroupBy = "division" | "matter" | "owner";

export interface GridProperties {
  grid_code: string;
  name: string;
  street: string;
  community: string;
  made_up: boolean;
}

const trend_days = 14;

const path = (name: string, query: Record<string, string | undefined> = {}) => {
  const given = Object.entries({ ...period_query(), ...query }).filter(([, value]) => value);
  const search = new URLSearchParams(given as [string, string][]).toString();
  return `/api/v1/metrics/${name}${search ? `?${search}` : ""}`;
};

export const load_summary = () => call<Summary>(path("summary"));
export const load_stages = () => call<{ items: StageMeasure[] }>(path("stages"));
export const load_map = () => call<{ items: GridRow[] }>(path("map"));
export const load_trend = () => call<{ items: DayRow[] }>(path("trend", days_query(trend_days)));
export const load_ranking = (group_by: GroupBy) =>
  call<{ items: RankRow[] }>(path("ranking", { group_by }));
export const load_grids = () =>
  call<GeoJSON.FeatureCollection<GeoJSON.Geometry, GridProperties>>("/api/v1/territory");
export const load_overdue = () => call<CaseList>("/api/v1/cases?overdue=true&limit=12");
