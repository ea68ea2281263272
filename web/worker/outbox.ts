// The commands that this device still owes the server, kept in localStorage until it has answered. Hides:
// idempotency keys (one a command, the same at every try), photos that wait with their command, order (a
// case's commands go one after another; the next takes its revision from the answer before), and refusals.
// Only the signed-in person's own commands are sent.

import { computed, ref } from "vue";
import { ApiError, backoff_ms, call, new_idempotency_key } from "../base/api.ts";
import { drop_draft, keep_draft } from "../base/drafts.ts";
import type { CaseDocument } from "../base/shapes.ts";
import { account, note_refusal } from "./case/account.ts";
import { send_kept, type Photos } from "./case/photos.ts";

export interface Letter {
  key: string;
  account_id: string;
  number: string;
  command: string;
  revision: number;
  body: Record<string, unknown>;
  photos: string[];
  place: string;
  tried: number;
}

export interface Refusal {
  letter: Letter;
  /** stale: somebody changed the case meanwhile (409). refused: anything else. lost: a photo is gone. */
  kind: "stale" | "refused" | "lost";
  error: ApiError | null;
}

const storage_key = "mashang.worker.outbox";

export const letters = ref<Letter[]>(read());
export const sending = ref(false);
export const waiting_count = computed(() => own().length);

let on_answer: (document: CaseDocument) => void = () => {};
let on_refusal: (refusal: Refusal) => void = () => {};
let timer: ReturnType<typeof setTimeout> | undefined;

export function open_outbox(
  answer: (document: CaseDocument) => void,
  refusal: (refusal: Refusal) => void,
): void {
  on_answer = answer;
  on_refusal = refusal;
  addEventListener("online", () => void send_all());
  void send_all();
}

export function post(
  item: { number: string; revision: number; place: string },
  command: string,
  body: Record<string, unknown>,
  photos: Photos = { media: [], kept: [] },
): void {
  letters.value.push({
    key: new_idempotency_key(),
    account_id: account.value?.id ?? "",
    number: item.number,
    command,
    revision: item.revision,
    body,
    photos: [...photos.kept],
    place: item.place,
    tried: 0,
  });
  write();
  drop_draft(`command.${item.number}.${command}`);
  void send_all();
}

export function letters_of(number: string): Letter[] {
  return own().filter((letter) => letter.number === number);
}

/** Sends what waits, oldest first, until nothing is left or nothing is heard. */
export async function send_all(): Promise<void> {
  clearTimeout(timer);
  if (sending.value || !account.value) return;
  sending.value = true;
  try {
    for (let letter = own()[0]; letter; letter = own()[0]) {
      if (!(await send(letter))) {
        timer = setTimeout(() => void send_all(), backoff_ms(letter.tried + 1));
        break;
      }
    }
  } finally {
    sending.value = false;
  }
}

/** Whether the letter is done with, by an answer or by a refusal. */
async function send(letter: Letter): Promise<boolean> {
  letter.tried += 1;
  write();
  try {
    if (!(await send_photos(letter))) return settle(letter, { letter, kind: "lost", error: null });
    const document = await call<CaseDocument>(`/api/v1/cases/${letter.number}/${letter.command}`, {
      method: "POST",
      body: { revision: letter.revision, ...letter.body },
      idempotency_key: letter.key,
      tries_max: 1,
    });
    remove(letter);
    for (const later of letters_of(letter.number)) later.revision = document.revision;
    write();
    on_answer(document);
    return true;
  } catch (error) {
    note_refusal(error);
    if (!(error instanceof ApiError)) throw error;
    if (error.passing || error.status === 401 || error.status === 429) return false;
    return settle(letter, { letter, kind: error.status === 409 ? "stale" : "refused", error });
  }
}

async function send_photos(letter: Letter): Promise<boolean> {
  for (let name = letter.photos[0]; name; name = letter.photos[0]) {
    const media_id = await send_kept(name);
    if (!media_id) return false;
    letter.body.media = [...((letter.body.media as string[] | undefined) ?? []), media_id];
    letter.photos.shift();
    write();
  }
  return true;
}

/** A refused command takes those behind it along: each was meant for what it would have led to. */
function settle(letter: Letter, refusal: Refusal): boolean {
  for (const item of letters_of(letter.number)) {
    const texts = Object.entries(item.body).filter(([, value]) => typeof value === "string");
    if (texts.length > 0) {
      const media = (item.body.media as string[] | undefined) ?? [];
      const draft = { values: Object.fromEntries(texts), photos: { media, kept: item.photos } };
      keep_draft(`command.${item.number}.${item.command}`, draft);
    }
    remove(item);
  }
  on_refusal(refusal);
  return true;
}

function own(): Letter[] {
  return letters.value.filter((letter) => letter.account_id === account.value?.id);
}

function remove(letter: Letter): void {
  letters.value = letters.value.filter((item) => item.key !== letter.key);
  write();
}

function write(): void {
  try {
    localStorage.setItem(storage_key, JSON.stringify(letters.value));
  } catch {
    // A device that keeps nothing still sends from the page's own memory.
  }
}

function read(): Letter[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(storage_key) ?? "[]");
    return Array.isArray(stored) ? (stored as Letter[]) : [];
  } catch {
    return [];
  }
}
