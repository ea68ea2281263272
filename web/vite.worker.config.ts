import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";
import { development_server, web_dist } from "./vite.shape.ts";

export default defineConfig({
  root: "worker",
  base: "/worker/",
  plugins: [vue()],
  server: development_server(),
  build: {
    outDir: web_dist("worker"),
    emptyOutDir: true,
    target: ["es2020", "chrome87", "safari14"],
    chunkSizeWarningLimit: 1500,
  },
});
