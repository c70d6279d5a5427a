/**
 * The kinds of questions and what answers each: the one table that knows all of them. A further kind is a further line. Both what
 * is asked and what is answered are plain data, so that they can go from one thread to another.
 */
import { compileAttribution } from "../questions/attribution.ts";
import { compileFunnel } from "../questions/funnel.ts";
import { compilePaths } from "../questions/paths.ts";
import type { Question } from "../questions/question.ts";
import { compileTimeline } from "../questions/timeline.ts";
import type { Pause } from "../store/histories.ts";
import type { SearchRequest } from "../store/search.ts";
import type { Store } from "../store/store.ts";

/** Answers one question from a store. */
type Answerer<Asked, Answer> = (store: Store, asked: Asked, pause: Pause) => Promise<Answer>;

/** What is answered by going through everybody. */
function overEverybody<Asked, Answer>(
  compile: (asked: Asked) => Question<Answer>,
): Answerer<Asked, Answer> {
  return async (store, asked, pause) => {
    const { needs, begin } = compile(asked);
    const run = begin();
    for await (const history of store.histories(needs, pause)) {
      run.add(history);
      const paused = pause();
      if (paused !== undefined) await paused;
    }
    return run.answer();
  };
}

const KINDS = {
  funnel: overEverybody(compileFunnel),
  timeline: overEverybody(compileTimeline),
  paths: overEverybody(compilePaths),
  attribution: overEverybody(compileAttribution),
  search: (store: Store, asked: SearchRequest) => store.search(asked),
};

type Kinds = typeof KINDS;
type Kind = keyof Kinds;

type AskedOf<One extends Kind> = Parameters<Kinds[One]>[1];

/** A question as it is asked. */
export type AskedQuestion<One extends Kind = Kind> = {
  [Each in One]: { readonly kind: Each; readonly question: AskedOf<Each> };
}[One];

/** What a question of a kind is answered with. */
export type AnswerTo<Asked extends AskedQuestion> = Awaited<ReturnType<Kinds[Asked["kind"]]>>;

export function answerTo(
  store: Store,
  { kind, question }: AskedQuestion,
  pause: Pause,
): Promise<unknown> {
  const answer = KINDS[kind] as Answerer<typeof question, unknown>;
  return answer(store, question, pause);
}
