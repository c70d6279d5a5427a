/** `keys`: makes, lists and revokes keys to the query API, also while a service runs. The key itself is printed once. */
import { existsSync } from "node:fs";
import { Command, InvalidArgumentError, Option } from "commander";
import { scope as scopeSchema } from "../../schema/config.ts";
import { durationSchema } from "../../schema/http/common.ts";
import { name as nameSchema } from "../../schema/source-config.ts";
import type { Settings } from "../config/config.ts";
import { formatTime } from "../extract/time.ts";
import type { Milliseconds } from "../identity/types.ts";
import { hashOfKey, holds, newKey } from "../keys.ts";
import type { KeyRecord, Scope } from "../store/keys.ts";
import { SqliteStore } from "../store/sqlite/sqlite-store.ts";
import { tableText } from "./check/table.ts";
import {
  CommandError,
  configOption,
  databaseOf,
  databaseOption,
  jsonOption,
  openExisting,
  print,
  settingsOf,
  type ConfigChoice,
} from "./shared.ts";

interface KeysChoice extends ConfigChoice {
  readonly json: boolean;
}

interface CreateChoice extends KeysChoice {
  readonly name: string;
  readonly scope: readonly Scope[];
  readonly expires?: Milliseconds;
}

export function keysCommand(): Command {
  return new Command("keys")
    .description(
      "make, list and revoke keys to the query API; takes effect at once, also in a running service",
    )
    .addCommand(
      withCommonOptions("create", "make a key and print it, once")
        .requiredOption("--name <name>", "what it is called, for ever", nameArgument)
        .addOption(
          new Option(
            "--scope <scope...>",
            "what it may do; several may be given, admin includes all",
          )
            .choices(scopeSchema.options)
            .makeOptionMandatory(),
        )
        .option(
          "--expires <span>",
          "how long it holds, such as 90d; default: until revoked",
          spanArgument,
        )
        .action(create),
    )
    .addCommand(
      withCommonOptions("list", "list the keys that were made, never the keys themselves").action(
        list,
      ),
    )
    .addCommand(
      withCommonOptions("revoke", "let a key open nothing any more, for good")
        .argument("<name>", "what it is called")
        .action(revoke),
    );
}

function withCommonOptions(command: string, description: string): Command {
  return new Command(command)
    .description(description)
    .addOption(configOption())
    .addOption(databaseOption())
    .addOption(jsonOption());
}

function nameArgument(text: string): string {
  const parsed = nameSchema.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new InvalidArgumentError(`${parsed.error.issues[0]!.message}.`);
}

function spanArgument(text: string): Milliseconds {
  const parsed = durationSchema.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new InvalidArgumentError(`${parsed.error.issues[0]!.message}.`);
}

async function create({ name, scope, expires, json, ...choice }: CreateChoice): Promise<void> {
  refuseConfiguredName(name, choice);
  const key = newKey();
  const createdAt = Date.now();
  const record = {
    name,
    hash: hashOfKey(key),
    scopes: scopeSchema.options.filter((one) => scope.includes(one)),
    createdAt,
    expiresAt: expires === undefined ? undefined : createdAt + expires,
  };
  // A service that other machines may reach does not start without a key, so a key may come before the database.
  const file = databaseOf(choice);
  const store = new SqliteStore(file, existsSync(file) ? { asItIs: true } : {});
  try {
    const isFirst = !(await store.hasKeys()) && configuredKeys(choice).length === 0;
    if ((await store.addKey(record)) === "taken") throw await nameTaken(store, name);
    print(json, { ...keyView({ ...record, revokedAt: undefined }), key }, key);
    process.stderr.write(
      `This is the only time that the key is shown.${isFirst ? " From now on the query API answers nobody without one." : ""}\n`,
    );
  } finally {
    await store.close();
  }
}

function configuredKeys(choice: ConfigChoice): Settings["apiKeys"] {
  return existsSync(choice.config) ? settingsOf(choice).apiKeys : [];
}

/** What two keys of one name did could not be told apart. */
function refuseConfiguredName(name: string, choice: ConfigChoice): void {
  if (configuredKeys(choice).some((key) => key.name === name))
    throw new CommandError(2, `a key of ${choice.config} is called ${name}; choose another name`);
}

async function nameTaken(store: SqliteStore, name: string): Promise<CommandError> {
  const { revokedAt } = (await store.keys()).find((key) => key.name === name)!;
  return new CommandError(
    1,
    revokedAt === undefined
      ? `there is a key called ${name}; choose another name`
      : `${name} was the name of a key that was revoked at ${formatTime(revokedAt)}, and stays its name; choose another`,
  );
}

async function list({ json, ...choice }: KeysChoice): Promise<void> {
  const store = openExisting(databaseOf(choice), { readonly: true });
  try {
    const keys = await store.keys();
    print(json, { keys: keys.map(keyView) }, keys.length === 0 ? NO_KEYS : keysText(keys));
  } finally {
    await store.close();
  }
}

async function revoke(name: string, { json, ...choice }: KeysChoice): Promise<void> {
  const store = openExisting(databaseOf(choice), { asItIs: true });
  try {
    const revoked = await store.revokeKey(name, Date.now());
    const key = (await store.keys()).find((one) => one.name === name);
    if (key === undefined)
      throw new CommandError(
        1,
        `no key made by command is called ${name}; keys list tells which there are`,
      );
    const at = formatTime(key.revokedAt!);
    print(json, keyView(key), `${name} ${revoked ? "is revoked" : `was revoked at ${at} already`}`);
  } finally {
    await store.close();
  }
}

const NO_KEYS = "no key was made by command";

function keyView({ name, scopes, createdAt, expiresAt, revokedAt }: KeyRecord) {
  const time = (at: Milliseconds | undefined) => (at === undefined ? null : formatTime(at));
  return {
    name,
    scopes,
    createdAt: formatTime(createdAt),
    expiresAt: time(expiresAt),
    revokedAt: time(revokedAt),
  };
}

const COLUMNS = ["name", "scopes", "created", "expires", "state"].map((title) => ({
  title,
  overflow: "wrap" as const,
  widthMin: 5,
}));

function keysText(keys: readonly KeyRecord[]): string {
  const now = Date.now();
  const rows = keys.map((key) => {
    const { name, scopes, createdAt, expiresAt, revokedAt } = keyView(key);
    const ended = revokedAt === null ? "expired" : `revoked ${revokedAt}`;
    return [
      name,
      scopes.join(" "),
      createdAt,
      expiresAt ?? "never",
      holds(key, now) ? "holds" : ended,
    ];
  });
  return tableText(COLUMNS, rows, Infinity);
}
