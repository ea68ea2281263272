// The worker's list as reactive values. Hides: loading, the live stream, the last list kept on the device for
// a start without signal, and what commands still on their way will make of a task.

import { computed, ref, shallowRef } from "vue";
import { ApiError, call } from "../base/api.ts";
import { set_server_time } from "../base/time.ts";
import type { CaseDocument, LiveCase, Task, TaskList } from "../base/shapes.ts";
import { account, note_refusal } from "./case/account.ts";
import { follow_live } from "./case/live.ts";
import { retell_time, t } from "./case/speech.ts";
import { failure_words, matter_words } from "./case/words_of.ts";
import { letters_of } from "./outbox.ts";

export const list = shallowRef<TaskList | null>(null);
export const failure = ref("");
export const stale = ref(false);
export const announcement = ref("");
export const fresh = ref<ReadonlySet<string>>(new Set());
/** The last change heard of each case, so that an open case view knows when to look again. */
export const last_change = shallowRef<LiveCase | { number: string } | null>(null);

const storage_key = () => `mashang.worker.list.${account.value?.id}`;
let loading: Promise<void> | undefined;
let again = false;

export interface ShownTask extends Task {
  on_its_way: string | undefined;
}

export const tasks = computed<ShownTask[]>(() => {
  const shown = (list.value?.items ?? []).map(foresee);
  return shown.filter((task) => task.status !== "in_review" || task.party === "reviewer");
});

/** One load at a time; a change heard meanwhile makes one more. */
export function load(): Promise<void> {
  again = loading !== undefined;
  loading ??= load_once().finally(() => {
    loading = undefined;
    if (again) void load();
  });
  return loading;
}

export function follow_tasks(): () => void {
  // A proxy may hold the stream back without ending it; once a minute is enough to notice.
  const minute = setInterval(() => void load(), 60_000);
  const end = follow_live({
    on_case(change) {
      last_change.value = change;
      void load();
    },
    on_reset() {
      last_change.value = { number: "" };
      void load();
    },
  });
  return () => {
    clearInterval(minute);
    end();
  };
}

export function take_answer(document: CaseDocument): void {
  set_server_time(document.server_time);
  last_change.value = document;
  void load();
}

async function load_once(): Promise<void> {
  try {
    const answer = await call<TaskList>("/api/v1/tasks", { tries_max: 2 });
    set_server_time(answer.server_time);
    retell_time();
    announce(answer);
    list.value = answer;
    failure.value = "";
    stale.value = false;
    keep(answer);
  } catch (error) {
    note_refusal(error);
    list.value ??= kept();
    stale.value = true;
    failure.value = error instanceof ApiError && error.kind !== "problem" ? "" : failure_words(error);
    if (!list.value) failure.value = failure_words(error);
  }
}

function announce(answer: TaskList): void {
  const before = list.value;
  if (!before) return;
  const known = new Set(before.items.map((task) => task.number));
  const added = answer.items.filter((task) => !known.has(task.number));
  if (added.length === 0) return;
  fresh.value = new Set(added.map((task) => task.number));
  const first = added[0]!;
  announcement.value =
    added.length === 1
      ? t("worker.new_task", { place: first.place.name, matter: matter_words(first.matter) })
      : t("worker.new_tasks", { n: added.length });
  navigator.vibrate?.(120);
}

// The straight way of the lifecycle, for what was tapped and is not yet answered.
const leads_to: Record<string, Pick<Task, "status" | "stage" | "allowed">> = {
  "sign-off": { status: "signed_off", stage: "response", allowed: ["respond"] },
  respond: { status: "responded", stage: "closure", allowed: ["close"] },
  close: { status: "in_review", stage: "review", allowed: [] },
};

type Foreseen<Item> = Item & { on_its_way: string | undefined };

export function foresee<Item extends Task | CaseDocument>(item: Item): Foreseen<Item> {
  const owed = letters_of(item.number).reverse();
  const on_its_way = owed[0]?.command;
  const seen = owed.map((letter) => leads_to[letter.command]).find(Boolean);
  if (!on_its_way) return { ...item, on_its_way };
  if (!seen) return Object.assign({}, item, { on_its_way, allowed: [] });
  const due = seen.stage ? item.due[seen.stage as keyof typeof item.due] : undefined;
  const clock = due
    ? { start: item.accepted_at, due, limit: "", stage: seen.stage, state: "running" }
    : null;
  return Object.assign({}, item, seen, { clock, overdue: false, on_its_way });
}

function keep(answer: TaskList): void {
  try {
    localStorage.setItem(storage_key(), JSON.stringify(answer));
  } catch {
    // Without room on the device the list lives as long as the page.
  }
}

function kept(): TaskList | null {
  try {
    return JSON.parse(localStorage.getItem(storage_key()) ?? "null") as TaskList | null;
  } catch {
    return null;
  }
}
