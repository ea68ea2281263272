// Short words about a case that several views say alike.

import { ApiError } from "../../base/api.ts";
import { urgency, type Urgency } from "../../base/time.ts";
import type { CaseDocument, CaseEvent, Clock, MatterName, Person, Place, Task } from "../../base/shapes.ts";
import { language, now, t, word } from "./speech.ts";

export function matter_words(matter: MatterName): string {
  return language.value === "en" && matter.name_en ? matter.name_en : matter.name;
}

/** "李敏(求是社区 网格员)", without saying a post twice. */
export function person_words(person: Person): string {
  const post = person.unit || word(`role.${person.role}`);
  return !post || person.name.includes(post)
    ? person.name
    : t("worker.person", { name: person.name, post });
}

/** The end-to-end clock has no due instant, so it has no countdown either. */
export function is_timed(clock: Clock): clock is Clock & { due: string } {
  return clock.due !== null;
}

export function place_words(place: Place): string {
  return [place.street_name, place.division_name].filter(Boolean).join(" · ");
}

export function actor_words(event: CaseEvent): string {
  const role = word(`role.${event.by_role}`, event.by_role);
  const name = event.actor?.name;
  return name && name !== role ? `${name} · ${role}` : role;
}

export function task_urgency(task: Task): Urgency | "held" {
  if (task.flags.includes("paused")) return "held";
  if (task.overdue) return "overdue";
  return task.clock ? urgency(task.clock.start, task.clock.due, now.value) : "on_time";
}

/** What happened to a case since the revision that somebody was looking at. */
export function changed_words(
  before: { status: string; events?: CaseEvent[] },
  after: CaseDocument,
): string {
  const seen = before.events?.[before.events.length - 1]?.seq ?? 0;
  const fresh = before.events ? after.events.filter((event) => event.seq > seen) : after.events.slice(-1);
  return fresh.map((event) => event.text).join(" · ") || word(`status.${after.status}`);
}

/** What to tell a person about a call that failed: the server's sentence, or ours when nothing was heard. */
export function failure_words(error: unknown): string {
  if (!(error instanceof ApiError)) return t("worker.failure.page");
  if (error.kind === "offline") return t("worker.failure.offline");
  if (error.kind === "timeout") return t("worker.failure.timeout");
  const pointed = error.problem.errors?.map((item) => item.detail).join(" ");
  return pointed || error.problem.detail || error.problem.title || t("worker.failure.page");
}
