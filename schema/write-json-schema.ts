/** Writes `schema/selfsame.schema.json`; a test tells when it is out of date. */
import { writeFileSync } from "node:fs";
import { configJsonSchema } from "./selfsame-schema.ts";

const file = new URL("./selfsame.schema.json", import.meta.url);
writeFileSync(file, `${JSON.stringify(configJsonSchema(), null, 2)}\n`);
