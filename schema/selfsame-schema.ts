/** The JSON Schema of `selfsame.yaml` for editors, made from the schema that validates it. */
import { z } from "zod";
import { configSchema } from "./config.ts";

export function configJsonSchema(): object {
  return {
    ...z.toJSONSchema(configSchema, { io: "input", target: "draft-7" }),
    title: "selfsame.yaml",
  };
}
