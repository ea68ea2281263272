// The likely matters of this kind of place as chips, all the others behind "more" with a search, and the
// questions of the matter that was chosen. Choosing is never required.

import type { CodeDocument, Matter } from "../base/shapes.ts";
import type { Draft } from "./draft.ts";
import { h, new_id } from "./element.ts";
import { language, t } from "./page.ts";

export function matter_name(matter: { name: string; name_en?: string }): string {
  return language() === "en" && matter.name_en ? matter.name_en : matter.name;
}

export function matter_choice(code: CodeDocument, draft: Draft, changed: () => void): HTMLElement {
  const label = new_id();
  const likely = h("div", { class: "chips", role: "group", "aria-labelledby": label });
  const rest = h("div", { class: "chips", role: "group", "aria-label": t("resident.more_matters") });
  const rest_box = h("div", { class: "more-matters", hidden: true });
  const questions = h("div", { class: "questions" });
  const all = [...code.matters, ...code.more_matters];
  const chosen = () => all.find((matter) => matter.code === draft.matter_code);
  const more = h(
    "button",
    {
      type: "button",
      class: "chip more",
      "aria-expanded": "false",
      onclick: () => open_rest(rest_box.hidden === true),
    },
    t("resident.more"),
  );
  const search = h("input", {
    type: "search",
    class: "input",
    "aria-label": t("resident.search_matters"),
    placeholder: t("resident.search_matters"),
    oninput: () => draw(),
  });
  rest_box.append(search, rest);

  function open_rest(open: boolean): void {
    rest_box.hidden = !open;
    more.setAttribute("aria-expanded", String(open));
    if (open) search.focus();
  }

  function choose(matter: Matter): void {
    draft.matter_code = draft.matter_code === matter.code ? "" : matter.code;
    draft.answers = {};
    changed();
    const in_rest = rest.contains(document.activeElement);
    if (in_rest) open_rest(false);
    draw();
    const shelf = likely.querySelector<HTMLElement>(`[data-code="${matter.code}"]`);
    (shelf ?? more).focus();
  }

  function chip(matter: Matter): HTMLElement {
    const pressed = matter.code === draft.matter_code;
    return h(
      "button",
      {
        type: "button",
        class: "chip",
        "data-code": matter.code,
        "aria-pressed": String(pressed),
        onclick: () => choose(matter),
      },
      matter_name(matter),
    );
  }

  function draw(): void {
    const first = code.matters.slice(0, 6);
    const picked = chosen();
    if (picked && !first.includes(picked)) first.push(picked);
    const wanted = search.value.trim().toLowerCase();
    const others = all.filter((matter) => !first.includes(matter));
    const found = others.filter((matter) =>
      `${matter.name} ${matter.name_en}`.toLowerCase().includes(wanted),
    );
    likely.replaceChildren(...first.map(chip), ...(others.length > 0 ? [more] : []));
    const nothing = h("p", { class: "hint" }, t("resident.no_matter_found"));
    rest.replaceChildren(...(found.length > 0 ? found.map(chip) : [nothing]));
    questions.replaceChildren(...(picked?.questions ?? []).map(question));
  }

  function question(asked: Matter["questions"][number]): HTMLElement {
    const id = new_id();
    const answers = asked.options.map((option) =>
      h(
        "button",
        {
          type: "button",
          class: "chip",
          "aria-pressed": String(draft.answers[asked.id] === option),
          onclick: (event) => {
            if (draft.answers[asked.id] === option) delete draft.answers[asked.id];
            else draft.answers[asked.id] = option;
            for (const other of (event.currentTarget as HTMLElement).parentElement?.children ?? []) {
              other.setAttribute("aria-pressed", String(other.textContent === draft.answers[asked.id]));
            }
            changed();
          },
        },
        option,
      ),
    );
    return h(
      "div",
      { class: "question" },
      h("p", { class: "label", id }, asked.text),
      h("div", { class: "chips", role: "group", "aria-labelledby": id }, ...answers),
    );
  }

  draw();
  return h(
    "div",
    { class: "matter-choice" },
    h("p", { class: "label", id: label }, t("resident.matters")),
    likely,
    rest_box,
    questions,
  );
}
