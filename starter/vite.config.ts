import { defineConfig } from "vite";

// With these two headers a page may share memory between threads; without them, WebAssembly runs on one.
const headers = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

export default defineConfig({
  base: "./",
  build: { target: "esnext" },
  worker: { format: "es" },
  // Both find their worker and their .wasm beside their own modules, which pre-bundling would move away.
  optimizeDeps: { exclude: ["diffusion-cache", "onnxruntime-web"] },
  server: { headers },
  preview: { headers },
});
