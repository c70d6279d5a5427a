/** Writes `scenario.schema.json`; a test tells when it is out of date. */
import { writeFileSync } from "node:fs";
import { scenarioJsonSchema } from "./format.ts";

const file = new URL("./scenario.schema.json", import.meta.url);
writeFileSync(file, `${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`);
