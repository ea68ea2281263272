// The page a scanned code opens: where you are, what is already known here, one question, one button.

import { ApiError, call } from "../base/api.ts";
import type { CodeDocument, OpenCase, ReportReceipt } from "../base/shapes.ts";
import { set_server_time } from "../base/time.ts";
import { contact_fields, position_field } from "./about_you.ts";
import {
  end_draft,
  is_phone,
  kept_photos,
  open_draft,
  save_draft,
  save_photos,
  write_letter,
  type Draft,
} from "./draft.ts";
import { h, icon, new_id } from "./element.ts";
import { can_wait, deliver, drop_letter, keep_letter, kept_letter, letters_elsewhere } from "./letters.ts";
import type { Letter, Photo } from "./letters.ts";
import { MatterChoice, matter_name } from "./matter_choice.ts";
import {
  announce,
  card,
  language,
  redraw,
  show,
  t,
  time_element,
  word,
  type Context,
  type View,
} from "./page.ts";
import { PhotoPicker } from "./photo_picker.ts";
import { show_queued } from "./queued_view.ts";
import { place_band } from "./place_band.ts";
import { show_receipt } from "./track_view.ts";

interface Desk {
  code: CodeDocument;
  draft: Draft;
  photos: Photo[];
  restored: boolean;
  trouble: string;
  sent_elsewhere: { place_name: string; tracking_url: string }[];
}

export async function open_report(code: CodeDocument, context: Context): Promise<void> {
  const desk: Desk = { code, ...open_draft(code.token), photos: [], trouble: "", sent_elsewhere: [] };
  const anew = async () => {
    desk.code = await call<CodeDocument>(`/api/v1/codes/${encodeURIComponent(code.token)}`);
    set_server_time(desk.code.server_time);
  };
  const write = () => show(() => report_view(desk), anew);
  // The device's shelf may be slow or never answer: what the server wrote is shown before it is asked.
  write();
  const [waiting, photos] = await Promise.all([kept_letter(code.token), kept_photos(code.token)]);
  if (waiting) {
    wait_for_signal(desk, waiting, write, true);
  } else {
    if (context.lang !== language()) void anew().then(redraw, () => {});
    if (photos.length > 0) {
      desk.photos.unshift(...photos);
      desk.restored = true;
      redraw();
    }
  }
  void send_elsewhere(desk);
}

function wait_for_signal(desk: Desk, letter: Letter, write: () => void, at_once: boolean): void {
  const outcome = {
    sent: (receipt: ReportReceipt) => show_receipt(receipt, desk.code.token),
    refused: (words: string) => {
      desk.trouble = words;
      write();
    },
    edit: () => {
      void drop_letter(letter.token);
      write();
    },
  };
  show_queued(letter, outcome, at_once);
}

async function send_elsewhere(desk: Desk): Promise<void> {
  for (const letter of await letters_elsewhere(desk.code.token)) {
    try {
      const receipt = await deliver(letter, () => {});
      await drop_letter(letter.token);
      end_draft(letter.token);
      const { tracking_url } = receipt;
      document.querySelector("#sent-elsewhere")?.append(sent_banner(letter.place_name, tracking_url));
      desk.sent_elsewhere.push({ place_name: letter.place_name, tracking_url });
    } catch {
      // It waits on; its own page tells when it is opened.
    }
  }
}

function sent_banner(place_name: string, tracking_url: string): HTMLElement {
  const link = h("a", { href: tracking_url }, t("resident.see_progress"));
  return h(
    "p",
    { class: "banner good", role: "status" },
    t("resident.sent_elsewhere", { place: place_name }),
    " ",
    link,
  );
}

function report_view(desk: Desk): View {
  const { code, draft } = desk;
  const save = () => save_draft(code.token, draft);
  const picker = new PhotoPicker({
    token: code.token,
    photos: desk.photos,
    photos_max: code.limits.media_max,
    changed: () => save_photos(code.token, desk.photos),
  });
  const elsewhere = h("div", { id: "sent-elsewhere" });
  for (const sent of desk.sent_elsewhere) elsewhere.append(sent_banner(sent.place_name, sent.tracking_url));
  const text = text_field(code, draft, save);
  const contact = contact_fields(draft, save);
  const send = send_bar(desk, text, contact);
  const matters = new MatterChoice(code, draft, () => {
    save();
    text.clear();
  });
  const form = h(
    "form",
    {
      novalidate: true,
      class: "report",
      onsubmit: (event) => {
        event.preventDefault();
        void send.press();
      },
    },
    card(
      text.element,
      picker.element,
      // Whoever joins a case has its matter already.
      draft.join ? null : matters.element,
    ),
    card(position_field(draft, save), contact.element),
    send.element,
  );
  const restored = desk.restored ? h("p", { class: "banner" }, t("resident.draft_restored")) : null;
  const parts = [elsewhere, restored, open_cases(code, draft, save), form, notices(code), privacy()];
  return {
    title: t("resident.title", { place: code.place.name }),
    band: place_band(code.place),
    body: parts.filter((part): part is HTMLElement => part !== null),
    leave: () => picker.leave(),
  };
}

function open_cases(code: CodeDocument, draft: Draft, save: () => void): HTMLElement | null {
  if (code.open_cases.length === 0) return null;
  const rows = code.open_cases.map((open) => open_case(open, draft, save));
  return card(h("h2", {}, t("resident.known_here")), h("ul", { class: "known" }, ...rows));
}

function open_case(open: OpenCase, draft: Draft, save: () => void): HTMLElement {
  const joined = draft.join === open.number;
  const button = h(
    "button",
    {
      type: "button",
      class: "chip join",
      "aria-pressed": String(joined),
      onclick: () => {
        draft.join = joined ? "" : open.number;
        if (!joined) {
          draft.matter_code = open.matter.code;
          draft.answers = {};
        }
        save();
        redraw();
        const next = document.querySelector<HTMLElement>(joined ? ".chip.join" : ".send");
        next?.focus({ preventScroll: true });
        if (!joined) announce(t("resident.join_chosen"));
      },
    },
    joined ? icon("check") : null,
    t("resident.join"),
  );
  return h(
    "li",
    {},
    h(
      "div",
      {},
      h("strong", {}, matter_name(open.matter)),
      h(
        "span",
        { class: "hint" },
        t("resident.known_by", { n: open.reports, status: word(`status.${open.status}`) }),
      ),
    ),
    button,
  );
}

interface TextField {
  element: HTMLElement;
  complain: (words: string) => void;
  clear: () => void;
}

function text_field(code: CodeDocument, draft: Draft, save: () => void): TextField {
  const ids = [new_id(), new_id(), new_id()] as const;
  const chars_max = code.limits.text_chars_max;
  const error = h("p", { class: "field-error", id: ids[1], role: "alert", hidden: true });
  const counter = h("p", { class: "hint counter", id: ids[2], hidden: true });
  const box = h("textarea", {
    id: ids[0],
    class: "input",
    rows: 4,
    maxlength: chars_max,
    placeholder: draft.join ? t("resident.text_joined_example") : t("resident.text_example"),
    "aria-describedby": `${ids[1]} ${ids[2]}`,
    value: draft.text,
    oninput: () => {
      draft.text = box.value;
      save();
      clear();
      count();
    },
  });
  const clear = () => {
    error.hidden = true;
    box.removeAttribute("aria-invalid");
  };
  const count = () => {
    const left = chars_max - box.value.length;
    counter.hidden = left > Math.min(200, chars_max / 5);
    counter.textContent = t("resident.chars_left", { n: left });
  };
  count();
  const question = draft.join ? t("resident.question_joined") : t("resident.question");
  return {
    element: h(
      "div",
      { class: "field" },
      h("h2", {}, h("label", { for: ids[0] }, question)),
      box,
      counter,
      error,
    ),
    complain: (words) => {
      error.textContent = words;
      error.hidden = false;
      box.setAttribute("aria-invalid", "true");
      box.focus({ preventScroll: true });
      box.scrollIntoView({ block: "center" });
    },
    clear,
  };
}

interface SendBar {
  element: HTMLElement;
  press: () => Promise<void>;
}

function send_bar(desk: Desk, text: TextField, contact: { complain: (words: string) => void }): SendBar {
  const { code, draft } = desk;
  const trouble = h("div", { class: "banner bad", role: "alert", hidden: true });
  const label = h("span", {}, draft.join ? t("resident.send_joined") : t("resident.send"));
  const button = h("button", { type: "submit", class: "button primary send" }, label);
  const say = (words: string, busy: boolean) => {
    label.textContent = words;
    button.toggleAttribute("data-busy", busy);
    button.setAttribute("aria-disabled", String(busy));
    announce(words);
  };
  const fail = (words: string) => {
    say(draft.join ? t("resident.send_joined") : t("resident.send"), false);
    trouble.replaceChildren(h("strong", {}, words), " ", t("resident.nothing_lost"));
    trouble.hidden = false;
  };
  const refused = (error: unknown) => {
    if (!(error instanceof ApiError)) return fail(t("resident.failed"));
    const first = error.problem.errors?.[0];
    const words = first?.detail ?? error.problem.detail ?? t("resident.failed");
    if (error.status === 409) draft.key = "";
    fail(words);
    if (first?.pointer.startsWith("/text")) text.complain(words);
    if (first?.pointer.startsWith("/reporter")) contact.complain(words);
  };
  if (desk.trouble) fail(desk.trouble);
  desk.trouble = "";
  const press = async () => {
    if (button.hasAttribute("data-busy")) return;
    trouble.hidden = true;
    if (!draft.text.trim() && !draft.matter_code && !draft.join)
      return text.complain(t("resident.text_needed"));
    if (!draft.anonymous && draft.phone.trim() && !is_phone(draft.phone)) {
      return contact.complain(t("resident.phone_wrong"));
    }
    const letter = write_letter(code, draft, desk.photos);
    say(t("resident.sending"), true);
    try {
      const receipt = await deliver(letter, (progress) =>
        say(t("resident.sending_photo", { ...progress }), true),
      );
      await drop_letter(code.token);
      end_draft(code.token);
      show_receipt(receipt, code.token);
      announce(t("resident.sent"));
    } catch (error) {
      if (!can_wait(error)) return refused(error);
      await keep_letter(letter);
      wait_for_signal(desk, letter, () => show(() => report_view(desk)), false);
    }
  };
  return { element: h("div", { class: "send-bar" }, trouble, button), press };
}

function notices(code: CodeDocument): HTMLElement | null {
  if (code.notices.length === 0) return null;
  const items = code.notices.map((notice) =>
    h(
      "li",
      {},
      h("h3", {}, notice.title),
      h("p", {}, notice.text),
      h("p", { class: "hint" }, time_element(notice.at)),
    ),
  );
  return card(h("h2", {}, t("resident.notices")), h("ul", { class: "notices" }, ...items));
}

function privacy(): HTMLElement {
  const more = h(
    "details",
    {},
    h("summary", {}, t("resident.privacy_more")),
    h("p", {}, t("resident.privacy_text")),
  );
  return h("div", { class: "privacy" }, h("p", {}, t("resident.privacy")), more);
}
