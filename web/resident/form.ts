// A small form with one button: never sent twice at once, and its complaint is beside the button.

import { h } from "./element.ts";

export interface SmallForm {
  element: HTMLFormElement;
  /** Shows the complaint, or takes it away with "". */
  complain: (words: string) => void;
}

export function small_form(
  submit_words: string,
  submit: () => Promise<void>,
  children: (Node | string | null | undefined)[],
): SmallForm {
  const trouble = h("p", { class: "field-error", role: "alert", hidden: true });
  const button = h("button", { type: "submit", class: "button primary" }, submit_words);
  const on_submit = async (event: Event) => {
    event.preventDefault();
    if (button.getAttribute("aria-disabled") === "true") return;
    button.setAttribute("aria-disabled", "true");
    await submit().finally(() => button.removeAttribute("aria-disabled"));
  };
  const element = h(
    "form",
    { novalidate: true, class: "stack", onsubmit: (event) => void on_submit(event) },
    ...children,
    trouble,
    button,
  );
  const complain = (words: string) => {
    trouble.textContent = words;
    trouble.hidden = words === "";
  };
  return { element, complain };
}
