// One thing that a view loads: its value, what went wrong, and loading it again. A newer load wins over an
// older one; a failed reload keeps what was shown.

import { onScopeDispose, ref, shallowRef, type Ref, type ShallowRef } from "vue";
import { set_server_time } from "../base/time.ts";
import { note_refusal } from "../worker/case/account.ts";
import { follow_live } from "../worker/case/live.ts";
import { retell_time } from "../worker/case/speech.ts";
import { failure_words } from "../worker/case/words_of.ts";
import type { LiveCase } from "../base/shapes.ts";

export interface Loaded<Value> {
  value: ShallowRef<Value | null>;
  failure: Ref<string>;
  reload(): Promise<void>;
}

export function use_loaded<Value>(load: () => Promise<Value>): Loaded<Value> {
  const value = shallowRef<Value | null>(null);
  const failure = ref("");
  let turn = 0;
  const reload = async () => {
    const mine = (turn += 1);
    try {
      const answer = await load();
      if (mine !== turn) return;
      value.value = answer;
      failure.value = "";
      const told = (answer as { server_time?: string } | null)?.server_time;
      if (told) set_server_time(told);
      retell_time();
    } catch (error) {
      note_refusal(error);
      if (mine === turn) failure.value = failure_words(error);
    }
  };
  return { value, failure, reload };
}

const listeners = new Set<(change: LiveCase | null) => void>();
const quiet_ms = 600;
const quiet_ms_max = 3000;

/** The one stream of the page; null to a listener means that everything may have changed. */
export function open_feed(): () => void {
  const tell = (change: LiveCase | null) => listeners.forEach((listener) => listener(change));
  return follow_live({ on_case: tell, on_reset: () => tell(null) });
}

/** Calls back for each change, as long as the view lives. */
export function on_change(listener: (change: LiveCase | null) => void): void {
  listeners.add(listener);
  onScopeDispose(() => listeners.delete(listener));
}

/** Reloads after changes once they pause, at the latest after three seconds, and every minute. */
export function keep_fresh(reload: () => unknown): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let since_ms = 0;
  const run = () => {
    since_ms = 0;
    void reload();
  };
  on_change(() => {
    const now_ms = Date.now();
    since_ms ||= now_ms;
    clearTimeout(timer);
    timer = setTimeout(run, Math.max(0, Math.min(quiet_ms, since_ms + quiet_ms_max - now_ms)));
  });
  const minute = setInterval(run, 60_000);
  onScopeDispose(() => {
    clearTimeout(timer);
    clearInterval(minute);
  });
}
