// The stream of what changes in one's scope. Hides: EventSource, reconnecting (the browser's own, and ours
// where the browser gives up), the phone's sleep. After a gap, `on_reset` says that everything may have
// changed.

import { ref } from "vue";
import { backoff_ms } from "../../base/api.ts";
import type { LiveCase } from "../../base/shapes.ts";
import { now_ms, set_server_time } from "../../base/time.ts";

const behind_ms_max = 2000;

export const live_state = ref<"connecting" | "open" | "lost">("connecting");

export interface LiveListener {
  on_case(change: LiveCase): void;
  on_reset(): void;
}

/** Listens until the function that it returns is called. */
export function follow_live(listener: LiveListener): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let tried = 0;
  let missed = false;

  const open = () => {
    source?.close();
    source = new EventSource("/api/v1/live");
    source.onopen = () => {
      tried = 0;
      live_state.value = "open";
      // The browser resumes by the last id only within one EventSource; a new one starts from now.
      if (missed) listener.on_reset();
      missed = false;
    };
    source.addEventListener("case", (event) => {
      try {
        const change = JSON.parse((event as MessageEvent<string>).data) as LiveCase;
        // What has happened is not in the future: a page whose clock lies behind it is put right.
        if (Date.parse(change.at) > now_ms() + behind_ms_max) set_server_time(change.at);
        listener.on_case(change);
      } catch {
        listener.on_reset();
      }
    });
    source.addEventListener("reset", () => listener.on_reset());
    source.onerror = () => {
      live_state.value = "lost";
      if (source?.readyState !== EventSource.CLOSED) return;
      missed = true;
      tried += 1;
      clearTimeout(timer);
      timer = setTimeout(open, backoff_ms(tried));
    };
  };
  const reopen = () => {
    if (live_state.value === "open" && source?.readyState === EventSource.OPEN) return;
    missed = true;
    clearTimeout(timer);
    open();
  };
  const on_show = () => document.visibilityState === "visible" && reopen();

  open();
  addEventListener("online", reopen);
  document.addEventListener("visibilitychange", on_show);
  return () => {
    source?.close();
    clearTimeout(timer);
    removeEventListener("online", reopen);
    document.removeEventListener("visibilitychange", on_show);
  };
}
