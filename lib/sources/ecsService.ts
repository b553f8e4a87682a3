import { identityKey } from '../aws/credentials.ts';
import { type Ecs, openEcs, partsOf } from '../ecs/client.ts';
import { finishedIn, readRevision, type ReadRevision } from '../ecs/finished.ts';
import type { EcsQuestion } from '../ecs/questions.ts';
import { describeServices } from '../ecs/services.ts';
import { runningTasks, stoppedTasks } from '../ecs/tasks.ts';
import { type Evidence, unavailable } from '../evidence.ts';
import { type AnyEvidence, type Question, questionKey, type StatusQuestion } from '../question.ts';
import type { Signal } from '../signal.ts';
import { slowFact } from './slow.ts';
import { notKnownHere, type Source, type SourcePorts } from './source.ts';

type Asked = StatusQuestion | EcsQuestion;

/**
 * The services of ECS in one region and account. A healthy run takes a request for ten services of a cluster, one for
 * each service that lists its tasks, and one for a hundred tasks of a cluster, in two rounds.
 */
export function ecsService(signal: Signal, ports: SourcePorts): Source {
  let opened: Promise<Ecs> | undefined;
  return {
    text,
    async ask(questions) {
      const ecs = await (opened ??= openEcs(signal, ports));
      const known = questions.filter(isKnown);
      const answers = await answerAll(known, ecs, readSlowly(ecs, signal, ports));
      return new Map([...answers, ...notKnownHere(questions.filter((one) => !isKnown(one)))]);
    },
  };
}

async function answerAll(
  questions: readonly Asked[],
  ecs: Ecs,
  read: ReadRevision,
): Promise<readonly [string, AnyEvidence][]> {
  const placesOf = (...kinds: readonly Asked['ask'][]) => [
    ...new Set(questions.filter(({ ask }) => kinds.includes(ask)).map(({ place }) => place)),
  ];
  const [services, running, stopped] = await Promise.all([
    describeServices(ecs, placesOf('status', 'ecsService')),
    runningTasks(ecs, placesOf('ecsTasks', 'ecsFinished')),
    stoppedTasks(ecs, placesOf('ecsStoppedTasks')),
  ]);
  const answer = async ({ ask, place }: Asked): Promise<AnyEvidence | undefined> => {
    switch (ask) {
      case 'status':
        return about(services.get(place), ({ condition }) => condition);
      case 'ecsService':
        return about(services.get(place), ({ service }) => service);
      case 'ecsTasks':
        return running.get(place);
      case 'ecsFinished':
        return finishedIn(running.get(place), read);
      case 'ecsStoppedTasks':
        return stopped.get(place);
    }
  };
  const nothing = unavailable('invalid-response', 'ECS told nothing about it');
  return Promise.all(
    questions.map(async (question): Promise<[string, AnyEvidence]> => [
      questionKey(question),
      (await answer(question)) ?? nothing,
    ]),
  );
}

function about<T, Part>(
  evidence: Evidence<T> | undefined,
  part: (of: T) => Part,
): Evidence<Part> | undefined {
  return evidence?.kind === 'found' ? { ...evidence, value: part(evidence.value) } : evidence;
}

/** A revision never changes, so that what is remembered of it may accuse. */
function readSlowly(ecs: Ecs, signal: Signal, ports: SourcePorts): ReadRevision {
  return async (revision) => {
    const key = JSON.stringify(['ecsService', identityKey(signal), revision]);
    const evidence = await slowFact(key, 0, ports, () => readRevision(ecs, revision));
    return evidence as Awaited<ReturnType<ReadRevision>>;
  };
}

function text(question: Question): string {
  if (!isKnown(question)) return question.ask;
  const { cluster, service } = partsOf(question.place);
  if (question.ask === 'status' || question.ask === 'ecsService') {
    return `aws ecs describe-services --cluster ${cluster} --services ${service}`;
  }
  const stopped = question.ask === 'ecsStoppedTasks' ? ' --desired-status STOPPED' : '';
  const list = `aws ecs list-tasks --cluster ${cluster} --service-name ${service}${stopped}`;
  return `aws ecs describe-tasks --cluster ${cluster} --tasks $(${list} --query 'taskArns[:100]' --output text)`;
}

const KNOWN: Readonly<Record<Asked['ask'], true>> = {
  status: true,
  ecsService: true,
  ecsTasks: true,
  ecsFinished: true,
  ecsStoppedTasks: true,
};

function isKnown(question: Question): question is Asked {
  return Object.hasOwn(KNOWN, question.ask);
}
