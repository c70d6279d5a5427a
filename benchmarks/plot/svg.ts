/** As much of SVG as a plot needs: elements as text, with every text and attribute escaped. */

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** Characters that XML cannot hold at all become the replacement character. */
export function escaped(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\p{Surrogate}\uFFFE\uFFFF]/gu, "\uFFFD")
    .replace(/[&<>"']/g, (character) => ESCAPES[character]!);
}

type Attributes = Readonly<Record<string, string | number>>;

/** `children` are elements, which are escaped already. */
export function element(
  name: string,
  attributes: Attributes,
  children: readonly string[] = [],
): string {
  const written = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${escaped(typeof value === "number" ? short(value) : value)}"`)
    .join("");
  return children.length === 0
    ? `<${name}${written}/>`
    : `<${name}${written}>${children.join("")}</${name}>`;
}

export function text(x: number, y: number, content: string, attributes: Attributes = {}): string {
  return element("text", { x, y, ...attributes }, [escaped(content)]);
}

/** Shown where the pointer rests. */
export function tip(content: string): string {
  return element("title", {}, [escaped(content)]);
}

// A tenth of a pixel is more than anybody sees.
function short(value: number): string {
  return String(Math.round(value * 10) / 10);
}
