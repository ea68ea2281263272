// What a person may add about himself: where he stands (asked of the phone only after a tap), a phone number
// with the reason for it, or nothing at all.

import type { Draft } from "./draft.ts";
import { h, icon, new_id } from "./element.ts";
import { announce, t } from "./page.ts";

export function contact_fields(
  draft: Draft,
  save: () => void,
): { element: HTMLElement; complain: (words: string) => void } {
  const ids = [new_id(), new_id(), new_id(), new_id()] as const;
  const error = h("p", { class: "field-error", id: ids[1], role: "alert", hidden: true });
  const phone = h("input", {
    id: ids[0],
    type: "tel",
    class: "input",
    inputmode: "tel",
    autocomplete: "tel",
    maxlength: 20,
    "aria-describedby": `${ids[2]} ${ids[1]}`,
    value: draft.phone,
    oninput: () => {
      draft.phone = phone.value;
      error.hidden = true;
      phone.removeAttribute("aria-invalid");
      save();
    },
  });
  const phone_field = h(
    "div",
    { class: "field", hidden: draft.anonymous },
    h("label", { class: "label", for: ids[0] }, t("resident.phone")),
    phone,
    error,
    h("p", { class: "hint", id: ids[2] }, t("resident.phone_why")),
  );
  const anonymous = h("input", {
    type: "checkbox",
    role: "switch",
    class: "switch",
    checked: draft.anonymous,
    "aria-describedby": ids[3],
    onchange: () => {
      draft.anonymous = anonymous.checked;
      phone_field.hidden = draft.anonymous;
      save();
    },
  });
  const hint = h("span", { class: "hint", id: ids[3] }, t("resident.anonymous_why"));
  const words = h("span", {}, h("span", { class: "label" }, t("resident.anonymous")));
  const row = h("div", {}, h("label", { class: "switch-row" }, words, anonymous), hint);
  return {
    element: h("div", { class: "stack" }, row, phone_field),
    complain: (complaint) => {
      error.textContent = complaint;
      error.hidden = false;
      phone.setAttribute("aria-invalid", "true");
      phone.focus({ preventScroll: true });
      phone.scrollIntoView({ block: "center" });
    },
  };
}

export function position_field(draft: Draft, save: () => void): HTMLElement {
  const words = h("span", {});
  const button = h(
    "button",
    { type: "button", class: "button wide", onclick: () => press() },
    icon("pin"),
    words,
  );
  const note = h("p", { class: "hint", role: "status" });
  const draw = (trouble?: string) => {
    const metres = Math.round(draft.position?.accuracy_m ?? 0);
    words.textContent = draft.position ? t("resident.position_remove") : t("resident.position");
    note.textContent =
      trouble ?? (draft.position ? t("resident.position_added", { metres }) : t("resident.position_why"));
    button.setAttribute("aria-pressed", String(draft.position !== null));
  };
  const press = () => {
    if (draft.position) {
      draft.position = null;
      save();
      return draw();
    }
    if (!navigator.geolocation) return draw(t("resident.position_refused"));
    words.textContent = t("resident.position_asking");
    navigator.geolocation.getCurrentPosition(
      (found) => {
        const { latitude, longitude, accuracy } = found.coords;
        draft.position = {
          lat: latitude,
          lon: longitude,
          accuracy_m: Math.round(accuracy),
          system: "wgs84",
        };
        save();
        draw();
        announce(note.textContent ?? "");
      },
      () => draw(t("resident.position_refused")),
      { enableHighAccuracy: true, timeout: 15_000, maximumAge: 60_000 },
    );
  };
  draw();
  return h("div", { class: "field" }, button, note);
}
