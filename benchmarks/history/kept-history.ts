/** Histories as benchmarks ask for them, one for each number of people in a run. */
import type { KeptDatabase } from "../kept-database.ts";
import { fillHistory } from "./fill.ts";

export function keptHistory(people: number): KeptDatabase {
  return {
    name: `history-${people}`,
    make: (folder) => fillHistory(folder, people),
  };
}
