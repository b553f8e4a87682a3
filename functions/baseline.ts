import type { Context } from 'aws-lambda';
import type { Refusal } from '../lib/answer.ts';
import type { Decided } from '../lib/baseline/decided.ts';
import type { shownJson } from '../lib/baseline/shown.ts';
import { answering, refused } from './answering.ts';
import { container } from './container.ts';

type Answer = ReturnType<typeof shownJson> | { readonly decided: readonly Decided[] };

/** Kept for the answer, once looking must be over. */
const LAST_MS = 3000;

/** Shows what is usual, makes what is there now usual, or begins anew. An event that is wrong is answered with what is wrong. */
async function baseline(event: unknown, context: Context): Promise<Answer | Refusal> {
  const [opened, load] = await Promise.all([container(), import('./baselining.ts')]);
  const { config, clock, log, ...ports } = opened;
  log.begin(context.awsRequestId);
  const command = load.readBaselineEvent(event);
  if ('problems' in command) return refused(command.problems);
  const chosen =
    command.what === 'show'
      ? load.chosenSignals(config, command)
      : load.chosenFor(command.request, config, load.EVENT_WORDING);
  if ('problems' in chosen) return refused(chosen.problems);
  const store = load.stateOf(opened, context);
  if (command.what === 'show') {
    const now = clock.now();
    const shown = await Promise.all(chosen.clusters.map((one) => load.shownBaselines(one, store, now)));
    return load.shownJson(shown.flat());
  }
  const { what, request } = command;
  const decider = { by: request.by, why: request.reason };
  const deadline = clock.now() + context.getRemainingTimeInMillis() - LAST_MS;
  const onDefect = (error: unknown): void => log.write({ what: 'defect', error });
  const decided = await Promise.all(
    chosen.clusters.map((one) =>
      what === 'accept'
        ? load.acceptSeen(one, decider, { ...ports, clock, store, deadline, onDefect })
        : load.resetBaselines(one, decider, { clock, store }),
    ),
  );
  return { decided: decided.flat() };
}

export const handler = answering(baseline);
