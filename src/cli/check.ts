/**
 * `check`: validates the configuration, or shows what a source makes of payloads, why, and what it might make of them.
 * Stores nothing.
 */
import { Command, InvalidArgumentError } from "commander";
import { ConfigError, formatFault, type ConfigFault } from "../config/config-text.ts";
import type { Settings } from "../config/config.ts";
import { usableEventType } from "../extract/extract.ts";
import { suggestPaths } from "../extract/suggest.ts";
import { readPayloads } from "./check/payloads.ts";
import { deliveryData, deliveryText, folderText, summaryData } from "./check/report.ts";
import { suggestionYaml } from "./check/suggestion-text.ts";
import { duplicateWarnings, missingFields, summarise } from "./check/summary.ts";
import { tryDelivery, type DeliveryTrial } from "./check/trial.ts";
import { CommandError, configOption, jsonOption, print, settingsOf } from "./shared.ts";

interface CheckChoice {
  readonly config: string;
  readonly source?: string;
  readonly payload?: string;
  readonly contentType?: string;
  readonly header?: ReadonlyMap<string, string>;
  readonly query: string;
  readonly eventType?: string;
  readonly pathToken?: string;
  readonly json: boolean;
}

export function checkCommand(): Command {
  return new Command("check")
    .description("validate the configuration, or show what a source makes of payloads, and why")
    .addOption(configOption())
    .option("--source <name>", "the source to try payloads on")
    .option("--payload <path>", "a file that holds the body of one delivery, or a folder of such")
    .option(
      "--content-type <type>",
      "of the payloads; without it their names tell, else it is JSON",
    )
    .option("--header <name: value>", "a header of the delivery; may be repeated", headerArgument)
    .option("--query <text>", 'the query of the address, such as "a=b"', queryArgument, "")
    .option(
      "--event-type <type>",
      "the type in the address, as of /collect/TYPE/SOURCE",
      typeArgument,
    )
    .option("--path-token <token>", "the token in the address, behind the source")
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

function queryArgument(text: string): string {
  return text.replace(/^\?/, "");
}

function typeArgument(text: string): string {
  const type = usableEventType(text);
  if (type === undefined) throw new InvalidArgumentError("no event can have this type.");
  return type;
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
  checkPayloads(settings, choice.source, choice.payload, choice);
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

function checkPayloads(
  settings: Settings,
  sourceName: string,
  place: string,
  choice: CheckChoice,
): void {
  const source = settings.sources.get(sourceName);
  if (source === undefined) throw unknownSource(sourceName, [...settings.sources.keys()]);
  const { isFolder, payloads } = readPayloads(
    place,
    choice.contentType ?? choice.header?.get("content-type"),
  );
  const options = {
    source,
    door: settings.doors.get(sourceName)!,
    publicUrl: settings.publicUrl,
    headers: choice.header ?? new Map<string, string>(),
    query: choice.query,
    urlEventType: choice.eventType,
    pathToken: choice.pathToken,
    now: Date.now(),
  };
  const deliveries = payloads.map((payload) => tryDelivery(payload, options));
  const remarks = [
    ...(source.enabled ? [] : [`${sourceName} is disabled: every delivery is answered 403`]),
    ...duplicateWarnings(deliveries),
  ];
  for (const remark of remarks) process.stderr.write(`warning: ${remark}\n`);
  const warnings = [...settings.warnings, ...remarks.map((message) => ({ message }))];
  const report = reportOf(sourceName, deliveries, { isFolder, warnings, source });
  // A single file that cannot be read has nothing to show, and its reason comes as the error.
  if (choice.json || report.text !== "") print(choice.json, report.data, report.text);
  failIfUnreadable(deliveries, isFolder);
}

function unknownSource(name: string, known: readonly string[]): CommandError {
  return new CommandError(
    2,
    `no source is called ${name}; configured are ${known.join(", ") || "none"}; ` +
      "to begin, run with a source that only has a name: sources: { NAME: {} }",
  );
}

interface Circumstances {
  readonly isFolder: boolean;
  readonly warnings: readonly (ConfigFault | { readonly message: string })[];
  readonly source: Parameters<typeof tryDelivery>[1]["source"];
}

function reportOf(
  sourceName: string,
  deliveries: readonly DeliveryTrial[],
  { isFolder, warnings, source }: Circumstances,
): { readonly data: object; readonly text: string } {
  const summary = summarise(deliveries);
  const events = deliveries.flatMap((delivery) => delivery.events);
  const subjects = events.flatMap(({ tried }) => (tried === undefined ? [] : [tried.subject]));
  const suggestions = suggestPaths(subjects, missingFields(events), source.normalise);
  const yaml =
    suggestions.length === 0 ? undefined : suggestionYaml(sourceName, suggestions, subjects.length);
  const width = process.stdout.columns ?? WIDTH;
  const readable = deliveries.filter(({ fault }) => fault === undefined);
  const told = isFolder
    ? [folderText(deliveries, summary, width)]
    : readable.map((delivery) => deliveryText(delivery, width));
  const hint = yaml === undefined ? [] : [`${SUGGESTED}\n\n${yaml}`];
  return {
    data: {
      source: sourceName,
      deliveries: deliveries.map(deliveryData),
      summary: summaryData(summary),
      suggestions,
      ...(yaml === undefined ? {} : { suggestedYaml: yaml }),
      warnings,
    },
    text: [...told, ...hint].join("\n\n"),
  };
}

/** Where the output is no terminal. */
const WIDTH = 120;
const SUGGESTED = "Not filled so far, and perhaps to be found here; look before you paste:";

function failIfUnreadable(deliveries: readonly DeliveryTrial[], isFolder: boolean): void {
  const faults = deliveries.map(({ fault }) => fault).filter((fault) => fault !== undefined);
  if (faults.length === 0) return;
  throw new CommandError(
    1,
    isFolder ? `${faults.length} of ${deliveries.length} files cannot be read` : faults[0]!,
  );
}
