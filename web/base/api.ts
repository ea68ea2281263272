// Talks to the server. Hides: problem documents, the CSRF header, idempotency keys, retries.
// Every refusal is an ApiError; a caller shows `problem.detail`, which the server wrote in the page's
// language, or its own words where nothing was heard (`kind` "offline" or "timeout"). Only those and 503 are
// retried, under the same key, so that a retry is never a second report.

export interface Problem {
  type?: string;
  title?: string;
  status: number;
  detail?: string;
  key?: string;
  errors?: { pointer: string; detail: string; key?: string }[];
  revision?: number;
  allowed?: string[];
}

export class ApiError extends Error {
  readonly kind: "problem" | "offline" | "timeout";
  readonly status: number;
  readonly problem: Problem;
  constructor(kind: "problem" | "offline" | "timeout", problem: Problem) {
    super(problem.detail ?? problem.title ?? kind);
    this.kind = kind;
    this.status = problem.status;
    this.problem = problem;
  }
  /** Worth sending again unchanged: nothing was heard, or the server is briefly full. */
  get passing(): boolean {
    return this.kind !== "problem" || this.status === 503 || this.status === 502 || this.status === 504;
  }
}

export interface CallOptions {
  method?: "GET" | "POST" | "PUT" | "DELETE";
  body?: unknown;
  headers?: Record<string, string>;
  idempotency_key?: string;
  tries_max?: number;
  timeout_ms?: number;
  signal?: AbortSignal;
}

let csrf_token = "";
let language_header = "";

export function set_csrf_token(token: string): void {
  csrf_token = token;
}

export function set_request_language(language: string): void {
  language_header = language;
}

/** 32 characters of hex from the device's random source. */
export function new_idempotency_key(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export async function call<Answer>(path: string, options: CallOptions = {}): Promise<Answer> {
  const tries_max = options.tries_max ?? 3;
  for (let tried = 1; ; tried += 1) {
    try {
      return await call_once<Answer>(path, options);
    } catch (error) {
      const again = error instanceof ApiError && error.passing && repeatable(options) && tried < tries_max;
      if (!again || options.signal?.aborted) throw error;
      await pause(backoff_ms(tried));
    }
  }
}

/** Sends a picture, telling how far it is (0 to 1); fetch cannot tell. Retried by the caller. */
export function upload<Answer>(
  path: string,
  picture: Blob,
  headers: Record<string, string>,
  on_progress: (share: number) => void,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", path);
    request.timeout = 120_000;
    for (const [name, value] of Object.entries({ ...standing_headers("POST"), ...headers })) {
      request.setRequestHeader(name, value);
    }
    request.setRequestHeader("Content-Type", picture.type || "image/jpeg");
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) on_progress(event.loaded / event.total);
    };
    request.onerror = () => reject(new ApiError("offline", { status: 0 }));
    request.ontimeout = () => reject(new ApiError("timeout", { status: 0 }));
    request.onload = () => {
      const document = parsed(request.responseText);
      if (request.status >= 200 && request.status < 300) resolve(document as Answer);
      else reject(new ApiError("problem", as_problem(document, request.status)));
    };
    request.send(picture);
  });
}

export function pause(span_ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, span_ms));
}

/** Doubling from a second, with a random half so that a crowd of phones does not come back at once. */
export function backoff_ms(tried: number): number {
  return Math.min(30_000, 1000 * 2 ** (tried - 1)) * (0.5 + Math.random() / 2);
}

function repeatable(options: CallOptions): boolean {
  return (options.method ?? "GET") === "GET" || options.idempotency_key !== undefined;
}

function standing_headers(method: string): Record<string, string> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (language_header) headers["Accept-Language"] = language_header;
  if (csrf_token && method !== "GET") headers["X-CSRF-Token"] = csrf_token;
  return headers;
}

async function call_once<Answer>(path: string, options: CallOptions): Promise<Answer> {
  const method = options.method ?? "GET";
  const headers = { ...standing_headers(method), ...options.headers };
  if (options.body !== undefined) headers["Content-Type"] = "application/json";
  if (options.idempotency_key) headers["Idempotency-Key"] = options.idempotency_key;
  const ender = new AbortController();
  let timed_out = false;
  const timer = setTimeout(() => {
    timed_out = true;
    ender.abort();
  }, options.timeout_ms ?? 20_000);
  const on_abort = () => ender.abort();
  options.signal?.addEventListener("abort", on_abort);
  try {
    const body = options.body === undefined ? null : JSON.stringify(options.body);
    const init: RequestInit = { method, headers, body, credentials: "same-origin", signal: ender.signal };
    const response = await fetch(path, init);
    const document = parsed(await response.text());
    if (!response.ok) throw new ApiError("problem", as_problem(document, response.status));
    return document as Answer;
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw new ApiError(timed_out ? "timeout" : "offline", { status: 0 });
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener("abort", on_abort);
  }
}

function parsed(text: string): unknown {
  if (!text) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function as_problem(document: unknown, status: number): Problem {
  const told = typeof document === "object" && document !== null ? (document as Partial<Problem>) : {};
  return { ...told, status };
}
