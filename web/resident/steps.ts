// The line of steps: each with its time when done, its due instant while it runs, and the word for on time or
// late, so that colour never speaks alone.

import type { TrackDocument, TrackStep } from "../base/shapes.ts";
import { is_past, left_words } from "../base/time.ts";
import { h, icon } from "./element.ts";
import { t, time_element, word, words } from "./page.ts";

type Look = "done" | "late" | "now" | "overdue" | "ahead" | "off";

export function step_list(track: TrackDocument): HTMLElement {
  const ended = ["rejected", "withdrawn", "merged", "closed"].includes(track.status);
  const shown = track.steps.filter((step) => step.stage !== "review" || step.done_at || step.due);
  const now = ended ? -1 : shown.findIndex((step) => !step.done_at);
  return h(
    "ol",
    { class: "steps" },
    ...shown.map((step, index) => step_item(step, look_of(step, index, now, ended))),
  );
}

function look_of(step: TrackStep, index: number, now: number, ended: boolean): Look {
  if (step.done_at) return step.on_time === false ? "late" : "done";
  if (ended) return "off";
  if (step.due && is_past(step.due)) return "overdue";
  return index === now ? "now" : "ahead";
}

function step_item(step: TrackStep, look: Look): HTMLElement {
  const mark = h("span", { class: "mark" }, look === "done" || look === "late" ? icon("check") : null);
  return h(
    "li",
    { class: look, "aria-current": look === "now" || look === "overdue" ? "step" : null },
    mark,
    h("span", { class: "step-name" }, word(`resident.step.${step.stage}`)),
    h("span", { class: "step-when" }, ...when(step, look)),
  );
}

function when(step: TrackStep, look: Look): (Node | string)[] {
  const badge = (tone: string, text: string) => h("span", { class: `badge ${tone}` }, text);
  if (step.done_at) {
    if (step.on_time === null || step.stage === "accepted") return [time_element(step.done_at)];
    const late = look === "late";
    const verdict = badge(late ? "bad" : "good", t(late ? "resident.late" : "resident.on_time"));
    return [time_element(step.done_at), " ", verdict];
  }
  if (look === "off") return [t("resident.step_off")];
  if (!step.due) return [t("resident.step_open")];
  const by = h("span", {}, t("resident.by"), " ", time_element(step.due));
  if (look === "overdue") return [by, " ", badge("bad", left_words(step.due, words))];
  return look === "now" ? [by, " ", badge("calm", left_words(step.due, words))] : [by];
}
