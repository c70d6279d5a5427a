/** Stores with people about whom a question takes as long as a test likes. */
import type { AskedQuestion } from "../../src/analyst/kinds.ts";
import type { Store } from "../../src/store/store.ts";
import { commitOf, created, event, fresh, node } from "./commits.ts";

const DEPTH = 40;
const NESTED = `{"list":${"[".repeat(DEPTH)}${"]".repeat(DEPTH)}}`;

export function crowdNode(number: number) {
  return node("chat", `crowd ${number}`);
}

/** Commits people with one event each, a `message`. */
export async function crowd(store: Store, people: number, payload = NESTED): Promise<void> {
  const members = Array.from({ length: people }, (_, number) => crowdNode(number));
  const { basis } = await store.load({ identifiers: [], pairs: [], traits: [], events: [] });
  const commit = commitOf({
    identifiers: members.map((member, index) => created(member, fresh(index))),
    events: members.map((member, index) => ({ ...event(`crowd ${index}`, member), payload })),
  });
  if ((await store.commit(commit, basis)) !== "committed") throw new Error("not committed");
}

/** Of each payload of a crowd it looks at every way down and every way from there: some 40 ms a person. */
export const LONG_STEPS = [{ type: "message", where: { "$..*..*..*": 1 } }];

export const LONG: AskedQuestion = { kind: "funnel", question: { steps: LONG_STEPS } };

export const SHORT: AskedQuestion = { kind: "timeline", question: { interval: "day" } };
