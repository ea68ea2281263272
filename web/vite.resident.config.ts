// The resident page is one HTML file: its style and script stand inside it, under the server's nonce, so
// that it paints after one request over a bad signal.
import { defineConfig, type Plugin } from "vite";
import { web_dist } from "./vite.shape.ts";

const nonce = 'nonce="__NONCE__"';

function one_file(): Plugin {
  return {
    name: "mashang-one-file",
    enforce: "post",
    generateBundle(_options, bundle) {
      const page = Object.values(bundle).find((part) => part.fileName.endsWith(".html"));
      if (!page || page.type !== "asset") throw new Error("the resident page was not built");
      let html = String(page.source);
      for (const [name, part] of Object.entries(bundle)) {
        if (part === page) continue;
        const file = name.split("/").pop()!.replaceAll(".", "\\.");
        if (part.type === "chunk") {
          const tag = new RegExp(`[ \\t]*<script[^>]*${file}[^>]*></script>\\n?`);
          const code = part.code.trim().replaceAll("</script", "<\\/script");
          html = html.replace(tag, "");
          html = html.replace("</body>", () => `<script type="module" ${nonce}>${code}</script>\n</body>`);
        } else {
          const tag = new RegExp(`[ \\t]*<link[^>]*${file}[^>]*>\\n?`);
          html = html.replace(tag, () => `<style ${nonce}>${String(part.source).trim()}</style>\n`);
        }
        delete bundle[name];
      }
      if (/<(?:script|link)[^>]+(?:src|href)="[^"]*\.(?:js|css)"/.test(html)) {
        throw new Error("the resident page still asks for a second file");
      }
      page.source = html;
      page.fileName = "resident.html";
    },
  };
}

/** The catalogue of common words serves all pages; the resident's carries only what it can say. */
const spoken = /^(product|time|status|stage|role|word)\./;

function only_spoken_words(): Plugin {
  return {
    name: "mashang-only-spoken-words",
    enforce: "pre",
    transform(code, id) {
      if (!id.endsWith("/words.json")) return null;
      const words = Object.entries(JSON.parse(code) as Record<string, string>);
      const left = words.filter(([key]) => spoken.test(key));
      return { code: JSON.stringify(Object.fromEntries(left)), map: null };
    },
  };
}

export default defineConfig({
  root: "resident",
  base: "./",
  plugins: [only_spoken_words(), one_file()],
  build: {
    outDir: web_dist(""),
    emptyOutDir: false,
    target: ["es2020", "chrome80", "safari13"],
    modulePreload: false,
    cssCodeSplit: false,
    assetsInlineLimit: 100_000,
    minify: true,
    rollupOptions: { input: "resident/resident.html" },
  },
});
