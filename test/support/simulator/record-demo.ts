/** `npm run demo:record`: writes the cast of the demo anew, after the simulator has changed. */
import { writeFileSync } from "node:fs";
import { demoCastText } from "./demo-cast.ts";

writeFileSync(new URL("../../../src/cli/demo/cast.json", import.meta.url), demoCastText());
