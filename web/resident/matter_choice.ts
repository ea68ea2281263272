// The likely matters of this kind of place as chips, all the others behind "more" with a search, and the
// questions of the matter that was chosen. Choosing is never required.

import { call } from "../base/api.ts";
import type { CodeDocument, Question } from "../base/shapes.ts";
import type { Draft } from "./draft.ts";
import { h, new_id } from "./element.ts";
import { language, t } from "./page.ts";

const likely_max = 6;

type Choice = CodeDocument["more_matters"][number];

export function matter_name(matter: { name: string; name_en?: string }): string {
  return language() === "en" && matter.name_en ? matter.name_en : matter.name;
}

export class MatterChoice {
  readonly element: HTMLElement;
  private readonly code: CodeDocument;
  private readonly draft: Draft;
  private readonly changed: () => void;
  private all: Choice[];
  private readonly likely: HTMLElement;
  private readonly rest = h("div", {
    class: "chips",
    role: "group",
    "aria-label": t("resident.more_matters"),
  });
  private readonly rest_box = h("div", { class: "more-matters", hidden: true });
  private readonly questions = h("div", { class: "questions" });
  private readonly more: HTMLElement;
  private readonly search: HTMLInputElement;

  constructor(code: CodeDocument, draft: Draft, changed: () => void) {
    this.code = code;
    this.draft = draft;
    this.changed = changed;
    this.all = [...code.matters, ...code.more_matters];
    const id = new_id();
    this.likely = h("div", { class: "chips", role: "group", "aria-labelledby": id });
    const turn = () => this.open_rest(this.rest_box.hidden === true);
    this.more = h("button", {
      type: "button",
      class: "chip more",
      "aria-expanded": "false",
      onclick: turn,
    });
    this.more.textContent = t("resident.more");
    this.search = h("input", {
      type: "search",
      class: "input",
      "aria-label": t("resident.search_matters"),
      placeholder: t("resident.search_matters"),
      oninput: () => this.draw(),
    });
    this.rest_box.append(this.search, this.rest);
    const label = h("p", { class: "label", id }, t("resident.matters"));
    this.element = h("div", { class: "matter-choice" }, label, this.likely, this.rest_box, this.questions);
    this.draw();
  }

  private open_rest(open: boolean): void {
    this.rest_box.hidden = !open;
    this.more.setAttribute("aria-expanded", String(open));
    if (!open) return;
    this.search.focus();
    if (this.all.some((matter) => !("questions" in matter))) void this.fetch_rest();
  }

  /** Their questions, and their names in both languages. Without signal the names that are here will do. */
  private async fetch_rest(): Promise<void> {
    const path = `/api/v1/codes/${encodeURIComponent(this.code.token)}`;
    const full = await call<CodeDocument>(path, { tries_max: 1 }).catch(() => null);
    if (!full) return;
    this.code.more_matters = full.more_matters;
    this.all = [...this.code.matters, ...full.more_matters];
    this.draw();
  }

  private choose(matter: Choice): void {
    this.draft.matter_code = this.draft.matter_code === matter.code ? "" : matter.code;
    this.draft.answers = {};
    this.changed();
    if (this.rest.contains(document.activeElement)) this.open_rest(false);
    this.draw();
    const chip = this.likely.querySelector<HTMLElement>(`[data-code="${matter.code}"]`);
    (chip ?? this.more).focus();
  }

  private draw(): void {
    const first: Choice[] = this.code.matters.slice(0, likely_max);
    const picked = this.all.find((matter) => matter.code === this.draft.matter_code);
    if (picked && !first.includes(picked)) first.push(picked);
    const wanted = this.search.value.trim().toLowerCase();
    const others = this.all.filter((matter) => !first.includes(matter));
    const names = (matter: Choice) => ("name_en" in matter ? [matter.name, matter.name_en] : [matter.name]);
    const found = others.filter((matter) => names(matter).join(" ").toLowerCase().includes(wanted));
    const chip = (matter: Choice) => this.chip(matter);
    this.likely.replaceChildren(...first.map(chip), ...(others.length > 0 ? [this.more] : []));
    const nothing = h("p", { class: "hint" }, t("resident.no_matter_found"));
    this.rest.replaceChildren(...(found.length > 0 ? found.map(chip) : [nothing]));
    const questions = picked && "questions" in picked ? picked.questions : [];
    this.questions.replaceChildren(...questions.map((asked) => this.question(asked)));
  }

  private chip(matter: Choice): HTMLElement {
    return h(
      "button",
      {
        type: "button",
        class: "chip",
        "data-code": matter.code,
        "aria-pressed": String(matter.code === this.draft.matter_code),
        onclick: () => this.choose(matter),
      },
      matter_name(matter),
    );
  }

  private question(asked: Question): HTMLElement {
    const id = new_id();
    const { answers } = this.draft;
    const chips = asked.options.map((option) => h("button", { type: "button", class: "chip" }, option.text));
    const draw = () => {
      for (const [index, chip] of chips.entries())
        chip.setAttribute("aria-pressed", String(asked.options[index]!.id === answers[asked.id]));
    };
    for (const [index, chip] of chips.entries()) {
      chip.addEventListener("click", () => {
        const option = asked.options[index]!.id;
        if (answers[asked.id] === option) delete answers[asked.id];
        else answers[asked.id] = option;
        draw();
        this.changed();
      });
    }
    draw();
    return h(
      "div",
      { class: "question" },
      h("p", { class: "label", id }, asked.text),
      h("div", { class: "chips", role: "group", "aria-labelledby": id }, ...chips),
    );
  }
}
