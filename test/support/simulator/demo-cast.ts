/** The cast that the command `demo` plays, as the text of the file it reads. */
import type { DemoCast } from "../../../src/cli/demo/cast.ts";
import { simulate } from "./simulate.ts";

/**
 * The seed was looked for: by it a member of the Slack workspace, whose address Slack tells last of all, has been
 * shopping, writing and paying under two addresses before.
 */
const OPTIONS = { seed: 957, people: 10, deliveries: 120, sharedMailbox: false };
const SHOWN_PERSON = "Julia Conroy";

export function demoCast(): DemoCast {
  const { config, deliveries, people } = simulate(OPTIONS);
  const slack = people.find(({ fullName }) => fullName === SHOWN_PERSON)?.slack;
  if (slack === undefined) throw new Error(`nobody called ${SHOWN_PERSON} uses Slack in this cast`);
  return {
    config,
    shown: `slack:${slack.team}/${slack.user}`,
    deliveries: deliveries.map(({ source, contentType, headers, body, person }) => ({
      source,
      contentType,
      headers,
      body,
      person,
    })),
  };
}

/** JSON with one delivery a line, so that a change of the cast can be read as a diff. */
export function demoCastText(): string {
  const { deliveries, ...rest } = demoCast();
  const head = JSON.stringify(rest).slice(0, -1);
  const lines = deliveries.map((delivery) => JSON.stringify(delivery));
  return `${head},"deliveries":[\n${lines.join(",\n")}\n]}\n`;
}
