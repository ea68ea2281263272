// What every resident view shares: the language, the header with its two switches, the live region, and the
// change from one view to another. A view is a function that fills the frame; it is drawn again when the
// language changes, so what a person typed lives outside the elements.

import resident_en from "../../schema/texts/en/resident.json" with { type: "json" };
import words_en from "../../schema/texts/en/words.json" with { type: "json" };
import resident_zh from "../../schema/texts/zh/resident.json" with { type: "json" };
import words_zh from "../../schema/texts/zh/words.json" with { type: "json" };
import { set_request_language } from "../base/api.ts";
import { is_large, set_large } from "../base/preferences.ts";
import type { CodeDocument, TrackDocument } from "../base/shapes.ts";
import { html_language, keep_language, make_texts, pick_language, type Language } from "../base/texts.ts";
import { exact, instant_words } from "../base/time.ts";
import { h } from "./element.ts";

export interface Context {
  kind: "code" | "track" | "error";
  lang: Language;
  code?: CodeDocument;
  track?: TrackDocument;
  error?: { status: number; key?: string; text?: string };
  hotline?: string;
}

/** What a view puts on the page: the coloured band with the one thing that matters, and what is below. */
export interface View {
  title: string;
  tone?: "calm" | "good" | "bad";
  band: Node[];
  body: Node[];
  leave?: () => void;
}

const catalogues = { zh: { ...words_zh, ...resident_zh }, en: { ...words_en, ...resident_en } };
const frame = document.getElementById("page")!;
const announcer = h("div", { class: "for-readers", role: "status", "aria-live": "polite" });

let texts = make_texts(catalogues, "zh");
let draw: (() => View) | undefined;
let shown: View | undefined;
let language_changed: () => Promise<void> = async () => {};

export type Key = keyof typeof catalogues.zh;
export const t = (key: Key, args?: Parameters<typeof texts.t>[1]): string => texts.t(key, args);
export const word = (key: string, otherwise?: string): string => texts.word(key, otherwise);
export const language = (): Language => texts.language;
export const words = {
  t: (key: string, args?: Parameters<typeof texts.t>[1]) => texts.t(key as Key, args),
};

export function start_page(context: Context | null): void {
  set_language(pick_language(context?.lang ?? document.documentElement.lang));
  document.body.append(announcer);
}

/** `anew` is called when the language changes, to fetch what the server writes; then the view is redrawn. */
export function show(view: () => View, anew: () => Promise<void> = async () => {}): void {
  draw = view;
  language_changed = anew;
  redraw();
  window.scrollTo(0, 0);
}

export function redraw(): void {
  if (!draw) return;
  shown?.leave?.();
  shown = draw();
  document.title = `${shown.title} · ${t("product.name")}`;
  const band = h("header", { class: `band ${shown.tone ?? "calm"}` }, top_bar(), ...shown.band);
  frame.replaceChildren(h("div", { class: "band-ground" }, band), h("main", { id: "main" }, ...shown.body));
}

/** Says it to screen readers; the same is always to be seen on the page too. */
export function announce(text: string): void {
  announcer.textContent = text;
}

export function time_element(instant: string): HTMLTimeElement {
  return h("time", { datetime: instant, title: exact(instant) }, instant_words(instant, words));
}

export function card(...children: (Node | string | null | undefined | false)[]): HTMLElement {
  return h("section", { class: "card" }, ...children);
}

function set_language(language_wanted: Language): void {
  texts = make_texts(catalogues, language_wanted);
  set_request_language(html_language(language_wanted));
  document.documentElement.lang = html_language(language_wanted);
}

function top_bar(): HTMLElement {
  const other: Language = language() === "zh" ? "en" : "zh";
  const large = is_large();
  const large_button = h(
    "button",
    {
      type: "button",
      class: "switch-type",
      "aria-pressed": String(large),
      onclick: () => {
        set_large(!large);
        redraw();
        frame.querySelector<HTMLElement>(".switch-type")?.focus();
      },
    },
    t("word.large_type"),
  );
  const language_button = h(
    "button",
    {
      type: "button",
      class: "switch-language",
      lang: html_language(other),
      onclick: () => {
        keep_language(other);
        set_language(other);
        redraw();
        frame.querySelector<HTMLElement>(".switch-language")?.focus();
        void language_changed().then(redraw, () => {});
      },
    },
    t("word.language_other"),
  );
  const name = h(
    "span",
    { class: "brand" },
    h("span", { class: "brand-mark", "aria-hidden": "true" }),
    t("product.name"),
  );
  return h(
    "div",
    { class: "top-bar" },
    name,
    h("div", { class: "switches" }, large_button, language_button),
  );
}
