// "Are you satisfied?": five stars as a radio group, so that arrow keys work; one and two stars ask for a
// reason.

import { ApiError, call, new_idempotency_key } from "../base/api.ts";
import { drop_draft, keep_draft, kept_draft } from "../base/drafts.ts";
import type { TrackDocument } from "../base/shapes.ts";
import { h, icon, new_id } from "./element.ts";
import { announce, card, t, time_element, word } from "./page.ts";
import { small_form } from "./form.ts";
import type { Tracked } from "./track_view.ts";

interface Opinion {
  score: number;
  comment: string;
  key: string;
}

export function rating_card(tracked: Tracked): HTMLElement | null {
  const { track } = tracked;
  if (track.rating) return given(track.rating);
  return track.can.rate ? asked(tracked) : null;
}

function given(rating: NonNullable<TrackDocument["rating"]>): HTMLElement {
  const words = word(`resident.score_${rating.score}`);
  const stars = [1, 2, 3, 4, 5].map((score) =>
    h("span", { class: score <= rating.score ? "lit" : "" }, icon("star")),
  );
  return card(
    h("h2", {}, t("resident.rated")),
    h(
      "p",
      {
        class: "stars given",
        role: "img",
        "aria-label": t("resident.score_of", { n: rating.score, words }),
      },
      ...stars,
    ),
    h("p", {}, words, " ", h("span", { class: "hint" }, time_element(rating.at))),
    rating.comment ? h("p", { class: "quote" }, rating.comment) : null,
  );
}

function asked(tracked: Tracked): HTMLElement {
  const draft_name = `rating.${tracked.tracking}`;
  const kept = kept_draft<Opinion>(draft_name);
  const opinion: Opinion = kept ?? { score: 0, comment: "", key: new_idempotency_key() };
  const said = h("p", { class: "score-words", "aria-hidden": "true" });
  const comment = comment_field(opinion, () => changed());
  const stars = [1, 2, 3, 4, 5].map((score) => star(score, opinion, () => changed()));
  const changed = () => {
    opinion.key = new_idempotency_key();
    form.complain("");
    keep_draft(draft_name, opinion);
    draw();
  };
  const draw = () => {
    for (const [index, each] of stars.entries()) each.classList.toggle("lit", index < opinion.score);
    said.textContent = opinion.score ? word(`resident.score_${opinion.score}`) : t("resident.score_none");
    comment.draw();
    form.element.querySelector("[type=submit]")!.toggleAttribute("hidden", opinion.score === 0);
  };
  const submit = async () => {
    if (opinion.score <= 2 && !opinion.comment.trim()) {
      form.complain(t("resident.comment_missing"));
      return comment.box.focus();
    }
    try {
      const body = { score: opinion.score, comment: opinion.comment.trim() || undefined };
      const path = `/api/v1/track/${encodeURIComponent(tracked.tracking)}/rating`;
      const now = await call<TrackDocument>(path, { method: "POST", body, idempotency_key: opinion.key });
      drop_draft(draft_name);
      tracked.taken(now);
      announce(t("resident.rated"));
    } catch (error) {
      form.complain((error instanceof ApiError && error.problem.detail) || t("resident.failed_kept"));
    }
  };
  const legend = h("legend", {}, h("h2", {}, t("resident.satisfied")));
  const choice = h("fieldset", {}, legend, h("div", { class: "stars" }, ...stars));
  const form = small_form(t("resident.rate"), submit, [choice, said, comment.element]);
  form.element.classList.add("rating");
  draw();
  const until = tracked.track.rate_until;
  const until_line = until && h("p", { class: "hint" }, t("resident.rate_until"), " ", time_element(until));
  return card(form.element, until_line);
}

function comment_field(opinion: Opinion, changed: () => void) {
  const id = new_id();
  const label = h("label", { class: "label", for: id });
  const box = h("textarea", {
    id,
    class: "input",
    rows: 3,
    maxlength: 1000,
    value: opinion.comment,
    oninput: () => {
      opinion.comment = box.value;
      changed();
    },
  });
  const element = h("div", { class: "field" }, label, box);
  const draw = () => {
    const needed = opinion.score > 0 && opinion.score <= 2;
    element.hidden = opinion.score === 0;
    label.textContent = needed ? t("resident.comment_needed") : t("resident.comment");
    box.required = needed;
  };
  return { element, box, draw };
}

function star(score: number, opinion: Opinion, chosen: () => void): HTMLElement {
  const input = h("input", {
    type: "radio",
    name: "score",
    class: "for-readers",
    value: String(score),
    checked: opinion.score === score,
    onchange: () => {
      opinion.score = score;
      chosen();
    },
  });
  const words = t("resident.score_of", { n: score, words: word(`resident.score_${score}`) });
  return h("label", { class: "star" }, input, icon("star"), h("span", { class: "for-readers" }, words));
}
