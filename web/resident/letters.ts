// A letter is one report ready to go: what was written, its photos, its idempotency key. Hides: uploading the
// photos first, retries, and the shelf on which letters wait for a signal. Delivering twice is one report,
// since the key stays with the letter.

import { ApiError, call, upload } from "../base/api.ts";
import { drop, keep, kept, kept_names } from "../base/kept.ts";
import type { MediaReceipt, ReportReceipt } from "../base/shapes.ts";

export interface Photo {
  id: string;
  bytes: ArrayBuffer;
  media_id?: string;
  uploaded_at_ms?: number;
}

export interface Letter {
  token: string;
  place_name: string;
  key: string;
  body: Record<string, unknown>;
  photos: Photo[];
  kept_at_ms: number;
}

export interface Progress {
  photo: number;
  photos: number;
}

const shelf = "letter.";
// The server forgets unclaimed photos after a day; an older upload is sent again.
const upload_good_ms = 20 * 3600 * 1000;

export async function upload_photo(
  token: string,
  photo: Photo,
  on_share: (share: number) => void,
): Promise<void> {
  if (is_uploaded(photo)) return;
  const picture = new Blob([photo.bytes], { type: "image/jpeg" });
  const receipt = await upload<MediaReceipt>(
    "/api/v1/media",
    picture,
    { "X-Place-Token": token },
    on_share,
  );
  photo.media_id = receipt.media_id;
  photo.uploaded_at_ms = Date.now();
}

export function is_uploaded(photo: Photo): boolean {
  return photo.media_id !== undefined && Date.now() - (photo.uploaded_at_ms ?? 0) < upload_good_ms;
}

/** Uploads what is missing, then sends. An ApiError that is `passing` means: keep it and try again later. */
export async function deliver(
  letter: Letter,
  on_progress: (progress: Progress) => void,
): Promise<ReportReceipt> {
  for (const [index, photo] of letter.photos.entries()) {
    if (is_uploaded(photo)) continue;
    on_progress({ photo: index + 1, photos: letter.photos.length });
    await upload_photo(letter.token, photo, () => {});
  }
  const media = letter.photos.map((photo) => photo.media_id);
  return call<ReportReceipt>("/api/v1/reports", {
    method: "POST",
    body: { ...letter.body, token: letter.token, media },
    idempotency_key: letter.key,
    tries_max: navigator.onLine === false ? 1 : 3,
  });
}

export function keep_letter(letter: Letter): Promise<void> {
  return keep(shelf + letter.token, letter);
}

export function drop_letter(token: string): Promise<void> {
  return drop(shelf + token);
}

export function kept_letter(token: string): Promise<Letter | undefined> {
  return kept<Letter>(shelf + token);
}

/** Letters of other places that wait on this device. */
export async function letters_elsewhere(token: string): Promise<Letter[]> {
  const found: Letter[] = [];
  for (const name of await kept_names(shelf)) {
    const letter = name === shelf + token ? undefined : await kept<Letter>(name);
    if (letter) found.push(letter);
  }
  return found;
}

export function can_wait(error: unknown): boolean {
  return error instanceof ApiError && error.passing;
}
