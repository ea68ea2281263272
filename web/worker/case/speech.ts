// The words of a staff page, and the ticking of its clock, as reactive values: a template that calls t() or
// ago() is drawn again when the language changes or a second passes. One page, one language at a time.

import { ref, shallowRef } from "vue";
import { is_large, set_large } from "../../base/preferences.ts";
import { set_request_language } from "../../base/api.ts";
import {
  html_language,
  keep_language,
  make_texts,
  pick_language,
  type Arguments,
  type Catalogue,
  type Language,
} from "../../base/texts.ts";
import { exact, instant_words, left_words, now_ms, span_words } from "../../base/time.ts";

let catalogues: Record<Language, Catalogue> = { zh: {}, en: {} };
const texts = shallowRef(make_texts(catalogues, "zh"));

export const language = ref<Language>("zh");
export const large = ref(false);
export const now = ref(now_ms());

export function open_speech(spoken: Record<Language, Catalogue>): void {
  catalogues = spoken;
  large.value = is_large();
  set_large(large.value);
  speak(pick_language(null));
  setInterval(() => (now.value = now_ms()), 1000);
}

/** After an answer told the server's time, so that no countdown waits for the next second. */
export function retell_time(): void {
  now.value = now_ms();
}

export function toggle_language(): void {
  const other: Language = language.value === "zh" ? "en" : "zh";
  keep_language(other);
  speak(other);
}

export function toggle_large(): void {
  large.value = !large.value;
  set_large(large.value);
}

export function t(key: string, args?: Arguments): string {
  return texts.value.t(key, args);
}

export function word(key: string, otherwise?: string): string {
  return texts.value.word(key, otherwise);
}

export const at = (instant: string): string => instant_words(instant, texts.value, now.value);
export const left = (due: string): string => left_words(due, texts.value, now.value);
export const span = (span_ms: number): string => span_words(span_ms, texts.value);
export { exact };

/** "8wh" → "8 工作时", as domain.md's five units are said. */
export function limit_words(limit: string | null): string {
  if (!limit) return word("word.no_figure");
  const found = /^(\d+)(\D+)$/.exec(limit);
  return found ? t(`worker.limit.${found[2]}`, { n: found[1] }) : limit;
}

function speak(chosen: Language): void {
  language.value = chosen;
  set_request_language(html_language(chosen));
  document.documentElement.lang = html_language(chosen);
  texts.value = make_texts(catalogues, chosen);
}
