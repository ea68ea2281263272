// What a person is writing at one place, kept on the device at every change: words in localStorage, photos in
// IndexedDB. Hides: the idempotency key, which stays while the report is the same and changes with it.

import { new_idempotency_key } from "../base/api.ts";
import { drop_draft, keep_draft, kept_draft } from "../base/drafts.ts";
import { drop, keep, kept } from "../base/kept.ts";
import type { CodeDocument } from "../base/shapes.ts";
import type { Letter, Photo } from "./letters.ts";

export interface Position {
  lat: number;
  lon: number;
  accuracy_m: number;
  system: "wgs84";
}

export interface Draft {
  text: string;
  matter_code: string;
  answers: Record<string, string>;
  join: string;
  anonymous: boolean;
  phone: string;
  position: Position | null;
  key: string;
  keyed_body: string;
}

const empty: Draft = {
  text: "",
  matter_code: "",
  answers: {},
  join: "",
  anonymous: false,
  phone: "",
  position: null,
  key: "",
  keyed_body: "",
};

export function open_draft(token: string): { draft: Draft; restored: boolean } {
  const draft = { ...empty, answers: {}, ...kept_draft<Draft>(token) };
  return { draft, restored: draft.text.trim() !== "" };
}

export async function kept_photos(token: string): Promise<Photo[]> {
  return (await kept<Photo[]>(`photos.${token}`)) ?? [];
}

export function save_draft(token: string, draft: Draft): void {
  keep_draft(token, draft);
}

export function save_photos(token: string, photos: Photo[]): void {
  void keep(`photos.${token}`, photos);
}

export function end_draft(token: string): void {
  drop_draft(token);
  void drop(`photos.${token}`);
}

export function write_letter(code: CodeDocument, draft: Draft, photos: Photo[]): Letter {
  const body: Record<string, unknown> = { text: draft.text.trim() };
  if (draft.matter_code) body.matter_code = draft.matter_code;
  if (draft.matter_code && Object.keys(draft.answers).length > 0) body.answers = draft.answers;
  if (draft.join) body.join = draft.join;
  if (draft.anonymous) body.anonymous = true;
  else if (draft.phone.trim())
    body.reporter = { kind: "resident", name: "", phone: bare_phone(draft.phone) };
  if (draft.position) body.position = draft.position;
  const keyed_body = JSON.stringify([body, photos.map((photo) => photo.id)]);
  if (draft.keyed_body !== keyed_body || !draft.key) {
    draft.key = new_idempotency_key();
    draft.keyed_body = keyed_body;
    save_draft(code.token, draft);
  }
  return {
    token: code.token,
    place_name: code.place.name,
    key: draft.key,
    body,
    photos: [...photos],
    kept_at_ms: Date.now(),
  };
}

export function is_phone(text: string): boolean {
  return /^\+?\d{7,15}$/.test(bare_phone(text));
}

function bare_phone(text: string): string {
  return text.replace(/[\s-]/g, "");
}
