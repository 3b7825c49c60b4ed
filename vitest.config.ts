import { fileURLToPath } from "node:url";
import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import { findChromium, softwareGpu } from "./scripts/chromium.mjs";
import { hubCommands } from "./tests/gpu/hub-commands.js";

const alias = { "diffusion-cache": fileURLToPath(new URL("./src/engine/index.ts", import.meta.url)) };
const executablePath = findChromium();

export default defineConfig({
  resolve: { alias },
  test: {
    expect: {
      requireAssertions: true, // a loop over nothing, or a callback that is never called, is no test
      poll: { timeout: 30_000 }, // what takes a moment takes longer than the usual second on a busy machine
    },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          setupFiles: ["tests/fuzz-seed.ts"],
          include: ["tests/**/*.test.ts"],
          exclude: ["tests/gpu/**", "tests/e2e/**", "tests/cli/**"],
          environment: "node",
          testTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: "cli",
          include: ["tests/cli/**/*.test.ts"],
          globalSetup: ["tests/cli/build.ts"],
          environment: "node",
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: "browser",
          include: ["tests/gpu/**/*.test.ts"],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            commands: hubCommands,
            provider: playwright({
              launchOptions: {
                ...(executablePath ? { executablePath } : {}),
                args: ["--no-sandbox", ...softwareGpu],
              },
            }),
            instances: [{ browser: "chromium" }],
          },
        },
      },
      {
        extends: true,
        test: {
          name: "e2e",
          include: ["tests/e2e/**/*.test.ts"],
          globalSetup: ["tests/e2e/build.ts"],
          environment: "node",
          testTimeout: 240_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
