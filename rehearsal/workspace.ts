import { type ArrivedRequest, json, type Reply } from './http.ts';

interface SimulatedPiece {
  /** `ACTIVE` where it is not given. */
  readonly status?: string;
  readonly reason?: string;
  /** Milliseconds since the epoch. */
  readonly modifiedAt?: number;
}

export interface SimulatedScraper extends SimulatedPiece {
  readonly id: string;
  readonly alias?: string;
}

export interface SimulatedRule {
  readonly name: string;
  /** `sum(up)` where it is not given. */
  readonly query?: string;
  /** It alerts rather than records. */
  readonly alerts?: boolean;
  /** What its last evaluation failed with; without it the rule is healthy. */
  readonly error?: string;
}

/** What the control plane and the rule engine tell of a workspace, besides its series. */
export interface SimulatedWorkspace {
  /** None where it is not given. */
  readonly alias?: string;
  /** `ACTIVE` where it is not given. */
  readonly status?: string;
  readonly scrapers?: readonly SimulatedScraper[];
  /** By namespace. */
  readonly ruleFiles?: Readonly<Record<string, SimulatedPiece>>;
  /** By namespace, then by group. */
  readonly rules?: Readonly<Record<string, Readonly<Record<string, readonly SimulatedRule[]>>>>;
  /** None where it is not given. */
  readonly alertManager?: SimulatedPiece;
}

export type WorkspaceAction =
  | 'aps:ListScrapers'
  | 'aps:ListRuleGroupsNamespaces'
  | 'aps:DescribeAlertManagerDefinition'
  | 'aps:ListRules';

export interface WorkspaceCall {
  readonly action: WorkspaceAction;
  /** Empty for what is of no single workspace. */
  readonly workspace: string;
}

const ROUTES: readonly (readonly [RegExp, WorkspaceAction])[] = [
  [/^\/scrapers$/u, 'aps:ListScrapers'],
  [/^\/workspaces\/([\w-]+)\/rulegroupsnamespaces$/u, 'aps:ListRuleGroupsNamespaces'],
  [/^\/workspaces\/([\w-]+)\/alertmanager\/definition$/u, 'aps:DescribeAlertManagerDefinition'],
  [/^\/workspaces\/([\w-]+)\/api\/v1\/rules$/u, 'aps:ListRules'],
];

/** The operation about workspaces that a request calls; undefined where it calls none. */
export function workspaceCall({ method, path }: ArrivedRequest): WorkspaceCall | undefined {
  if (method !== 'GET') return undefined;
  for (const [pattern, action] of ROUTES) {
    const match = pattern.exec(path);
    if (match) return { action, workspace: match[1] ?? '' };
  }
  return undefined;
}

export interface WorkspaceView {
  readonly states: ReadonlyMap<string, SimulatedWorkspace>;
  readonly region: string;
  readonly account: string;
  /** At most so many pieces a page, whatever a call asks for. */
  readonly pageSize: number;
}

/** Answers an operation; `parameters` are those of its query. */
export function answerWorkspaceCall(
  { action, workspace }: WorkspaceCall,
  parameters: URLSearchParams,
  view: WorkspaceView,
): Reply {
  const state = view.states.get(workspace) ?? {};
  switch (action) {
    case 'aps:ListScrapers':
      return paged('scrapers', scrapersOf(view), parameters, view);
    case 'aps:ListRuleGroupsNamespaces':
      return paged('ruleGroupsNamespaces', ruleFilesOf(state, workspace, view), parameters, view);
    case 'aps:DescribeAlertManagerDefinition':
      return describeAlertManager(state, workspace);
    case 'aps:ListRules':
      return listRules(state);
  }
}

const CREATED_AT = 1_750_000_000;

function arnOf(what: string, { region, account }: WorkspaceView): string {
  return `arn:aws:aps:${region}:${account}:${what}`;
}

function secondsOf({ modifiedAt }: SimulatedPiece): number {
  return modifiedAt === undefined ? CREATED_AT : modifiedAt / 1000;
}

function scrapersOf(view: WorkspaceView): readonly object[] {
  return [...view.states].flatMap(([workspace, { scrapers = [] }]) =>
    scrapers.map((scraper) => ({
      scraperId: scraper.id,
      ...(scraper.alias === undefined ? {} : { alias: scraper.alias }),
      arn: arnOf(`scraper/${scraper.id}`, view),
      roleArn: `arn:aws:iam::${view.account}:role/aws-service-role/scraper.aps.amazonaws.com/${scraper.id}`,
      status: { statusCode: scraper.status ?? 'ACTIVE' },
      ...(scraper.reason === undefined ? {} : { statusReason: scraper.reason }),
      createdAt: CREATED_AT,
      lastModifiedAt: secondsOf(scraper),
      source: {
        eksConfiguration: {
          clusterArn: `arn:aws:eks:${view.region}:${view.account}:cluster/prod-eu`,
          subnetIds: ['subnet-1'],
        },
      },
      destination: { ampConfiguration: { workspaceArn: arnOf(`workspace/${workspace}`, view) } },
      tags: {},
    })),
  );
}

function statusOf({ status = 'ACTIVE', reason }: SimulatedPiece): object {
  return { statusCode: status, ...(reason === undefined ? {} : { statusReason: reason }) };
}

function ruleFilesOf(
  { ruleFiles = {} }: SimulatedWorkspace,
  workspace: string,
  view: WorkspaceView,
): readonly object[] {
  return Object.entries(ruleFiles).map(([name, file]) => ({
    name,
    arn: arnOf(`rulegroupsnamespace/${workspace}/${name}`, view),
    status: statusOf(file),
    createdAt: CREATED_AT,
    modifiedAt: secondsOf(file),
    tags: {},
  }));
}

function paged(
  name: string,
  all: readonly object[],
  parameters: URLSearchParams,
  { pageSize }: WorkspaceView,
): Reply {
  const begin = Number(parameters.get('nextToken') ?? 0);
  const end = begin + Math.min(Number(parameters.get('maxResults') ?? 100), pageSize);
  const more = end < all.length ? { nextToken: String(end) } : {};
  return json(200, JSON.stringify({ [name]: all.slice(begin, end), ...more }));
}

function describeAlertManager({ alertManager }: SimulatedWorkspace, workspace: string): Reply {
  if (!alertManager) {
    const body = {
      message: 'Alert manager definition not found',
      resourceId: workspace,
      resourceType: 'AWS::APS::AlertManagerDefinition',
    };
    return json(404, JSON.stringify(body), 'ResourceNotFoundException');
  }
  const definition = {
    status: statusOf(alertManager),
    data: Buffer.from('alertmanager_config: |\n  route: {}\n').toString('base64'),
    createdAt: CREATED_AT,
    modifiedAt: secondsOf(alertManager),
  };
  return json(200, JSON.stringify({ alertManagerDefinition: definition }));
}

/** As AMP's own example: a success with an empty `errorType` and `error`. */
function listRules({ rules = {} }: SimulatedWorkspace): Reply {
  const groups = Object.entries(rules).flatMap(([file, byGroup]) =>
    Object.entries(byGroup).map(([name, members]) => ({
      name,
      file,
      rules: members.map((rule) => ({
        name: rule.name,
        query: rule.query ?? 'sum(up)',
        labels: {},
        health: rule.error === undefined ? 'ok' : 'err',
        lastError: rule.error ?? '',
        type: rule.alerts ? 'alerting' : 'recording',
        lastEvaluation: '2026-11-20T11:59:34.429565909Z',
        evaluationTime: 0.001005399,
      })),
      interval: 60,
      lastEvaluation: '2026-11-20T11:59:34.429563992Z',
      evaluationTime: 0.001010504,
    })),
  );
  return json(200, JSON.stringify({ status: 'success', data: { groups }, errorType: '', error: '' }));
}
