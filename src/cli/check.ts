/** `check`: validates the configuration, or shows what a source would make of a payload. Stores nothing. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { Command, InvalidArgumentError } from "commander";
import { ConfigError, formatFault } from "../config/config-text.ts";
import type { Settings } from "../config/config.ts";
import { formatTime } from "../extract/time.ts";
import { identifierText } from "../identity/identifier.ts";
import { takeIn, type Intent } from "../intake.ts";
import { CommandError, configOption, jsonOption, print, settingsOf, unreadable } from "./shared.ts";

interface CheckChoice {
  readonly config: string;
  readonly source?: string;
  readonly payload?: string;
  readonly contentType: string;
  readonly header?: ReadonlyMap<string, string>;
  readonly json: boolean;
}

export function checkCommand(): Command {
  return new Command("check")
    .description("validate the configuration, or show what a source extracts from a payload")
    .addOption(configOption())
    .option("--source <name>", "the source to try the payload on")
    .option("--payload <file>", "a file that holds the body of one delivery")
    .option("--content-type <type>", "the content type of the payload", "application/json")
    .option("--header <name: value>", "a header of the delivery; may be repeated", headerArgument)
    .addOption(jsonOption())
    .action(check);
}

function headerArgument(
  text: string,
  headers: ReadonlyMap<string, string> = new Map(),
): ReadonlyMap<string, string> {
  const colon = text.indexOf(":");
  if (colon <= 0) throw new InvalidArgumentError('write it as "X-Name: value".');
  return new Map([
    ...headers,
    [text.slice(0, colon).trim().toLowerCase(), text.slice(colon + 1).trim()],
  ]);
}

function check(choice: CheckChoice): void {
  const settings = validSettings(choice);
  const { warnings } = settings;
  for (const warning of warnings) process.stderr.write(`warning: ${formatFault(warning)}\n`);
  if (choice.source === undefined && choice.payload === undefined) {
    const sources = [...settings.sources.keys()];
    print(
      choice.json,
      { valid: true, sources, warnings },
      `${choice.config} is valid; sources: ${sources.join(", ") || "none"}`,
    );
    return;
  }
  if (choice.source === undefined || choice.payload === undefined)
    throw new CommandError(2, "--source and --payload go together");
  const views = tryPayload(settings, choice.source, choice.payload, choice);
  print(choice.json, views, views.map(viewText).join("\n\n"));
}

/** Machines that read standard output are told there what is wrong; people are where the error ends up. */
function validSettings(choice: CheckChoice): Settings {
  try {
    return settingsOf(choice);
  } catch (error) {
    if (choice.json && error instanceof ConfigError)
      process.stdout.write(`${JSON.stringify({ valid: false, errors: error.faults })}\n`);
    throw error;
  }
}

/** What would become of one event of the payload. */
interface EventView {
  readonly becomes: string;
  readonly because?: string | undefined;
  readonly event?: Readonly<Record<string, string>>;
  readonly notUsed?: readonly string[];
}

function tryPayload(
  settings: Settings,
  sourceName: string,
  file: string,
  choice: CheckChoice,
): readonly EventView[] {
  const source = settings.sources.get(sourceName);
  if (source === undefined)
    throw new CommandError(
      2,
      `no source is called ${sourceName}; configured are ${[...settings.sources.keys()].join(", ") || "none"}`,
    );
  let body: Buffer;
  try {
    body = readFileSync(file);
  } catch (error) {
    throw unreadable(file, error);
  }
  const intake = takeIn(
    {
      id: "dl_",
      source,
      receivedAt: Date.now(),
      urlEventType: undefined,
      contentType: choice.contentType,
      headers: choice.header ?? new Map(),
      query: new URLSearchParams(),
      body,
    },
    (text) => createHash("sha256").update(text).digest("base64url"),
  );
  if ("fault" in intake) throw new CommandError(1, intake.fault.detail);
  return intake.intents.map(viewOf);
}

function viewOf(intent: Intent): EventView {
  if (intent.kind === "drop") return { becomes: "dropped", because: intent.reason };
  if (intent.kind === "quarantine") return { becomes: "quarantined", because: intent.event.reason };
  const { event, unusable, anonymousBecause } = intent;
  const traits = event.traits.map(({ name, value }) => [`trait ${name}`, value] as const);
  return {
    becomes: event.home === null ? "anonymous" : "accepted",
    because: anonymousBecause,
    event: {
      type: event.type,
      id: event.key,
      occurredAt: `${formatTime(event.occurredAt)}${event.timeGiven ? "" : " (when received)"}`,
      home: event.home === null ? "nobody" : identifierText(event.home),
      "linked with": event.others.map(identifierText).join(", ") || "nothing",
      ...Object.fromEntries(traits),
    },
    notUsed: unusable.map(({ namespace, path, reason }) => `${namespace} from ${path}: ${reason}`),
  };
}

function viewText({ becomes, because, event = {}, notUsed = [] }: EventView): string {
  const rows = Object.entries(event).map(([name, value]) => `  ${name.padEnd(14)}${value}`);
  return [
    because === undefined ? becomes : `${becomes}: ${because}`,
    ...rows,
    ...notUsed.map((text) => `  not used      ${text}`),
  ].join("\n");
}
