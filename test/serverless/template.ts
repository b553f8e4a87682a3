import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Finished, ROOT, runProgram } from '../support/process.ts';

export interface Statement {
  readonly Sid?: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Principal?: unknown;
  readonly Condition?: unknown;
}

interface Resource {
  readonly Type: string;
  readonly Condition?: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Conditions: Readonly<Record<string, unknown>>;
  readonly Parameters: Readonly<Record<string, unknown>>;
  readonly Outputs: Readonly<Record<string, { readonly Export?: { readonly Name: unknown } }>>;
}

/** The tracked and new files alone, as a clone has them. */
export async function cloneOfFiles(): Promise<string> {
  const clone = await mkdtemp(join(tmpdir(), 'plumbline-clone-'));
  const listed = spawnSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const files = listed.stdout
    .split('\0')
    .filter((file) => /^(bin|dashboards|functions|lib|profiles|tools)\/|^[^/]+\.(json|ya?ml)$/.test(file));
  await Promise.all(files.map((file) => cp(join(ROOT, file), join(clone, file)).catch(() => {})));
  await symlink(join(ROOT, 'node_modules'), join(clone, 'node_modules'));
  return clone;
}

export function removeClone(clone: string): Promise<void> {
  return rm(clone, { recursive: true, force: true });
}

/** Runs osls in a clone, without the environment of whoever runs the tests. */
export function osls(
  clone: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Finished> {
  const own = { PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}` };
  return runProgram('osls', [...args], { cwd: clone, env: { ...own, ...env } });
}

/** The template that was packed in a clone. */
export async function templateOf(clone: string): Promise<Template> {
  const file = join(clone, '.serverless/cloudformation-template-update-stack.json');
  return JSON.parse(await readFile(file, 'utf8')) as Template;
}

/** Everything of a type, with its name. */
export function ofType({ Resources }: Template, type: string): (readonly [string, Resource])[] {
  return Object.entries(Resources).filter(([, resource]) => resource.Type === type);
}

export function propertiesOf({ Resources }: Template, name: string): Readonly<Record<string, unknown>> {
  return Resources[name]?.Properties ?? {};
}

/** The statements of policy documents. */
export function statementsOf(...documents: unknown[]): Statement[] {
  return documents.flatMap(
    (document) => (document as { Statement?: Statement[] } | undefined)?.Statement ?? [],
  );
}

export function actionsOf(statements: readonly Statement[]): string[] {
  return statements.flatMap(({ Action }) => Action).sort();
}

/** The roles of the stack. */
export function rolesOf(template: Template): string[] {
  return ofType(template, 'AWS::IAM::Role').map(([name]) => name);
}

/** What a role may do: by policies of its own, and by those that name it. */
export function statementsOfRole(template: Template, role: string): Statement[] {
  const { Policies = [] } = propertiesOf(template, role) as { Policies?: { PolicyDocument: unknown }[] };
  const naming = ofType(template, 'AWS::IAM::Policy').filter(([, { Properties }]) =>
    (Properties['Roles'] as { Ref: string }[]).some(({ Ref }) => Ref === role),
  );
  return statementsOf(
    ...Policies.map((one) => one.PolicyDocument),
    ...naming.map(([, { Properties }]) => Properties['PolicyDocument']),
  );
}
