import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/support/build.ts"],
    // Left to itself, vitest keeps a core for itself, which is half of a small machine.
    maxWorkers: "100%",
    // Property tests and tests of real processes share two cores with everything else a laptop does.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
