// Photos on their way: shrunk on the device, sent at once, and kept on the device while there is no signal.
// `media` are the server's ids, `kept` the names of those still waiting (base/kept.ts).

import { ApiError, new_idempotency_key, upload } from "../../base/api.ts";
import { drop, keep, kept } from "../../base/kept.ts";
import { shrink_picture } from "../../base/pictures.ts";
import type { MediaReceipt } from "../../base/shapes.ts";

export interface Photos {
  media: string[];
  kept: string[];
}

export const photos_max = 6;

export async function send_or_keep(file: Blob, on_progress: (share: number) => void): Promise<Photos> {
  const picture = await shrink_picture(file);
  try {
    return { media: [await send(picture, on_progress)], kept: [] };
  } catch (error) {
    if (!(error instanceof ApiError) || !error.passing) throw error;
    const name = `worker.photo.${new_idempotency_key()}`;
    await keep(name, await picture.arrayBuffer());
    return { media: [], kept: [name] };
  }
}

/** Sends one that was kept; undefined when the device has lost it. */
export async function send_kept(name: string): Promise<string | undefined> {
  const bytes = await kept<ArrayBuffer>(name);
  if (!bytes) return undefined;
  const media_id = await send(new Blob([bytes], { type: "image/jpeg" }), () => {});
  await drop(name);
  return media_id;
}

export async function kept_picture(name: string): Promise<Blob | undefined> {
  const bytes = await kept<ArrayBuffer>(name);
  return bytes && new Blob([bytes], { type: "image/jpeg" });
}

async function send(picture: Blob, on_progress: (share: number) => void): Promise<string> {
  const receipt = await upload<MediaReceipt>("/api/v1/media", picture, {}, on_progress);
  return receipt.media_id;
}
