import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { configJsonSchema } from "../../schema/selfsame-schema.ts";

test("the published JSON Schema is the one that the configuration's schema makes (npm run schema)", () => {
  const file = new URL("../../schema/selfsame.schema.json", import.meta.url);
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(
    JSON.parse(JSON.stringify(configJsonSchema())),
  );
});
