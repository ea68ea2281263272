// A report that could not be sent: kept on this phone, sent when there is a signal, and saying so.

import type { ReportReceipt } from "../base/shapes.ts";
import { h, icon } from "./element.ts";
import { can_wait, deliver, drop_letter, type Letter } from "./letters.ts";
import { announce, card, show, t, type View } from "./page.ts";
import { end_draft } from "./draft.ts";
import { ApiError } from "../base/api.ts";

interface Outcome {
  sent: (receipt: ReportReceipt) => void;
  refused: (words: string) => void;
  edit: () => void;
}

const again_ms = 30_000;

/** `at_once` when the letter is found on opening the page: perhaps the signal is back by now. */
export function show_queued(letter: Letter, outcome: Outcome, at_once: boolean): void {
  let trying = false;
  const leave = () => {
    window.removeEventListener("online", attempt);
    clearInterval(timer);
  };
  const attempt = async () => {
    if (trying) return;
    trying = true;
    announce(t("resident.sending"));
    try {
      const receipt = await deliver(letter, () => {});
      await drop_letter(letter.token);
      end_draft(letter.token);
      leave();
      outcome.sent(receipt);
    } catch (error) {
      if (!can_wait(error)) {
        leave();
        await drop_letter(letter.token);
        outcome.refused((error instanceof ApiError && error.problem.detail) || t("resident.failed"));
      } else {
        announce(t("resident.queued"));
      }
    } finally {
      trying = false;
    }
  };
  const timer = setInterval(() => void attempt(), again_ms);
  window.addEventListener("online", attempt);
  const edit = () => {
    leave();
    outcome.edit();
  };
  show(() => queued_view(letter, () => void attempt(), edit));
  if (at_once && navigator.onLine) void attempt();
}

function queued_view(letter: Letter, attempt: () => void, edit: () => void): View {
  const text = String(letter.body.text ?? "");
  const photos = letter.photos.length;
  return {
    title: t("resident.queued"),
    band: [
      h("div", { class: "headline" }, icon("clock"), h("h1", {}, t("resident.queued"))),
      h("p", { class: "address" }, t("resident.queued_why")),
    ],
    body: [
      card(
        h("p", { class: "hint" }, letter.place_name),
        text ? h("p", { class: "lead excerpt" }, text) : null,
        photos > 0 ? h("p", { class: "hint" }, t("resident.photos_kept", { n: photos })) : null,
        h("button", { type: "button", class: "button primary", onclick: attempt }, t("resident.send_now")),
        h("button", { type: "button", class: "button quiet", onclick: edit }, t("resident.edit")),
      ),
    ],
  };
}
