// A code that leads nowhere: what happened, how to report otherwise, and a warning of stuck-over codes.

import { h, icon } from "./element.ts";
import { card, show, t, type Context, type Key, type View } from "./page.ts";

const headings: Record<string, [Key, Key]> = {
  "error.code_unknown": ["resident.error.unknown", "resident.error.unknown_why"],
  "error.code_revoked": ["resident.error.revoked", "resident.error.revoked_why"],
  "error.code_forged": ["resident.error.forged", "resident.error.forged_why"],
};

export function show_error(context: Context | null): void {
  show(() => error_view(context));
}

function error_view(context: Context | null): View {
  const error = context?.error;
  const of_code = headings[error?.key ?? ""];
  const otherwise: [Key, Key] = error
    ? ["resident.error.link", "resident.error.link_why"]
    : ["resident.error.broken", "resident.error.broken_why"];
  const [heading, why] = of_code ?? otherwise;
  return {
    title: t(heading),
    tone: "bad",
    band: [h("div", { class: "headline" }, icon("warn"), h("h1", {}, t(heading)))],
    body: [
      card(
        h("p", { class: "lead" }, t(why)),
        h("h2", {}, t("resident.error.otherwise")),
        ...other_ways(context),
      ),
      of_code
        ? card(h("h2", {}, t("resident.error.beware")), h("p", {}, t("resident.error.beware_why")))
        : null,
    ].filter((node): node is HTMLElement => node !== null),
  };
}

function other_ways(context: Context | null): Node[] {
  const ways: Node[] = [h("p", {}, t("resident.error.other_code"))];
  const number = /[\d-]{5,}/.exec(context?.hotline ?? "")?.[0];
  if (context?.hotline && number) {
    const words = t("resident.error.call", { hotline: context.hotline });
    ways.push(h("a", { class: "button primary", href: `tel:${number.replace(/-/g, "")}` }, words));
  } else if (!headings[context?.error?.key ?? ""]) {
    ways.push(
      h(
        "button",
        { type: "button", class: "button primary", onclick: () => location.reload() },
        t("resident.error.reload"),
      ),
    );
  }
  return ways;
}
