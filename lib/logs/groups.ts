import type { LogGroup as DescribedGroup } from '@aws-sdk/client-cloudwatch-logs';
import { awsFailure } from '../aws/failure.ts';
import { chunked } from '../chunked.ts';
import { type Evidence, found, type Unavailable, unavailable } from '../evidence.ts';
import { printable } from '../printable.ts';
import { SLOW_LASTS_MS, type SourcePorts } from '../sources/source.ts';
import { identifierOf, type Logs, told } from './client.ts';
import type { LogGroup, LogGroupPlace } from './questions.ts';
import type { Remembered } from './remembered.ts';

/** DescribeLogGroups takes at most this many groups a call. */
const GROUPS_PER_CALL = 50;

/** How log groups are set up, by `identifierOf`: from memory for half an hour, what is not there in as few requests as possible. */
export async function describeGroups(
  groups: readonly LogGroupPlace[],
  { region, open, facts, ports }: GroupsAccess,
): Promise<ReadonlyMap<string, Evidence<LogGroup>>> {
  const due: LogGroupPlace[] = [];
  // Begins when it is known which are not remembered.
  const looked = Promise.resolve().then(async () => {
    return due.length === 0 ? new Map<string, never>() : describeAnew(due, await open(), ports);
  });
  const unique = new Map(groups.map((group) => [identifierOf(group, region), group]));
  const described = [...unique].map(async ([identifier, group]) => {
    const evidence = await facts.fact(['log group', identifier], SLOW_LASTS_MS, async () => {
      due.push(group);
      return (await looked).get(identifier) ?? LEFT_OUT;
    });
    return [identifier, evidence] as const;
  });
  return new Map(await Promise.all(described));
}

const LEFT_OUT = unavailable('invalid-response', 'DescribeLogGroups left out a group');

/** With what log groups are described. */
export interface GroupsAccess {
  readonly region: string;
  readonly open: () => Promise<Logs>;
  readonly facts: Remembered;
  readonly ports: SourcePorts;
}

/** At most 50 groups a request, those of linked accounts apart from the account's own. What is not shown is absent. */
async function describeAnew(
  groups: readonly LogGroupPlace[],
  logs: Logs,
  ports: SourcePorts,
): Promise<ReadonlyMap<string, Evidence<LogGroup>>> {
  const own = groups.filter(({ account }) => account === undefined);
  const linked = groups.filter(({ account }) => account !== undefined);
  const calls = [own, linked].flatMap((kind) => chunked(kind, GROUPS_PER_CALL));
  const answers = await Promise.all(calls.map((call) => describeCall(call, logs, ports)));
  return new Map(answers.flat());
}

type Described = [identifier: string, evidence: Evidence<LogGroup>];

async function describeCall(
  groups: readonly LogGroupPlace[],
  logs: Logs,
  ports: SourcePorts,
): Promise<Described[]> {
  const described = await pagesOf(groups, logs).catch((error: unknown): Unavailable | 'none of them' => {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return 'none of them';
    return awsFailure(error, `logs:DescribeLogGroups, as ${logs.as}`);
  });
  // AWS does not say that one missing group refuses the others; should it ever, each is asked alone.
  if (described === 'none of them' && groups.length > 1) {
    const each = await Promise.all(groups.map((group) => describeCall([group], logs, ports)));
    return each.flat();
  }
  return groups.map((group): Described => {
    const identifier = identifierOf(group, logs.region);
    if (described !== 'none of them' && 'kind' in described) return [identifier, described];
    const found = described === 'none of them' ? undefined : described.find((one) => isThat(one, group));
    return [identifier, found ? evidenceOf(found, ports) : absent(group)];
  });
}

async function pagesOf(
  groups: readonly LogGroupPlace[],
  { request, commands, region }: Logs,
): Promise<readonly DescribedGroup[] | Unavailable> {
  const all: DescribedGroup[] = [];
  const input = {
    logGroupIdentifiers: groups.map((group) => identifierOf(group, region)),
    ...(groups[0]?.account === undefined ? {} : { includeLinkedAccounts: true }),
  };
  let token: string | undefined;
  do {
    const command = new commands.DescribeLogGroupsCommand({
      ...input,
      ...(token ? { nextToken: token } : {}),
    });
    const { logGroups, nextToken } = await request({ action: 'logs:DescribeLogGroups' }, (client, options) =>
      client.send(command, options),
    );
    if (!logGroups?.every(({ logGroupName }) => logGroupName !== undefined)) {
      return unavailable('invalid-response', 'DescribeLogGroups answered without the names of log groups');
    }
    all.push(...logGroups);
    if (nextToken !== undefined && nextToken === token) {
      return unavailable('invalid-response', 'DescribeLogGroups gave the same page twice');
    }
    token = nextToken;
  } while (token !== undefined);
  return all;
}

/** A group of a linked account has its account in the ARN; what the account itself shows needs no such proof. */
function isThat(
  { logGroupName, logGroupArn, arn }: DescribedGroup,
  { place, account }: LogGroupPlace,
): boolean {
  return logGroupName === place && (account === undefined || (logGroupArn ?? arn)?.split(':')[4] === account);
}

/** A group that says nothing of its class has the only one there once was. */
function evidenceOf(
  { retentionInDays, retentionPolicyName, logGroupClass, kmsKeyId, creationTime }: DescribedGroup,
  { clock }: SourcePorts,
): Evidence<LogGroup> {
  const value = {
    retentionDays: retentionInDays,
    retentionPolicy: retentionPolicyName === undefined ? undefined : printable(retentionPolicyName),
    logClass: printable(logGroupClass ?? 'STANDARD'),
    kmsKey: kmsKeyId === undefined ? undefined : printable(kmsKeyId),
    createdAt: creationTime,
  };
  return found(value, clock.now());
}

function absent(group: LogGroupPlace): Evidence<LogGroup> {
  const shared = group.account === undefined ? '' : ', or the account does not share it';
  return { kind: 'absent', subject: told(group), detail: `DescribeLogGroups does not show it${shared}` };
}
