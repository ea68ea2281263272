// The answer to a sent report, and the same page ever after: who has it, what happens by when, what became of
// it, and whether the resident is satisfied. It asks the server every 20 s while it is looked at.

import { call } from "../base/api.ts";
import { drop_draft, keep_draft, kept_draft } from "../base/drafts.ts";
import type { Person, ReportReceipt, TrackDocument } from "../base/shapes.ts";
import { is_past, left_words, set_server_time } from "../base/time.ts";
import { h, icon } from "./element.ts";
import { matter_name } from "./matter_choice.ts";
import { announce, card, language, redraw, show, t, time_element, word, words, type View } from "./page.ts";
import { rating_card } from "./rating.ts";
import { step_list } from "./steps.ts";
import { last_words } from "./last_words.ts";

const poll_ms = 20_000;

export interface Tracked {
  track: TrackDocument;
  tracking: string;
  /** The answer just given to a report: the page says first that it arrived. */
  just_sent: boolean;
  stale: boolean;
  taken: (track: TrackDocument) => void;
}

/** A receipt already holds all that the first page shows; the first look at the server fills in the rest. */
export function show_receipt(receipt: ReportReceipt, place_token: string): void {
  keep_draft(`token.${receipt.tracking}`, place_token);
  const { due, accepted_at, dispatched_at } = receipt;
  const step = (stage: "accepted" | "sign_off" | "response" | "closure", done_at: string | null) => {
    const own_due = stage === "accepted" ? null : due[stage];
    return { stage, due: own_due ?? null, done_at, on_time: done_at ? true : null, state: "" };
  };
  const track: TrackDocument = {
    ...receipt,
    flags: [],
    stage: "sign_off",
    steps: [
      step("accepted", accepted_at),
      step("sign_off", null),
      step("response", null),
      step("closure", null),
    ],
    timeline: [],
    media: [],
    result: null,
    rating: null,
    can: { rate: false, supplement: false, withdraw: false },
    rate_until: null,
    server_time: dispatched_at,
  };
  set_server_time(dispatched_at);
  history.replaceState(null, "", `/t/${encodeURIComponent(receipt.tracking)}`);
  show_track(track, receipt.tracking, { just_sent: true, first_look_ms: 1500 });
}

export function show_track(
  track: TrackDocument,
  tracking: string,
  opening: { just_sent?: boolean; first_look_ms?: number } = {},
): void {
  const just_sent = opening.just_sent === true;
  const tracked: Tracked = { track, tracking, just_sent, stale: false, taken: () => {} };
  let timer = 0;
  const draw = live_view(tracked);
  const look = async () => {
    clearTimeout(timer);
    timer = window.setTimeout(look, poll_ms);
    if (document.visibilityState !== "visible") return;
    try {
      tracked.taken(
        await call<TrackDocument>(`/api/v1/track/${encodeURIComponent(tracking)}`, { tries_max: 1 }),
      );
    } catch {
      tracked.stale = true;
      draw.update();
    }
  };
  tracked.taken = (now) => {
    const before = headline(tracked.track);
    tracked.track = now;
    tracked.stale = false;
    set_server_time(now.server_time);
    draw.update();
    if (headline(now) !== before) announce(headline(now));
  };
  document.addEventListener("visibilitychange", () => void look());
  window.addEventListener("focus", () => void look());
  window.addEventListener("online", () => void look());
  show(draw.view, look);
  timer = window.setTimeout(look, opening.first_look_ms ?? poll_ms);
}

export function headline(track: TrackDocument): string {
  const known = `resident.now.${track.status}`;
  const args = { owner: track.owner.name };
  return words.t(word(known, "") ? known : "resident.now.dispatched", args);
}

/** Under a headline that names nobody the line names the owner too. */
function owner_line(track: TrackDocument): string {
  const post = owner_words(track.owner);
  if (headline(track).includes(track.owner.name)) return post;
  return [track.owner.name, post].filter(Boolean).join(" · ");
}

function owner_words(owner: Person): string {
  const role = word(`role.${owner.role}`, "");
  if (owner.desk) return owner.unit === owner.name ? "" : owner.unit;
  return t("resident.owner", { unit: owner.unit, role });
}

/**
 * The page in parts, each drawn again only when what it shows has changed: a poll never wipes a half-written
 * comment nor takes the focus away.
 */
function live_view(tracked: Tracked): { view: () => View; update: () => void } {
  let parts: { holder: HTMLElement; shows: () => unknown; draw: () => Node[]; seen: string }[] = [];
  const part = (shows: () => unknown, draw: () => Node[]): HTMLElement => {
    const holder = h("div", { class: "part" });
    holder.append(...draw());
    parts.push({ holder, shows, draw, seen: JSON.stringify(shows()) });
    return holder;
  };
  let tone = tone_of(tracked.track);
  const update = () => {
    if (tone !== tone_of(tracked.track)) return redraw();
    for (const each of parts) {
      const now = JSON.stringify(each.shows());
      if (now === each.seen) continue;
      each.seen = now;
      each.holder.replaceChildren(...each.draw());
    }
  };
  const view = (): View => {
    parts = [];
    tone = tone_of(tracked.track);
    const track = () => tracked.track;
    const left = () => (next_due(track()) ? left_words(next_due(track())!, words) : "");
    return {
      title: t("resident.track_title", { number: tracked.track.number }),
      tone,
      band: [
        part(
          () => [track().status, track().owner, left(), tracked.just_sent],
          () => band(tracked),
        ),
      ],
      body: [
        part(
          () => tracked.stale,
          () => (tracked.stale ? [h("p", { class: "banner" }, t("resident.stale"))] : []),
        ),
        part(
          () => [track().can.rate, track().rating, track().result, track().status],
          () => closing(tracked),
        ),
        part(
          () => [track().steps, left()],
          () => [steps_card(track())],
        ),
        part(
          () => track().timeline,
          () => timeline_card(tracked),
        ),
        part(
          () => [track().media, track().result?.media],
          () => own_photos(tracked),
        ),
        part(
          () => [],
          () => [number_card(tracked)],
        ),
        part(
          () => track().can,
          () => last_words(tracked),
        ),
      ],
    };
  };
  return { view, update };
}

function tone_of(track: TrackDocument): "calm" | "good" {
  return track.status === "closed" ? "good" : "calm";
}

function next_due(track: TrackDocument): string | null {
  const open = ["waiting", "dispatched", "signed_off", "responded"].includes(track.status);
  return (open && track.steps.find((step) => !step.done_at && step.due)?.due) || null;
}

function band(tracked: Tracked): Node[] {
  const { track } = tracked;
  const due = next_due(track);
  const step = track.steps.find((each) => !each.done_at && each.due);
  const mark = track.status === "closed" || tracked.just_sent ? "check" : "clock";
  const lines: Node[] = [
    h("div", { class: "headline" }, icon(mark), h("h1", {}, headline(track))),
    h("p", { class: "address" }, owner_line(track)),
  ];
  if (due && step) {
    const state = is_past(due) ? "overdue" : "on_time";
    const next = t("resident.next", { stage: word(`stage.${step.stage}`), left: left_words(due, words) });
    lines.push(
      h(
        "p",
        { class: `plate ${state}` },
        icon(state === "overdue" ? "warn" : "clock"),
        h("strong", {}, next),
      ),
    );
  }
  return lines;
}

function steps_card(track: TrackDocument): HTMLElement {
  const place = h("p", { class: "hint" }, `${matter_name(track.matter)} · ${track.place.name}`);
  return card(h("h2", {}, t("resident.steps")), place, step_list(track));
}

/** What became of it, photos before and after, and the question whether it was good. */
function closing(tracked: Tracked): Node[] {
  const { track } = tracked;
  const nodes: Node[] = [];
  if (track.result) {
    const before = figure(tracked, track.media[0], t("resident.before"));
    const after = track.result.media.map((id) => figure(tracked, id, t("resident.after")));
    nodes.push(
      card(
        h("h2", {}, t("resident.result")),
        h("p", { class: "lead" }, track.result.text),
        h("p", { class: "hint" }, time_element(track.result.at)),
        after.length > 0 ? h("div", { class: "pair" }, before, ...after) : null,
      ),
    );
  }
  const rating = rating_card(tracked);
  if (rating) nodes.push(rating);
  return nodes;
}

function figure(tracked: Tracked, id: string | undefined, caption: string): HTMLElement | null {
  if (!id) return null;
  const address = `/api/v1/track/${encodeURIComponent(tracked.tracking)}/media/${encodeURIComponent(id)}`;
  const picture = h("img", { src: `${address}?size=thumb`, alt: caption, loading: "lazy" });
  return h(
    "figure",
    {},
    h("a", { href: address, target: "_blank" }, picture),
    h("figcaption", {}, caption),
  );
}

function own_photos(tracked: Tracked): Node[] {
  const shown_above = tracked.track.result && tracked.track.result.media.length > 0 ? 1 : 0;
  const rest = tracked.track.media.slice(shown_above);
  if (rest.length === 0) return [];
  const figures = rest.map((id, index) =>
    figure(tracked, id, t("resident.photo", { n: index + 1 + shown_above })),
  );
  return [card(h("h2", {}, t("resident.your_photos")), h("div", { class: "pair" }, ...figures))];
}

function timeline_card(tracked: Tracked): Node[] {
  const { timeline } = tracked.track;
  if (timeline.length === 0) return [];
  const items = [...timeline].reverse().map((happening) => {
    const role = word(`role.${happening.by_role}`, "");
    const by = happening.by_name ? `${happening.by_name} · ${role}` : role;
    const others = happening.media.filter((id) => !tracked.track.media.includes(id));
    const photos = others.map((id) => figure(tracked, id, t("resident.photo_of", { who: by })));
    return h(
      "li",
      {},
      h("p", {}, happening.text),
      h("p", { class: "hint" }, by ? `${by} · ` : "", time_element(happening.at)),
      photos.length > 0 && happening.what !== "submitted"
        ? h("div", { class: "pair small" }, ...photos)
        : null,
    );
  });
  return [card(h("h2", {}, t("resident.timeline")), h("ol", { class: "timeline" }, ...items))];
}

function number_card(tracked: Tracked): HTMLElement {
  const address = `${location.origin}/t/${encodeURIComponent(tracked.tracking)}`;
  const words_of_copy = h("span", {}, t("resident.copy"));
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(address);
    } catch {
      copy_by_selection(address);
    }
    words_of_copy.textContent = t("resident.copied");
    announce(t("resident.copied"));
  };
  const token = kept_draft<string>(`token.${tracked.tracking}`);
  if (tracked.track.status === "withdrawn") drop_draft(`token.${tracked.tracking}`);
  return card(
    h("h2", {}, t("resident.keep_link")),
    h("p", { class: "hint" }, t("resident.keep_link_why")),
    h(
      "p",
      { class: "number" },
      h("span", { class: "hint" }, t("resident.number")),
      " ",
      h("strong", {}, tracked.track.number),
    ),
    h(
      "p",
      { class: "link" },
      h("a", { href: address, lang: language() }, address.replace(/^https?:\/\//, "")),
    ),
    h("button", { type: "button", class: "button wide", onclick: () => void copy() }, words_of_copy),
    token ? h("a", { class: "button quiet", href: `/c/${token}` }, t("resident.report_another")) : null,
  );
}

/** Where the clipboard is not to be had (a page without TLS, an old browser). */
function copy_by_selection(text: string): void {
  const box = h("textarea", { class: "for-readers", value: text });
  document.body.append(box);
  box.select();
  document.execCommand("copy");
  box.remove();
}
