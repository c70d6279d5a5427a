import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/support/build.ts"],
    // Property tests and tests of real processes share two cores with everything else a laptop does.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
