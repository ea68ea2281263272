// What can be shown of a case before its document is heard, or without signal: as much as the list told.

import type { CaseDocument, Task } from "../base/shapes.ts";

export function sketch(task: Task): CaseDocument {
  const report = {
    id: "",
    at: task.accepted_at,
    text: task.summary,
    reporter: null,
    anonymous: false,
    media: task.media,
    position: null,
    answers: null,
    answer_texts: [],
    rating: null,
  };
  const { number, revision, status, flags, overdue, stage, priority, place, matter, owner, due } = task;
  const known = { number, revision, status, flags, overdue, stage, priority, place, matter, owner, due };
  return {
    ...known,
    first_owner: owner,
    co_handlers: [],
    reports: [report],
    clocks: [],
    // A unit finishes its part without signal too: the list named it.
    parts: task.part_id ? [part_of(task, task.part_id)] : [],
    orders: [],
    events: [],
    media: task.media,
    result: null,
    allowed: task.allowed,
    pending: {},
    hops: 0,
    accepted_at: task.accepted_at,
    dispatched_at: task.accepted_at,
    server_time: task.accepted_at,
  };
}

function part_of(task: Task, id: string) {
  const due = task.next_due ?? task.accepted_at;
  return {
    id,
    unit: task.owner,
    due,
    state: "running",
    note: "",
    limit: "",
    finished_at: null,
    on_time: null,
  };
}
