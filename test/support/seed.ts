/** Seeds of tests that play one long random story in real processes, which is too slow to be shrunk. */

/** A new seed each run, printed with what was done by it; SELFSAME_TEST_SEED repeats a run that failed. */
export function storySeed(): number {
  const given = process.env["SELFSAME_TEST_SEED"];
  const seed = given === undefined ? Date.now() % 2 ** 31 : Number(given);
  console.info(`SELFSAME_TEST_SEED=${seed}`);
  return seed;
}
