// What the texts promise: the same keys and arguments in both languages, and filling that breaks no page.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fill, make_texts, pick_language } from "../base/texts.ts";

const folder = new URL("../../schema/texts/", import.meta.url);

function catalogue(language: string, file: string): Record<string, string> {
  return JSON.parse(readFileSync(new URL(`${language}/${file}`, folder), "utf8")) as Record<string, string>;
}

function arguments_of(text: string): string[] {
  const names = [...text.matchAll(/\{(\w+)/g)].map((found) => found[1]!);
  return [...new Set(names)].sort();
}

function parts(language: string): string[] {
  return readdirSync(new URL(language, folder))
    .filter((name) => name.endsWith(".json"))
    .sort();
}

test("both languages have the same parts", () => {
  assert.deepEqual(parts("en"), parts("zh"));
});

for (const file of parts("zh").filter((name) => parts("en").includes(name))) {
  test(`${file} has the same keys in Chinese and English`, () => {
    assert.deepEqual(Object.keys(catalogue("en", file)).sort(), Object.keys(catalogue("zh", file)).sort());
  });
  test(`${file} has no empty text`, () => {
    for (const language of ["zh", "en"]) {
      for (const [key, text] of Object.entries(catalogue(language, file))) {
        assert.ok(typeof text === "string" && text.trim() !== "", `${language} ${key}`);
      }
    }
  });
}

for (const file of ["resident.json", "words.json"]) {
  test(`${file} fills nothing in English that Chinese does not know`, () => {
    const zh = catalogue("zh", file);
    const only_english = new Set(["month_name", "month", "year"]);
    for (const [key, text] of Object.entries(catalogue("en", file))) {
      const known = new Set([...arguments_of(zh[key]!), ...only_english]);
      for (const name of arguments_of(text)) assert.ok(known.has(name), `${key}: {${name}}`);
    }
  });
}

test("an argument is put where its name stands", () => {
  assert.equal(fill("已交给 {name}({unit})", { name: "李敏", unit: "求是社区" }), "已交给 李敏(求是社区)");
});

test("an argument that is text with braces or dollars stays as it is", () => {
  assert.equal(fill("{a} and {b}", { a: "{b}", b: "$&" }), "{b} and $&");
});

test("a missing argument is left to be seen", () => {
  assert.equal(fill("{name}", {}), "{name}");
});

test("English picks one or many by number", () => {
  const text = "{n} {n|person has|people have} reported";
  assert.equal(fill(text, { n: 1 }), "1 person has reported");
  assert.equal(fill(text, { n: 3 }), "3 people have reported");
  assert.equal(fill(text, { n: 0 }), "0 people have reported");
});

test("an unknown key answers itself", () => {
  const texts = make_texts<Record<string, string>>({ zh: {}, en: {} }, "zh");
  assert.equal(texts.t("no.such"), "no.such");
  assert.equal(texts.word("toString", "otherwise"), "otherwise");
});

test("the page's language is taken when nothing was chosen, Chinese first", () => {
  assert.equal(pick_language("en"), "en");
  assert.equal(pick_language("zh-CN"), "zh");
  assert.equal(pick_language("fr"), "zh");
});
