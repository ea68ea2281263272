// Looks sentences up by key. Hides: which language is spoken, filling of arguments, English plurals.
// The catalogues are schema/texts/{zh,en}/<part>.json; a page passes in the parts that it shows.
//
// In a text `{name}` is replaced by the argument; `{n|report|reports}` picks by the argument n (1 or other).

export type Language = "zh" | "en";
export type Catalogue = Record<string, string>;
export type Arguments = Record<string, string | number | null | undefined>;

export interface Texts<Key extends string = string> {
  readonly language: Language;
  /** The sentence; an unknown key answers itself, so that a missing text is seen and breaks nothing. */
  t(key: Key, args?: Arguments): string;
  /** The sentence of a key that came from outside (a status, a role), or `otherwise`. */
  word(key: string, otherwise?: string): string;
}

const storage_key = "mashang.language";

export function fill(text: string, args: Arguments = {}): string {
  const slot = /\{(\w+)(?:\|([^|{}]*)\|([^|{}]*))?\}/g;
  return text.replace(slot, (whole, name: string, one?: string, many?: string) => {
    const value = args[name];
    if (one !== undefined) return (Number(value) === 1 ? one : many) ?? "";
    return value === undefined || value === null ? whole : String(value);
  });
}

export function make_texts<Zh extends Catalogue>(
  catalogues: { zh: Zh; en: Record<keyof Zh & string, string> },
  language: Language,
): Texts<keyof Zh & string> {
  const spoken: Catalogue = catalogues[language];
  const text_of = (key: string): string | undefined =>
    Object.prototype.hasOwnProperty.call(spoken, key) ? spoken[key] : undefined;
  return {
    language,
    t: (key, args) => fill(text_of(key) ?? key, args),
    word: (key, otherwise) => text_of(key) ?? otherwise ?? key,
  };
}

/** What the person chose on this device, else what the page came in, else what the browser speaks. */
export function pick_language(page_language?: string | null): Language {
  const kept = read_kept();
  if (kept) return kept;
  const spoken = page_language || (typeof navigator === "undefined" ? "" : navigator.language);
  return /^en/i.test(spoken) ? "en" : "zh";
}

export function keep_language(language: Language): void {
  try {
    localStorage.setItem(storage_key, language);
  } catch {
    // A browser that keeps nothing still shows the page in the language just chosen.
  }
}

export function html_language(language: Language): string {
  return language === "zh" ? "zh-CN" : "en";
}

function read_kept(): Language | null {
  try {
    const kept = localStorage.getItem(storage_key);
    return kept === "zh" || kept === "en" ? kept : null;
  } catch {
    return null;
  }
}
