// What a resident may still do with a report under way: add something, or take it back after being asked.

import { ApiError, call, new_idempotency_key } from "../base/api.ts";
import { drop_draft, keep_draft, kept_draft } from "../base/drafts.ts";
import type { TrackDocument } from "../base/shapes.ts";
import { h, new_id } from "./element.ts";
import { small_form } from "./form.ts";
import { is_uploaded, upload_photo, type Photo } from "./letters.ts";
import { announce, card, t } from "./page.ts";
import { PhotoPicker } from "./photo_picker.ts";
import type { Tracked } from "./track_view.ts";

export function last_words(tracked: Tracked): Node[] {
  const { can } = tracked.track;
  const nodes: Node[] = [];
  if (can.supplement) nodes.push(supplement(tracked));
  if (can.withdraw) nodes.push(withdrawal(tracked));
  return nodes.length > 0 ? [card(...nodes)] : [];
}

async function send(tracked: Tracked, action: string, body: unknown, key: string): Promise<void> {
  const path = `/api/v1/track/${encodeURIComponent(tracked.tracking)}/${action}`;
  tracked.taken(await call<TrackDocument>(path, { method: "POST", body, idempotency_key: key }));
}

function detail_of(error: unknown): string {
  return (error instanceof ApiError && error.problem.detail) || t("resident.failed_kept");
}

function supplement(tracked: Tracked): HTMLElement {
  const draft_name = `supplement.${tracked.tracking}`;
  const place_token = kept_draft<string>(`token.${tracked.tracking}`);
  const photos: Photo[] = [];
  const id = new_id();
  let key = new_idempotency_key();
  const changed = () => {
    key = new_idempotency_key();
    form.complain("");
  };
  const box = h("textarea", {
    id,
    class: "input",
    rows: 3,
    maxlength: 2000,
    value: kept_draft<string>(draft_name) ?? "",
    oninput: () => {
      changed();
      keep_draft(draft_name, box.value);
    },
  });
  const submit = async () => {
    const text = box.value.trim();
    if (!text) {
      form.complain(t("resident.supplement_needed"));
      return box.focus();
    }
    try {
      const this_key = key;
      for (const photo of photos) {
        if (!is_uploaded(photo)) await upload_photo(place_token!, photo, () => {});
      }
      await send(tracked, "supplement", { text, media: photos.map((photo) => photo.media_id) }, this_key);
      drop_draft(draft_name);
      picker?.leave();
      details.replaceWith(supplement(tracked));
      announce(t("resident.supplement_sent"));
    } catch (error) {
      form.complain(detail_of(error));
    }
  };
  const label = h("label", { class: "label", for: id }, t("resident.supplement_what"));
  const photo_slot = h("div", {});
  const form = small_form(t("resident.supplement_send"), submit, [label, box, photo_slot]);
  // Photos need the place's token, which only the phone that sent the report has.
  const picker = place_token
    ? new PhotoPicker({ token: place_token, photos, photos_max: 6, changed })
    : null;
  if (picker) photo_slot.append(picker.element);
  const summary = h("summary", {}, t("resident.supplement"));
  const details = h("details", { open: box.value !== "" }, summary, form.element);
  return details;
}

function withdrawal(tracked: Tracked): HTMLElement {
  const title = new_id();
  const key = new_idempotency_key();
  const trouble = h("p", { class: "field-error", role: "alert", hidden: true });
  const keep_it = h(
    "button",
    { type: "button", class: "button wide", onclick: () => close() },
    t("resident.withdraw_no"),
  );
  const take_back = async () => {
    try {
      await send(tracked, "withdraw", {}, key);
      close();
      window.scrollTo(0, 0);
      announce(t("resident.withdrawn"));
    } catch (error) {
      trouble.textContent = detail_of(error);
      trouble.hidden = false;
    }
  };
  const sure = h("button", { type: "button", class: "button danger", onclick: () => void take_back() });
  sure.textContent = t("resident.withdraw_yes");
  const dialog = h(
    "dialog",
    { "aria-labelledby": title },
    h("h2", { id: title }, t("resident.withdraw_sure")),
    h("p", {}, t("resident.withdraw_why")),
    trouble,
    h("div", { class: "stack" }, sure, keep_it),
  );
  const opener = h("button", { type: "button", class: "button quiet", onclick: () => open() });
  opener.textContent = t("resident.withdraw");
  const modal = typeof HTMLDialogElement !== "undefined";
  // An old browser without modal dialogs still shows the question, in its place.
  const open = () => (modal ? dialog.showModal() : dialog.setAttribute("open", ""));
  const close = () => (modal ? dialog.close() : dialog.removeAttribute("open"));
  dialog.addEventListener("close", () => opener.focus());
  return h("div", {}, opener, dialog);
}
