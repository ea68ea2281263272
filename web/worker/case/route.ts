// The page's place in its address: `#/cases?overdue=true`. Reactive, with the browser's own history.

import { reactive } from "vue";

export interface Route {
  path: string;
  query: Record<string, string>;
}

export const route = reactive<Route>(parse());

addEventListener("hashchange", () => Object.assign(route, parse()));

export function address(path: string, query: Record<string, string | undefined> = {}): string {
  const given = Object.entries(query).filter((pair): pair is [string, string] => Boolean(pair[1]));
  const search = new URLSearchParams(given).toString();
  return `#${path}${search ? `?${search}` : ""}`;
}

export function go(path: string, query: Record<string, string | undefined> = {}): void {
  location.hash = address(path, query);
}

/** Changes the filters without a new step in the history. */
export function stay(query: Record<string, string | undefined>): void {
  history.replaceState(null, "", address(route.path, query));
  Object.assign(route, parse());
}

function parse(): Route {
  const [path, search] = location.hash.replace(/^#/, "").split("?");
  return { path: path || "/", query: Object.fromEntries(new URLSearchParams(search ?? "")) };
}
