import type { Addon, EKSClient } from '@aws-sdk/client-eks';
import { awsFailure } from '../aws/failure.ts';
import { type AwsService, awsService } from '../aws/service.ts';
import { found, unavailable } from '../evidence.ts';
import { printable } from '../printable.ts';
import {
  type AnyEvidence,
  type Condition,
  type Question,
  questionKey,
  type StatusQuestion,
} from '../question.ts';
import type { Signal } from '../signal.ts';
import { notKnownHere, type Source, type SourcePorts } from './source.ts';

const CHANGING = /^(?:CREATING|UPDATING)$/;

/** The add-ons of the EKS clusters of one region and account, as DescribeAddon tells them: one request for each. */
export function eksAddon(signal: Signal, ports: SourcePorts): Source {
  let opened: Promise<Eks> | undefined;
  const open = (): Promise<Eks> => (opened ??= openEks(signal, ports));
  return {
    text: (question) => {
      const [cluster = '', addon = ''] = isStatus(question) ? question.place.split('/') : [];
      return `aws eks describe-addon --cluster-name ${cluster} --addon-name ${addon}`;
    },
    async ask(questions) {
      const known = questions.filter(isStatus);
      const answers = await Promise.all(
        known.map(
          async (question) => [questionKey(question), await describe(question, await open(), ports)] as const,
        ),
      );
      return new Map([...answers, ...notKnownHere(questions.filter((one) => !isStatus(one)))]);
    },
  };
}

interface Eks extends AwsService<EKSClient> {
  readonly commands: Pick<typeof import('../aws/eks.ts'), 'DescribeAddonCommand'>;
}

async function openEks(signal: Signal, ports: SourcePorts): Promise<Eks> {
  const { EKSClient, ...commands } = await import('../aws/eks.ts');
  return { ...awsService(EKSClient, signal, ports), commands };
}

function isStatus(question: Question): question is StatusQuestion {
  return question.ask === 'status';
}

async function describe(
  { place }: StatusQuestion,
  { request, commands, as }: Eks,
  { clock }: SourcePorts,
): Promise<AnyEvidence> {
  const [clusterName, addonName] = place.split('/');
  const command = new commands.DescribeAddonCommand({ clusterName, addonName });
  try {
    const { addon } = await request({ action: 'eks:DescribeAddon' }, (client, options) =>
      client.send(command, options),
    );
    if (!addon?.status) return unavailable('invalid-response', 'DescribeAddon answered without a status');
    return found(conditionOf(addon), clock.now());
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') {
      const isCluster = /No cluster found/i.test(error.message);
      return {
        kind: 'absent',
        subject: isCluster ? `EKS cluster ${clusterName}` : `add-on ${place}`,
        detail: printable(error.message),
      };
    }
    return awsFailure(error, `eks:DescribeAddon on ${place}, as ${as}`);
  }
}

/** ACTIVE with a health issue is not good. What is being updated is on a healthy way. */
function conditionOf({ status, health, addonVersion, modifiedAt }: Addon): Condition {
  const issues = (health?.issues ?? []).map(({ code = 'unknown', message = '', resourceIds = [] }) =>
    printable([code, message, ...resourceIds].filter((part) => part !== '').join(': ')),
  );
  const isGood = status === 'ACTIVE' && issues.length === 0;
  return {
    status: printable(status ?? ''),
    is: isGood ? 'good' : CHANGING.test(status ?? '') ? 'changing' : 'bad',
    issues,
    ...(addonVersion === undefined ? {} : { version: printable(addonVersion) }),
    ...(modifiedAt === undefined ? {} : { changedAt: modifiedAt.getTime() }),
  };
}
