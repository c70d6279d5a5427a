/**
 * A logarithmic scale for ratios: half and double lie equally far from one. Knows numbers and no picture.
 */

export interface LogScale {
  readonly from: number;
  readonly to: number;
}

// A difference of a tenth must look like one, not fill the picture.
const REACH_MIN = 2;
// Space beside the outermost value, so that no mark lies on the edge.
const MARGIN = 1.15;

/** The scale on which all values and 1 lie. All of them are more than 0. */
export function scaleFor(values: Iterable<number>): LogScale {
  let from = 1 / REACH_MIN;
  let to = REACH_MIN;
  for (const value of values) {
    from = Math.min(from, value / MARGIN);
    to = Math.max(to, value * MARGIN);
  }
  return { from, to };
}

/** From 0 at the left end to 1 at the right. */
export function positionOn({ from, to }: LogScale, value: number): number {
  return Math.log(value / from) / Math.log(to / from);
}

// The finest first; what is left of the last one still fits where the others are too many.
const STEPS: readonly (readonly number[])[] = [[1, 1.5, 2, 3, 5, 7], [1, 2, 5], [1, 3], [1]];

/** Round numbers on the scale, 1 among them, as many as are asked for at most. */
export function ticksOn(scale: LogScale, ticksMax: number): number[] {
  for (const steps of STEPS) {
    const ticks = roundNumbers(scale, steps);
    if (ticks.length <= ticksMax) return ticks;
  }
  const powers = roundNumbers(scale, [1]);
  const one = powers.indexOf(1);
  const every = Math.ceil(powers.length / ticksMax);
  return powers.filter((_, index) => (index - one) % every === 0);
}

function roundNumbers({ from, to }: LogScale, steps: readonly number[]): number[] {
  const powers = Math.floor(Math.log10(to)) - Math.floor(Math.log10(from)) + 1;
  return Array.from({ length: powers }, (_, index) => index + Math.floor(Math.log10(from)))
    .flatMap((power) => steps.map((step) => Number(`${step}e${power}`)))
    .filter((tick) => tick >= from && tick <= to);
}

/** Such as `0.5×`, `20×` or `1,000×`. */
export function tickText(tick: number): string {
  return `${tick >= 1 ? tick.toLocaleString("en") : tick}×`;
}
