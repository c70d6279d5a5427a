/** Patterns for blocked values: an exact text in which `*` stands for any run of characters. Linear in the value. */

export interface Pattern {
  /** As it was written in the configuration. */
  readonly text: string;
  matches(value: string): boolean;
}

export function compilePattern(text: string): Pattern {
  const pieces = text.split("*");
  const head = pieces[0]!;
  const tail = pieces.at(-1)!;
  const inner = pieces.slice(1, -1).filter((piece) => piece !== "");
  if (pieces.length === 1) return { text, matches: (value) => value === text };
  return {
    text,
    matches(value) {
      if (value.length < head.length + tail.length) return false;
      if (!value.startsWith(head) || !value.endsWith(tail)) return false;
      // Taking each inner piece at its first place leaves the most room for the rest, so no way back is needed.
      let from = head.length;
      const end = value.length - tail.length;
      for (const piece of inner) {
        const at = value.indexOf(piece, from);
        if (at < 0 || at + piece.length > end) return false;
        from = at + piece.length;
      }
      return true;
    },
  };
}
