// Where the built pages go, and where a page under development finds its server.
import { fileURLToPath } from "node:url";
import type { ServerOptions } from "vite";

export function web_dist(app: string): string {
  return fileURLToPath(new URL(`../build/web/dist/${app}`, import.meta.url));
}

/** `npx vite --config vite.worker.config.ts` shows the page with live reload beside a running server. */
export function development_server(): ServerOptions {
  const target = process.env.MASHANG_URL ?? "http://127.0.0.1:8080";
  return { proxy: { "/api": target, "/t/": target, "/c/": target }, fs: { allow: [".."] } };
}
