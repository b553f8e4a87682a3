import { readFile } from 'node:fs/promises';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from '../support/process.ts';

/** What IAM calls the services of these SDK clients. */
const PREFIXES: Readonly<Record<string, string>> = {
  amp: 'aps',
  cloudwatch: 'cloudwatch',
  'cloudwatch-logs': 'logs',
  dynamodb: 'dynamodb',
  ecs: 'ecs',
  eks: 'eks',
  s3: 's3',
  'secrets-manager': 'secretsmanager',
  'service-quotas': 'servicequotas',
  sns: 'sns',
  sqs: 'sqs',
  ssm: 'ssm',
  sts: 'sts',
  xray: 'xray',
};

/** Where IAM has another name than the API. */
const RENAMED: Readonly<Record<string, string>> = { 'sqs:SendMessageBatch': 'sqs:SendMessage' };

/** By the name of a command of the SDK, what it needs to be allowed; EKS and ECS have some of the same name. */
function actionsByCommand(): ReadonlyMap<string, readonly string[]> {
  const actions = new Map<string, readonly string[]>();
  for (const file of globSync('lib/aws/*.ts', { cwd: ROOT })) {
    const text = readFileSync(join(ROOT, file), 'utf8');
    for (const [, names = '', client = ''] of text.matchAll(
      /export \{([^}]*)\} from '@aws-sdk\/client-([\w-]+)'/g,
    )) {
      const prefix = PREFIXES[client];
      if (prefix === undefined) throw new Error(`${file}: what does IAM call ${client}?`);
      for (const [, name = ''] of names.matchAll(/(\w+)Command\b/g)) {
        const action = `${prefix}:${name}`;
        const command = `${name}Command`;
        actions.set(command, [...(actions.get(command) ?? []), RENAMED[action] ?? action]);
      }
    }
  }
  return actions;
}

/** The actions of all SDK calls that stand in what a function imports, at once or when it is needed. */
export async function sdkActions(entry: string): Promise<ReadonlySet<string>> {
  const known = actionsByCommand();
  const actions = new Set<string>();
  const seen = new Set<string>();
  const look = async (file: string): Promise<void> => {
    if (seen.has(file)) return;
    seen.add(file);
    const text = await readFile(join(ROOT, file), 'utf8');
    // The doors to the SDK name commands, and call none.
    if (!file.startsWith('lib/aws/'))
      for (const [name] of text.matchAll(/\b[A-Z]\w+Command\b/g)) {
        for (const action of known.get(name) ?? []) actions.add(action);
      }
    // lib/aws/sts.ts is called within lib/aws itself.
    if (file === 'lib/aws/credentials.ts') actions.add('sts:AssumeRole');
    const imports = text.matchAll(/(?:^(?:import|export) (?!type\b)[^;]*?from |\bimport\()'(\.[^']+\.ts)'/gm);
    for (const [, next = ''] of imports) await look(join(dirname(file), next));
  };
  await look(entry);
  return actions;
}
