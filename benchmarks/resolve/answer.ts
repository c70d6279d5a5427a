/** Components in one text, so that those of two contenders can be compared. */
import { createHash } from "node:crypto";

/** The same text for the same components, in whatever order they and their members come. */
export function answerOf(components: readonly (readonly string[])[]): string {
  const sorted = components.map((component) => component.toSorted().join(" ")).toSorted();
  const hash = createHash("sha256");
  let largest = 0;
  for (const component of components) largest = Math.max(largest, component.length);
  // One by one: all of them would be a longer text than there may be.
  for (const component of sorted) hash.update(component).update("\n");
  const digest = hash.digest("hex").slice(0, 16);
  return `${components.length} components, the largest of ${largest} (${digest})`;
}
