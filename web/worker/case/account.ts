// Who is signed in on this page. Hides: the session calls and the CSRF token. `undefined` while not known,
// null when nobody is.

import { shallowRef } from "vue";
import { ApiError, call, set_csrf_token } from "../../base/api.ts";
import { set_server_time } from "../../base/time.ts";
import type { Session } from "../../base/shapes.ts";

export interface StaffSession extends Session {
  tile_url?: string;
}

export const account = shallowRef<StaffSession | null | undefined>(undefined);

export async function find_account(): Promise<void> {
  try {
    take(await call<StaffSession>("/api/v1/session"));
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) account.value = null;
    else throw error;
  }
}

export async function sign_in(login: string, password: string): Promise<void> {
  take(await call<StaffSession>("/api/v1/session", { method: "POST", body: { login, password } }));
}

export async function sign_out(): Promise<void> {
  try {
    await call("/api/v1/session", { method: "DELETE" });
  } finally {
    account.value = null;
    set_csrf_token("");
  }
}

/** A call was refused because the session has ended: the login form comes back, drafts and queue stay. */
export function note_refusal(error: unknown): void {
  if (error instanceof ApiError && error.status === 401) account.value = null;
}

function take(session: StaffSession): void {
  set_csrf_token(session.csrf_token);
  set_server_time(session.server_time);
  account.value = session;
}
