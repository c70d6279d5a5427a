/** The demo's findings as text: what was posted, one person, that person's journey, why, and how good the whole is. */
import type { LinkView } from "../../queries/link-view.ts";
import { detailOf } from "./details.ts";
import { evidenceTree, type Branch } from "./evidence.ts";
import { section, table, treeRows, type Emphasis, type Twig } from "./layout.ts";
import type { Findings } from "./play.ts";

export function reportText(findings: Findings, emphasis: Emphasis): string {
  return [
    `${emphasis("SELFSAME")}  webhooks in, one person and one journey out\n`,
    section(emphasis("WEBHOOKS"), ...webhooks(findings)),
    section(emphasis("ONE PERSON"), ...person(findings)),
    section(emphasis("ONE JOURNEY"), ...journey(findings)),
    section(emphasis("WHY"), ...why(findings)),
    section(emphasis("EVERYBODY"), ...everybody(findings)),
  ].join("\n");
}

/** What stands beside a heading, and the lines below it. */
type Section = [note: string, lines: readonly string[]];

const OUTCOMES = [
  ["accepted", "each event lies in exactly one journey"],
  ["duplicate", "sent again, which changed nothing"],
  ["anonymous", "kept as nobody's: no id, or a junk one"],
] as const;

function webhooks({ webhooks, url, outcomes }: Findings): Section {
  const sources = [...new Set(outcomes.map(({ source }) => source ?? ""))].toSorted();
  const count = (outcome: string, source: string) =>
    outcomes.find((tally) => tally.outcome === outcome && tally.source === source)?.deliveries ?? 0;
  const rows = OUTCOMES.map(([outcome, meaning]) => {
    const counts = sources.map((source) => count(outcome, source));
    const all = counts.reduce((sum, number) => sum + number, 0);
    return [outcome, ...counts, all, meaning];
  });
  return [
    `${webhooks} from ${sources.length} systems, posted to ${url}`,
    table([["", ...sources, "all", ""], ...rows]),
  ];
}

function person({ profile, shown }: Findings): Section {
  const identifiers = profile.identifiers.map(({ identifier, firstSeenAt, sources }) => [
    identifier,
    day(firstSeenAt),
    sources.join(", "),
  ]);
  const traits = Object.entries(profile.traits).map(([name, { value, source, at }]) => [
    `${name} ${JSON.stringify(value)}`,
    day(at),
    source,
  ]);
  return [
    `whoever is ${shown}`,
    [
      `profile ${[profile.id, ...profile.formerIds].join(", which also answers to ")}`,
      "",
      ...table([
        ["known as", "since", "named by"],
        ...identifiers,
        ["", "", ""],
        ["traits", "as of", "told by"],
        ...traits,
      ]),
    ],
  ];
}

function journey({ journey, graph }: Findings): Section {
  const evidence = new Set(graph.links.flatMap((link) => link.evidence));
  const systems = new Set(journey.map(({ source }) => source));
  const rows = journey.map((event) => [
    `${minute(event.occurredAt)} ${evidence.has(event.id) ? "●" : " "}`,
    event.source,
    event.type,
    detailOf(event),
  ]);
  return [
    `${journey.length} events from ${systems.size} systems; ● names two ids at once`,
    table(rows),
  ];
}

function why(findings: Findings): Section {
  const { shown, graph } = findings;
  const root = evidenceTree(shown, graph);
  const twig = ({ identifier, link, branches }: Branch): Twig => ({
    text: identifier,
    note: link === undefined ? "" : proof(findings, link),
    twigs: branches.map(twig),
  });
  return [
    "each id hangs on the one above it by an event that named both",
    [...table(treeRows(twig(root))), ...turningPoint(findings, root)],
  ];
}

/** The first event that named both ends, and how many more did. */
function proof({ journey }: Findings, link: LinkView): string {
  const event = journey.find(({ id }) => id === link.evidence[0])!;
  const more = link.events > 1 ? ` and ${link.events - 1} more` : "";
  return `${minute(event.occurredAt)}  ${event.source} ${event.type}${more}`;
}

/** Where one event alone holds the shown id to everything else: what was before it. */
function turningPoint({ shown, profile, journey }: Findings, { branches }: Branch): string[] {
  const [only, ...further] = branches;
  if (only?.link?.events !== 1 || further.length > 0) return [];
  const joining = journey.find(({ id }) => id === only.link?.evidence[0])!;
  const home = profile.identifiers.find(({ identifier }) => identifier === shown)?.provisional;
  const apart = journey.filter((event) => event.provisional === home && event !== joining);
  return [
    "",
    `Until that ${joining.type} came, ${apart.length} of the ${journey.length} events were a stranger's. ` +
      "The merge moved none of them:",
    "an event stays under the id it came with, and a profile is all the ids that belong together.",
  ];
}

function everybody({ score }: Findings): Section {
  const { precision, recall, peopleFound, truePeople } = score;
  return [
    "compared with the truth, which the service was never told",
    table([
      ["people found", String(peopleFound), `of ${truePeople} true people`],
      [
        "precision",
        ratio(precision),
        "of the pairs of events put into one journey are one person's",
      ],
      ["recall", ratio(recall), "of the pairs of events of one person were put into one journey"],
    ]),
  ];
}

/** Two digits, never rounded up to a perfection that was not there. */
function ratio(value: number): string {
  return (Math.floor(value * 100) / 100).toFixed(2);
}

function day(time: string): string {
  return time.slice(0, 10);
}

function minute(time: string): string {
  return time.slice(0, 16).replace("T", " ");
}
