import type { AmpClient } from '@aws-sdk/client-amp';
import type { Identity } from '../aws/credentials.ts';
import { awsFailure } from '../aws/failure.ts';
import { type AwsService, awsService } from '../aws/service.ts';
import { found, unavailable } from '../evidence.ts';
import { printable } from '../printable.ts';
import type { AnyEvidence, Condition } from '../question.ts';
import type { SourcePorts } from '../sources/source.ts';
import type { Piece, Scraper } from './questions.ts';

/** The control plane of AMP as an identity sees it; the SDK is loaded here and not before. */
export interface ControlPlane extends AwsService<AmpClient> {
  readonly commands: Omit<typeof import('../aws/amp.ts'), 'AmpClient'>;
  readonly region: string;
}

export async function openControlPlane(identity: Identity, ports: SourcePorts): Promise<ControlPlane> {
  const { AmpClient, ...commands } = await import('../aws/amp.ts');
  return { ...awsService(AmpClient, identity, ports), commands, region: identity.region };
}

/** The state of a workspace, absent where there is none; `onUrl` is told the address of its data plane. */
export async function describeWorkspace(
  workspaceId: string,
  plane: ControlPlane,
  ports: SourcePorts,
  onUrl: (url: string) => void,
): Promise<AnyEvidence> {
  const command = new plane.commands.DescribeWorkspaceCommand({ workspaceId });
  return answered('aps:DescribeWorkspace', workspaceId, plane, ports, async (request) => {
    const { workspace } = await request((client, options) => client.send(command, options));
    const status = workspace?.status?.statusCode;
    if (!workspace || !status) return undefined;
    if (workspace.prometheusEndpoint) onUrl(workspace.prometheusEndpoint);
    const is = status === 'ACTIVE' ? 'good' : /^(?:CREATING|UPDATING)$/.test(status) ? 'changing' : 'bad';
    const created = status === 'CREATING' ? workspace.createdAt : undefined;
    return {
      status: printable(status),
      is,
      issues: [],
      ...(created === undefined ? {} : { changedAt: created.getTime() }),
    };
  });
}

/** All managed scrapers of the region and account, whatever workspace they write to. */
export async function listScrapers(plane: ControlPlane, ports: SourcePorts): Promise<AnyEvidence> {
  return answered('aps:ListScrapers', undefined, plane, ports, async (request) => {
    const scrapers: Scraper[] = [];
    let nextToken: string | undefined;
    do {
      const token = nextToken === undefined ? {} : { nextToken };
      const command = new plane.commands.ListScrapersCommand({ maxResults: 1000, ...token });
      const page = await request((client, options) => client.send(command, options));
      if (!page.scrapers || (page.nextToken && page.nextToken === nextToken)) return undefined;
      for (const { scraperId, alias, status, statusReason, lastModifiedAt, destination } of page.scrapers) {
        const workspace = destination?.ampConfiguration?.workspaceArn;
        if (!scraperId || !status?.statusCode || !workspace) return undefined;
        const name = printable(alias ? `${scraperId} (${alias})` : scraperId);
        scrapers.push({ name, workspace, ...conditionOf(status.statusCode, statusReason, lastModifiedAt) });
      }
      nextToken = page.nextToken;
    } while (nextToken);
    return scrapers;
  });
}

/** The rule files of a workspace, absent where there is no such workspace. */
export async function listRuleFiles(
  workspaceId: string,
  plane: ControlPlane,
  ports: SourcePorts,
): Promise<AnyEvidence> {
  return answered('aps:ListRuleGroupsNamespaces', workspaceId, plane, ports, async (request) => {
    const files: Piece[] = [];
    let nextToken: string | undefined;
    do {
      const token = nextToken === undefined ? {} : { nextToken };
      const command = new plane.commands.ListRuleGroupsNamespacesCommand({
        workspaceId,
        maxResults: 1000,
        ...token,
      });
      const page = await request((client, options) => client.send(command, options));
      if (!page.ruleGroupsNamespaces || (page.nextToken && page.nextToken === nextToken)) return undefined;
      for (const { name, status, modifiedAt } of page.ruleGroupsNamespaces) {
        if (!name || !status?.statusCode) return undefined;
        const condition = conditionOf(status.statusCode, status.statusReason, modifiedAt);
        files.push({ name: printable(name), ...condition });
      }
      nextToken = page.nextToken;
    } while (nextToken);
    return files;
  });
}

/** The state of a workspace's alert manager; null where it has no definition, which is no mistake. */
export async function describeAlertManager(
  workspaceId: string,
  plane: ControlPlane,
  ports: SourcePorts,
): Promise<AnyEvidence> {
  const command = new plane.commands.DescribeAlertManagerDefinitionCommand({ workspaceId });
  const evidence = await answered(
    'aps:DescribeAlertManagerDefinition',
    workspaceId,
    plane,
    ports,
    async (request) => {
      const { alertManagerDefinition: definition } = await request((client, options) =>
        client.send(command, options),
      );
      const status = definition?.status;
      return status?.statusCode
        ? conditionOf(status.statusCode, status.statusReason, definition?.modifiedAt)
        : undefined;
    },
  );
  // Whether the workspace itself is there, `status` tells.
  if (evidence.kind !== 'absent') return evidence;
  return found(null, ports.clock.now());
}

/** Scrapers, rule files and definitions share their words. */
function conditionOf(code: string, reason: string | undefined, changedAt: Date | undefined): Condition {
  return {
    status: printable(code),
    is: code === 'ACTIVE' ? 'good' : code.endsWith('_FAILED') ? 'bad' : 'changing',
    issues: reason ? [printable(reason)] : [],
    ...(changedAt === undefined ? {} : { changedAt: changedAt.getTime() }),
  };
}

type Requests = <Output>(
  send: (client: AmpClient, options: { readonly abortSignal: AbortSignal }) => Promise<Output>,
) => Promise<Output>;

/** What `read` makes of the answer as evidence; undefined is an answer that lacks what it must have. */
async function answered(
  action: string,
  workspaceId: string | undefined,
  { request, as, region }: ControlPlane,
  { clock }: SourcePorts,
  read: (request: Requests) => Promise<Extract<AnyEvidence, { kind: 'found' }>['value'] | undefined>,
): Promise<AnyEvidence> {
  const on = workspaceId === undefined ? '' : ` on workspace ${workspaceId}`;
  try {
    const value = await read((send) => request({ action }, send));
    if (value === undefined) {
      return unavailable('invalid-response', `${action}${on}: the answer lacks what it must have`);
    }
    return found(value, clock.now());
  } catch (error) {
    if (workspaceId !== undefined && error instanceof Error && error.name === 'ResourceNotFoundException') {
      const detail = `not in ${region}: ${printable(error.message)}`;
      return { kind: 'absent', subject: `workspace ${workspaceId}`, detail };
    }
    return awsFailure(error, `${action}${on}, as ${as}`);
  }
}
