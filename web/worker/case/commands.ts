// What each command of the lifecycle asks of a person: the fields of its dialog, in order, and the
// reasons that are ready to tap. Which commands may be given is never decided here: the case document
// says so in `allowed`. Used by the worker's and the office's pages.

import type { CaseDocument } from "../../base/shapes.ts";

export type FieldKind =
  | "text"
  | "line"
  | "person"
  | "unit"
  | "limit"
  | "until"
  | "matter"
  | "priority"
  | "part"
  | "order"
  | "report"
  | "ruling"
  | "media";

export interface Field {
  name: string;
  kind: FieldKind;
  required: boolean;
  options?: readonly string[];
}

/** go: leads on. plain: beside the way. grave: ends or undoes something. */
export type Tone = "go" | "plain" | "grave";

export interface CommandForm {
  tone: Tone;
  /** How many ready sentences `worker.reason.<command>.<n>` there are for the first text field. */
  reasons: number;
  fields: readonly Field[];
}

const text = (name: string, required = true): Field => ({ name, kind: "text", required });
const ruling = (...options: string[]): Field => ({
  name: "decision",
  kind: "ruling",
  required: true,
  options,
});
const form = (tone: Tone, reasons: number, ...fields: Field[]): CommandForm => ({ tone, reasons, fields });

const media: Field = { name: "media", kind: "media", required: false };
const person: Field = { name: "to", kind: "person", required: true };
const part: Field = { name: "part", kind: "part", required: true };
const unit: Field = { name: "unit", kind: "unit", required: true };
const until: Field = { name: "until", kind: "until", required: true };
const matter: Field = { name: "matter", kind: "matter", required: true };
const priority: Field = { name: "priority", kind: "priority", required: true };
const order: Field = { name: "order", kind: "order", required: true };
const report: Field = { name: "report", kind: "report", required: true };
const into: Field = { name: "into", kind: "line", required: true };
const limit = (required: boolean): Field => ({ name: "limit", kind: "limit", required });

// In the order in which a person is offered them.
const forms: Record<string, CommandForm> = {
  "sign-off": form("go", 0),
  respond: form("go", 3, text("note", false)),
  close: form("go", 3, text("result"), media),
  review: form("go", 3, ruling("approve", "redo"), text("note", false)),
  "finish-part": form("go", 2, part, text("note", false), media),
  answer: form("go", 0, order, text("answer")),
  resume: form("go", 0),
  "decide-return": form("go", 2, ruling("accept", "refuse"), text("note", false)),
  "decide-pause": form("go", 0, ruling("approve", "refuse"), text("note", false)),
  "decide-extension": form("go", 0, ruling("approve", "refuse"), text("note", false)),
  adjudicate: form("go", 0, person, text("note")),
  assign: form("plain", 0, person),
  "add-co-handler": form("plain", 3, unit, limit(false), text("note")),
  "request-extension": form("plain", 3, limit(true), text("reason")),
  pause: form("plain", 3, until, text("reason")),
  transfer: form("plain", 3, person, text("reason")),
  return: form("plain", 4, text("reason")),
  "waive-part": form("plain", 2, part, text("reason")),
  supervise: form("plain", 3, text("question")),
  reclassify: form("plain", 0, matter, text("reason")),
  reprioritise: form("plain", 0, priority, text("reason")),
  "call-back": form("plain", 0, text("text")),
  note: form("plain", 0, text("text")),
  merge: form("plain", 0, into),
  split: form("plain", 0, report),
  reopen: form("grave", 2, text("reason")),
  reject: form("grave", 2, text("reason"), text("where_to")),
};

export function form_of(command: string): CommandForm {
  return forms[command] ?? form("plain", 0);
}

/** The command's name in the catalogue, which writes words with underscores. */
export function command_key(command: string): string {
  return `command.${command.replaceAll("-", "_")}`;
}

// The one step that leads on; rulings come before the steps that they hold up.
const leading = [
  "decide-return",
  "adjudicate",
  "decide-pause",
  "decide-extension",
  "answer",
  "sign-off",
  "respond",
  "close",
  "review",
  "finish-part",
];

export function next_command(
  allowed: readonly string[],
  flags: readonly string[] = [],
): string | undefined {
  if (flags.includes("paused") && allowed.includes("resume")) return "resume";
  return leading.find((command) => allowed.includes(command));
}

export function in_order(allowed: readonly string[]): string[] {
  const known = Object.keys(forms).filter((command) => allowed.includes(command));
  return [...known, ...allowed.filter((command) => !(command in forms))];
}

export function needs_form(command: string): boolean {
  return form_of(command).fields.length > 0;
}

export const limits = ["2wh", "4wh", "8wh", "1wd", "3wd", "5wd"] as const;
export const priorities = ["ordinary", "urgent", "emergency"] as const;

export function open_parts(document: CaseDocument, account_id: string) {
  const open = document.parts.filter((item) => !item.finished_at && item.state !== "cancelled");
  const own = open.filter((item) => item.unit.id === account_id);
  return own.length > 0 ? own : open;
}

export function open_orders(document: CaseDocument) {
  return document.orders.filter((item) => !item.answer);
}

export function before_media(document: CaseDocument): string[] {
  return document.reports.flatMap((report) => report.media);
}

/** A ruling against somebody's work or wish must say why. */
export function note_wanted(decision: unknown): boolean {
  return decision === "redo" || decision === "refuse";
}
