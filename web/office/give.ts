// Gives a command from a desk: at once, with one idempotency key for all tries. When somebody else was
// faster (409) the caller shows the fresh case and says what changed.

import { ref } from "vue";
import { ApiError, call, new_idempotency_key } from "../base/api.ts";
import type { CaseDocument } from "../base/shapes.ts";
import { set_server_time } from "../base/time.ts";
import { note_refusal } from "../worker/case/account.ts";
import { t } from "../worker/case/speech.ts";
import { changed_words, failure_words } from "../worker/case/words_of.ts";

export async function load_case(number: string): Promise<CaseDocument> {
  const document = await call<CaseDocument>(`/api/v1/cases/${number}`);
  set_server_time(document.server_time);
  return document;
}

export function use_giving(on_document: (document: CaseDocument) => void) {
  const busy = ref(false);
  const failure = ref("");

  /** Whether it went through; if not, `failure` says why. */
  async function give(
    before: CaseDocument,
    command: string,
    body: Record<string, unknown>,
  ): Promise<boolean> {
    busy.value = true;
    failure.value = "";
    try {
      const after = await call<CaseDocument>(`/api/v1/cases/${before.number}/${command}`, {
        method: "POST",
        body: { revision: before.revision, ...body },
        idempotency_key: new_idempotency_key(),
      });
      on_document(after);
      return true;
    } catch (error) {
      note_refusal(error);
      failure.value = await explain(before, error);
      return false;
    } finally {
      busy.value = false;
    }
  }

  async function explain(before: CaseDocument, error: unknown): Promise<string> {
    if (!(error instanceof ApiError) || error.status !== 409) return failure_words(error);
    try {
      const after = await load_case(before.number);
      on_document(after);
      return t("worker.changed", { what: changed_words(before, after) });
    } catch {
      return t("worker.changed_unseen");
    }
  }

  return { busy, failure, give };
}
