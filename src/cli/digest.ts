/** `digest`: one hash of all people in a database. */
import { Command } from "commander";
import { digestOf } from "../queries/digest.ts";
import {
  configOption,
  databaseOf,
  databaseOption,
  jsonOption,
  openExisting,
  print,
  type ConfigChoice,
} from "./shared.ts";

export function digestCommand(): Command {
  return new Command("digest")
    .description("print a hash of all profiles; two databases with the same people print the same")
    .addOption(configOption())
    .addOption(databaseOption())
    .addOption(jsonOption())
    .action(async (choice: ConfigChoice & { readonly json: boolean }) => {
      const store = openExisting(databaseOf(choice), { readonly: true });
      try {
        const digest = await digestOf(store.people());
        print(choice.json, digest, digest.digest);
      } finally {
        await store.close();
      }
    });
}
