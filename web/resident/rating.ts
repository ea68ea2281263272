// "Are you satisfied?": five stars as a radio group, so that arrow keys work; one and two stars ask for a
// reason.

import { ApiError, call, new_idempotency_key } from "../base/api.ts";
import { drop_draft, keep_draft, kept_draft } from "../base/drafts.ts";
import type { TrackDocument } from "../base/shapes.ts";
import { h, icon, new_id } from "./element.ts";
import { announce, card, t, time_element, word } from "./page.ts";
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
  const opinion: Opinion = kept_draft<Opinion>(draft_name) ?? {
    score: 0,
    comment: "",
    key: new_idempotency_key(),
  };
  const ids = [new_id(), new_id()] as const;
  const said = h("p", { class: "score-words", "aria-hidden": "true" });
  const trouble = h("p", { class: "field-error", id: ids[1], role: "alert", hidden: true });
  const label = h("label", { class: "label", for: ids[0] });
  const comment = h("textarea", {
    id: ids[0],
    class: "input",
    rows: 3,
    maxlength: 1000,
    "aria-describedby": ids[1],
    value: opinion.comment,
    oninput: () => {
      opinion.comment = comment.value;
      trouble.hidden = true;
      keep_draft(draft_name, opinion);
    },
  });
  const comment_field = h("div", { class: "field" }, label, comment);
  const send = h("button", { type: "submit", class: "button primary" }, t("resident.rate"));
  const stars = [1, 2, 3, 4, 5].map((score) => star(score, opinion, () => choose(score)));
  const draw = () => {
    for (const [index, each] of stars.entries()) each.classList.toggle("lit", index < opinion.score);
    said.textContent = opinion.score ? word(`resident.score_${opinion.score}`) : t("resident.score_none");
    comment_field.hidden = opinion.score === 0;
    send.hidden = opinion.score === 0;
    const needed = opinion.score > 0 && opinion.score <= 2;
    label.textContent = needed ? t("resident.comment_needed") : t("resident.comment");
    comment.required = needed;
  };
  const choose = (score: number) => {
    opinion.score = score;
    opinion.key = new_idempotency_key();
    trouble.hidden = true;
    keep_draft(draft_name, opinion);
    draw();
  };
  const complain = (words: string) => {
    trouble.textContent = words;
    trouble.hidden = false;
  };
  const submit = async () => {
    if (opinion.score <= 2 && !opinion.comment.trim()) {
      complain(t("resident.comment_missing"));
      return comment.focus();
    }
    send.setAttribute("aria-disabled", "true");
    try {
      const body = { score: opinion.score, comment: opinion.comment.trim() || undefined };
      const path = `/api/v1/track/${encodeURIComponent(tracked.tracking)}/rating`;
      const now = await call<TrackDocument>(path, { method: "POST", body, idempotency_key: opinion.key });
      drop_draft(draft_name);
      tracked.taken(now);
      announce(t("resident.rated"));
    } catch (error) {
      send.removeAttribute("aria-disabled");
      complain((error instanceof ApiError && error.problem.detail) || t("resident.failed_kept"));
    }
  };
  draw();
  const legend = h("legend", {}, h("h2", {}, t("resident.satisfied")));
  const until = tracked.track.rate_until;
  return card(
    h(
      "form",
      {
        novalidate: true,
        class: "rating",
        onsubmit: (event) => {
          event.preventDefault();
          void submit();
        },
      },
      h("fieldset", {}, legend, h("div", { class: "stars" }, ...stars)),
      said,
      comment_field,
      trouble,
      send,
      until ? h("p", { class: "hint" }, t("resident.rate_until"), " ", time_element(until)) : null,
    ),
  );
}

function star(score: number, opinion: Opinion, choose: () => void): HTMLElement {
  const input = h("input", {
    type: "radio",
    name: "score",
    class: "for-readers",
    value: String(score),
    checked: opinion.score === score,
    onchange: choose,
  });
  const words = t("resident.score_of", { n: score, words: word(`resident.score_${score}`) });
  return h("label", { class: "star" }, input, icon("star"), h("span", { class: "for-readers" }, words));
}
