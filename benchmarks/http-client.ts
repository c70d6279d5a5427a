/** One request and its answer, for benchmarks that ask a server in another process and read what it says. */
import { request, type Agent, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";

export interface Asked {
  readonly url: string;
  readonly agent: Agent;
  /** JSON to be posted; without one the URL is read. */
  readonly body?: string;
}

/** The text of the answer. Rejects unless it is 200. */
export function ask({ url, agent, body }: Asked): Promise<string> {
  return new Promise((resolve, reject) => {
    const options =
      body === undefined
        ? { agent }
        : {
            agent,
            method: "POST",
            headers: {
              "content-type": "application/json",
              "content-length": Buffer.byteLength(body),
            },
          };
    const read = async (answer: IncomingMessage) => {
      const said = await text(answer);
      if (answer.statusCode === 200) resolve(said);
      else reject(new Error(`${url} answered ${answer.statusCode}: ${said}`));
    };
    const asking = request(url, options, (answer) => void read(answer).catch(reject));
    asking.once("error", reject);
    asking.end(body);
  });
}
