/** Tells people what a rebuild changed or would change, and what to do where a command cannot go on without one. */
import { countsText, RulesChangedError, type RebuildReport } from "../rulebook.ts";
import { openService, type Service, type ServiceOptions } from "../service.ts";
import { CommandError } from "./shared.ts";

/** How many merges and splits, and of each how many profiles, identifiers and links; `--json` tells all of them. */
const TOLD_MAX = 20;
const PROFILES_MAX = 10;
const IDENTIFIERS_MAX = 5;
const LINKS_MAX = 5;

/** Whether a rebuild has anything to do. */
export function differs(report: RebuildReport): boolean {
  return report.rulesChanged || !isSame(report);
}

/** Whether the database is what the rules make of its links and decisions. */
function isSame({ differing }: RebuildReport): boolean {
  return differing.identifiers + differing.neighbours + differing.links === 0;
}

/** One line, of what has changed as of what would. */
export function rebuildText(report: RebuildReport): string {
  if (isSame(report)) return "nothing differs";
  const { identifiers, neighbours, links } = report.differing;
  const rows = [
    counted(identifiers, "identifier is kept elsewhere", "identifiers are kept elsewhere"),
    counted(neighbours, "count of neighbours differs", "counts of neighbours differ"),
    counted(links, "link is judged otherwise", "links are judged otherwise"),
  ]
    .flat()
    .join(", ");
  return report.merges.length + report.splits.length === 0
    ? `nobody changes; ${rows}`
    : `${countsText(report)}; ${rows}`;
}

/** The same with how much was looked at, and by which rules. */
export function rebuildSummary(report: RebuildReport, check: boolean): string {
  const { identifiers, links } = report;
  const told = isSame(report) || !check ? "" : "would change: ";
  return `${identifiers} identifiers, ${links} links, ${rulesText(report, check)}: ${told}${rebuildText(report)}`;
}

/** Rules that were only tried have no version yet: other ones may be applied before them. */
function rulesText({ rulesChanged, rulesVersion }: RebuildReport, check: boolean): string {
  if (!rulesChanged) return `rules version ${rulesVersion}`;
  return check
    ? "by the configured rules, which are not in force"
    : `rules version ${rulesVersion}, in force from now on`;
}

/** Nothing where there is nothing to count. */
function counted(count: number, one: string, many: string): string[] {
  return count === 0 ? [] : [`${count} ${count === 1 ? one : many}`];
}

/** The merges and splits, by name. */
export function rebuildDetails({ merges, splits }: RebuildReport): string[] {
  const told = [
    ...merges.map(
      ({ into, from, links }) =>
        `merge ${named(from)}\n  into ${named([into])}${because("through", links)}`,
    ),
    ...splits.map(
      ({ from, into, links }) =>
        `split ${named([from])}\n  into ${named(into)}${because("at", links)}`,
    ),
  ];
  return shortened(told, TOLD_MAX);
}

type Named = RebuildReport["before"][number];

function named(profiles: readonly Named[]): string {
  const texts = profiles.map(
    ({ id, identifiers }) => `${id} (${shortened(identifiers, IDENTIFIERS_MAX).join(", ")})`,
  );
  return shortened(texts, PROFILES_MAX).join("\n   and ");
}

function because(word: string, links: RebuildReport["merges"][number]["links"]): string {
  const texts = links.map(
    ({ a, b, reason, decision }) =>
      `${a} – ${b}${decision === undefined ? "" : ` by ${decision}`}${reason === undefined ? "" : `: ${reason}`}`,
  );
  return shortened(texts, LINKS_MAX)
    .map((text) => `\n    ${word} ${text}`)
    .join("");
}

function shortened(texts: readonly string[], most: number): string[] {
  const more = texts.length - most;
  return [...texts.slice(0, most), ...(more > 0 ? [`${more} more`] : [])];
}

/** Opens the service; where rules have changed and are not applied, says what they would change. Throws a CommandError. */
export async function openServiceOrExplain(options: ServiceOptions): Promise<Service> {
  try {
    return await openService(options);
  } catch (error) {
    if (!(error instanceof RulesChangedError)) throw error;
    for (const line of rebuildDetails(error.report)) process.stderr.write(`${line}\n`);
    throw new CommandError(1, error.message);
  }
}
