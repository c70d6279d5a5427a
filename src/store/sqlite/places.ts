/**
 * The labels of profiles and components: what a change set's places are in the columns `profile` and `component`. A
 * former place keeps the label it had when it was loaded, whoever bears it then; a fresh one gets the next number.
 */
import type { ComponentPlace, Place } from "../../identity/change-set.ts";
import type { SqliteBasis } from "./basis.ts";
import { componentLabel } from "./columns.ts";
import type { SqliteDatabase } from "./database.ts";

export interface Labels {
  readonly profile: (place: Place) => number;
  readonly component: (place: ComponentPlace) => number | null;
}

/** To be asked before anything is written: later, the highest label might have lost its last identifier. */
export function prepareLabels({ client }: SqliteDatabase): (basis: SqliteBasis) => Labels {
  const highest = (column: "profile" | "component") =>
    client
      .prepare<[], number | null>(
        `SELECT max(${column}) FROM identifier_rows WHERE ${column} IS NOT NULL`,
      )
      .pluck();
  const highestProfile = highest("profile");
  const highestComponent = highest("component");
  return (basis) => {
    const newProfile = series(highestProfile.get() ?? 0);
    const newComponent = series(highestComponent.get() ?? 0);
    return {
      profile: (place) =>
        "former" in place ? basis.profiles.get(place.former)! : newProfile(place.fresh),
      component: (place) => {
        if (place === undefined) return null;
        return "former" in place ? componentLabel(place.former) : newComponent(place.fresh);
      },
    };
  };
}

/** One label for each number that a change set gives its fresh places. */
function series(last: number): (fresh: number) => number {
  const labels = new Map<number, number>();
  return (fresh) => {
    const label = labels.get(fresh) ?? last + labels.size + 1;
    labels.set(fresh, label);
    return label;
  };
}
