/** A trial as people read it, and as programs do. */
import type { TraceRow } from "../../extract/trace-row.ts";
import { formatTime } from "../../extract/time.ts";
import { identifierText } from "../../identity/identifier.ts";
import { tableText, visible, type Column } from "./table.ts";
import type { Summary } from "./summary.ts";
import { rowsOf, type DeliveryTrial, type EventTrial, type Verification } from "./trial.ts";

const ROW_COLUMNS: readonly Column[] = [
  { title: "field", overflow: "wrap", widthMin: 10, widthMax: 40 },
  { title: "path", overflow: "wrap", widthMin: 12, widthMax: 60 },
  { title: "value", overflow: "cut", widthMin: 20, widthMax: 32 },
  { title: "becomes", overflow: "wrap", widthMin: 20 },
];

/** What a value becomes is told in full by `--json`; here a trait may be a whole document. */
const BECOMES_CHARACTERS_MAX = 160;

function shortened(text: string): string {
  const characters = Array.from(text);
  if (characters.length <= BECOMES_CHARACTERS_MAX) return text;
  return `${characters.slice(0, BECOMES_CHARACTERS_MAX).join("")}…`;
}

/** How many values of one path are shown; a path to a long list of nothings would hide all else. */
const VALUES_SHOWN_MAX = 5;

/** One delivery in full. */
export function deliveryText({ events, ...delivery }: DeliveryTrial, width: number): string {
  const head = [verificationText(delivery.verification)];
  if (delivery.isHandshake) head.push(HANDSHAKE);
  const blocks = events.map((event, index) => {
    const title = events.length === 1 ? [] : [`event ${index + 1} of ${events.length}`];
    const rows = shownRows(rowsOf(event));
    const table = rows.length === 0 ? [] : [tableText(ROW_COLUMNS, rows, width), ""];
    return [...title, ...table, outcomeText(event)].join("\n");
  });
  if (events.length === 0 && !delivery.isHandshake) blocks.push("no event");
  return [...head.filter((line) => line !== undefined), ...blocks].join("\n\n");
}

const HANDSHAKE = "a handshake: it is answered, and makes no event";

function verificationText(verification: Verification): string | undefined {
  switch (verification.kind) {
    case "open":
      return undefined;
    case "untried":
      return "not verified here: give the request's headers with --header, and its query with --query";
    case "verified":
      return "verified: it comes from the sender";
    case "unverified":
      return `not verified, so it would be answered 401: ${visible(verification.reason)}`;
  }
}

function outcomeText({ outcome, because }: EventTrial): string {
  return because === undefined ? outcome : `${outcome}: ${visible(because)}`;
}

/** A field is named in its first row only. */
function shownRows(rows: readonly TraceRow[]): string[][] {
  const shown: string[][] = [];
  let last: TraceRow | undefined;
  let repeated = 0;
  for (const row of rows) {
    const isSamePath = row.field === last?.field && row.path === last.path;
    repeated = isSamePath && row.use === "unusable" ? repeated + 1 : 0;
    const field = row.field === last?.field ? "" : row.field;
    if (repeated < VALUES_SHOWN_MAX)
      shown.push([field, row.path, row.json ?? valueless(row), shortened(row.becomes)]);
    else if (repeated === VALUES_SHOWN_MAX)
      shown.push(["", row.path, "…", "and more that are not used"]);
    last = row;
  }
  return shown;
}

function valueless({ use }: TraceRow): string {
  return use === "default" || use === "cannot be followed" ? "" : "nothing stands there";
}

const FILE_COLUMNS: readonly Column[] = [
  { title: "file", overflow: "wrap", widthMin: 10, widthMax: 40 },
  { title: "becomes", overflow: "wrap", widthMin: 11 },
  { title: "type", overflow: "wrap", widthMin: 8, widthMax: 30 },
  { title: "who, or why not", overflow: "wrap", widthMin: 24 },
];

/** A folder: a line for each event, then what they come to together. */
export function folderText(
  deliveries: readonly DeliveryTrial[],
  summary: Summary,
  width: number,
): string {
  const rows = deliveries.flatMap(({ file, fault, isHandshake, verification, events }) => {
    const proof =
      verification.kind === "unverified" ? `not verified: ${verification.reason}; ` : "";
    if (fault !== undefined) return [[file, "unreadable", "", fault]];
    if (isHandshake) return [[file, "handshake", "", `${proof}answered, no event`]];
    if (events.length === 0) return [[file, "nothing", "", `${proof}no event`]];
    return events.map((event, index) => [
      index === 0 ? file : "",
      event.outcome,
      event.tried?.trace.type ?? "",
      proof + (event.because ?? peopleOf(event).join(", ")),
    ]);
  });
  const files = tableText(FILE_COLUMNS, rows, width);
  return [files, summaryText(summary), coverageText(summary, width)]
    .filter((text) => text !== "")
    .join("\n\n");
}

function peopleOf({ tried }: EventTrial): string[] {
  if (tried === undefined) return [];
  const { home, others } = tried.trace;
  return [...(home === null ? [] : [home]), ...others].map(identifierText);
}

function summaryText({ files, events, outcomes, handshakes, unreadable }: Summary): string {
  const parts = [...outcomes]
    .filter(([, count]) => count > 0)
    .map(([outcome, count]) => `${count} ${outcome}`);
  const more = [
    ...(handshakes === 0 ? [] : [counted(handshakes, "handshake")]),
    ...(unreadable === 0 ? [] : [`${counted(unreadable, "file")} unreadable`]),
  ];
  const told = `${counted(events, "event")} in ${counted(files, "file")}`;
  const outcome = parts.length === 0 ? "" : `: ${parts.join(", ")}`;
  return [told + outcome, ...more].join("; ");
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

const COVERAGE_COLUMNS: readonly Column[] = [
  { title: "field", overflow: "wrap", widthMin: 10, widthMax: 40 },
  { title: "filled", overflow: "wrap", widthMin: 8 },
  { title: "not used", overflow: "wrap", widthMin: 30 },
];
const REASONS_MAX = 5;

function coverageText({ coverage, events }: Summary, width: number): string {
  if (coverage.length === 0) return "";
  const rows = coverage.map(({ field, filled, notUsed }) => {
    const reasons = [...notUsed].toSorted(([, left], [, right]) => right - left);
    const told = reasons.slice(0, REASONS_MAX).map(([reason, count]) => `${reason} (${count})`);
    const more = reasons.length - told.length;
    const rest = more > 0 ? [`and ${more} more`] : [];
    return [field, `${filled} of ${events}`, [...told, ...rest].join("; ")];
  });
  return tableText(COVERAGE_COLUMNS, rows, width);
}

/** The same for programs: everything that is known, nothing shortened. */
export function deliveryData({ events, fault, ...delivery }: DeliveryTrial): object {
  return {
    ...delivery,
    ...(fault === undefined ? {} : { fault }),
    events: events.map((event) => ({
      outcome: event.outcome,
      because: event.because,
      event: event.tried && { ...eventData(event.tried.trace), id: event.key },
      rows: rowsOf(event).map(({ json, ...row }) => ({
        ...row,
        ...(json === undefined ? {} : { value: valueOf(json) }),
      })),
    })),
  };
}

function eventData({
  type,
  occurredAt,
  home,
  others,
  traits,
}: NonNullable<EventTrial["tried"]>["trace"]) {
  return {
    type,
    occurredAt: occurredAt === undefined ? null : formatTime(occurredAt),
    home: home === null ? null : identifierText(home),
    others: others.map(identifierText),
    traits: Object.fromEntries(traits.map(({ name, value }) => [name, valueOf(value)])),
  };
}

/** A number that a double cannot hold is given as its text. */
function valueOf(json: string): unknown {
  const value = JSON.parse(json) as unknown;
  return typeof value === "number" && !Number.isSafeInteger(value) && /^-?\d+$/.test(json)
    ? json
    : value;
}

export function summaryData({ outcomes, coverage, ...summary }: Summary): object {
  return {
    ...summary,
    outcomes: Object.fromEntries(outcomes),
    coverage: coverage.map(({ notUsed, ...field }) => ({
      ...field,
      notUsed: Object.fromEntries(notUsed),
    })),
  };
}
