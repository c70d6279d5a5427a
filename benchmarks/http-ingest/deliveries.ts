/** Deliveries as Slack posts them, about 300 bytes each, and the configuration of a source that takes them. */
import type { Size } from "../benchmark.ts";
import { Random } from "../random.ts";

export interface Deliveries {
  /** One of everybody who is known when the clock starts; sending them warms the server up. */
  readonly introductions: readonly string[];
  readonly measured: readonly string[];
  /** How many people there are when all has been sent. */
  readonly people: number;
}

interface Scale {
  readonly known: number;
  readonly measured: number;
}

export const SCALES: Readonly<Record<Size, Scale>> = {
  full: { known: 20_000, measured: 60_000 },
  quick: { known: 2000, measured: 5000 },
  tiny: { known: 100, measured: 200 },
};

/** What the deliveries are, for the benchmarks that send them. */
export const WORKLOAD = {
  name: "slack",
  description: "messages of 300 bytes, nine in ten by people who are known, the others by new ones",
};

export function scaleInWords(_workload: string, size: Size): string {
  const { known, measured } = SCALES[size];
  return `${measured.toLocaleString("en")} requests, ${known.toLocaleString("en")} people known`;
}

export const SOURCE = "slack";

export const CONFIGURATION = `
sources:
  ${SOURCE}:
    replaceProfileId: event.user
    idScope: team_id
    eventType: event.type
    eventId: event_id
    occurredAt: event_time
`;

const SHARE_OF_NEW_IDS = 0.1;
const START_SECONDS = Date.UTC(2026, 0, 1) / 1000;

export function drawDeliveries(size: Size, seed: number): Deliveries {
  const { known, measured } = SCALES[size];
  const random = new Random(seed);
  let people = known;
  const introductions = Array.from({ length: known }, (_, person) => delivery(person, person));
  const bodies = Array.from({ length: measured }, (_, index) => {
    const person = random.chance(SHARE_OF_NEW_IDS) ? people++ : random.below(known);
    return delivery(person, known + index);
  });
  return { introductions, measured: bodies, people };
}

/** Every delivery is an event of its own: none is a retry of another. */
function delivery(person: number, number: number): string {
  const seconds = START_SECONDS + number;
  const timestamp = `${seconds}.000100`;
  return JSON.stringify({
    token: "verification-token",
    team_id: "T0BENCH01",
    api_app_id: "A0BENCH01",
    event: {
      type: "message",
      channel: "C0BENCH01",
      user: `U${code(person)}`,
      text: "Is the new release out yet?",
      ts: timestamp,
      event_ts: timestamp,
      channel_type: "channel",
    },
    type: "event_callback",
    event_id: `Ev${code(number)}`,
    event_time: seconds,
  });
}

function code(number: number): string {
  return number.toString(36).toUpperCase().padStart(9, "0");
}
