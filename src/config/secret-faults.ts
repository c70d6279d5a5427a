/** Whether a source that verifies has something to verify with, and a source with a secret something that checks it. */
import type { SourceConfig } from "../../schema/source-config.ts";

/** What is wrong with a source's secret; undefined for nothing. `name` is what the source is called in the message. */
export function secretFault(name: string, source: SourceConfig): string | undefined {
  const { preset, secret, verify, handshake } = source;
  const who = preset ?? name;
  if (verify === undefined || verify === "none") {
    // Zoom's handshake is answered with the secret, whatever is checked of the events.
    if (secret === undefined || handshake === "zoom") return undefined;
    return "nothing would check the secret; say in verify how the sender proves that it knows it, or take the secret out";
  }
  if (secret !== undefined) return undefined;
  const schemes = Array.isArray(verify) ? verify : [verify];
  const does = schemes.every(({ scheme }) => scheme === "token")
    ? "sends a token along"
    : "signs what it sends";
  return `${who} ${does}: set secret: "\${…}", or verify: none to let anybody post`;
}
