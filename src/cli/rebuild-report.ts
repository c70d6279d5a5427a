/** Tells people what a rebuild changed or would change, and what to do where a command cannot go on without one. */
import type { RebuildReport } from "../rulebook.ts";
import { RulesChangedError } from "../rulebook.ts";
import { openService, type Service, type ServiceOptions } from "../service.ts";
import { CommandError } from "./shared.ts";

/** How many merges and splits are told by name; `--json` tells all of them. */
const NAMED_MAX = 20;

/** One line. */
export function rebuildText({ merges, splits, differing }: RebuildReport): string {
  const { identifiers, neighbours, links } = differing;
  return identifiers + neighbours + links === 0
    ? "nothing differs"
    : `${merges.length} profiles merged with others, ${splits.length} split; ` +
        `${identifiers} identifiers and ${links} links were kept otherwise`;
}

/** The merges and splits, by name. */
export function rebuildDetails(report: RebuildReport): string[] {
  const named = ({ id, identifiers }: { id: string; identifiers: readonly string[] }) =>
    `${id} (${identifiers.slice(0, 5).join(", ")}${identifiers.length > 5 ? ", …" : ""})`;
  const because = (links: RebuildReport["merges"][number]["links"]) =>
    links.length === 0
      ? ""
      : `\n    through ${links
          .slice(0, 5)
          .map(({ a, b, reason }) => `${a} – ${b}${reason === undefined ? "" : `: ${reason}`}`)
          .join("\n            ")}`;
  const lines = [
    ...report.merges.map(
      ({ into, from, links }) =>
        `merge ${from.map(named).join(" and ")}\n  into ${named(into)}${because(links)}`,
    ),
    ...report.splits.map(
      ({ from, into, links }) =>
        `split ${named(from)}\n  into ${into.map(named).join(" and ")}${because(links)}`,
    ),
  ];
  const more = lines.length - NAMED_MAX;
  return [...lines.slice(0, NAMED_MAX), ...(more > 0 ? [`and ${more} more`] : [])];
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
