/** What an ARN or a URL leads to, where a configuration expects a name. */
export type Addressed = 'workspace' | 'logGroup' | 'addon' | 'ecsService';

/** Stands in a fault for the name in the address as the file has it: the value behind a reference is never told. */
export const NAME_WRITTEN = '\uE001';

const ARN = '^arn:[\\w-]+:';
const CONSOLE = '^https://[^/]*console[^/]*/';

interface Form {
  readonly of: Addressed;
  readonly what: string;
  readonly pattern: RegExp;
}

/** Resource types of the AWS Service Authorization Reference, and what the consoles' address bars show. */
const FORMS: readonly Form[] = [
  form('workspace', 'the ARN of an AMP workspace', `${ARN}aps:[^:]*:[^:]*:workspace/(ws-[\\w-]+)`),
  form('workspace', 'the URL of an AMP workspace', '^https?://[^/]+/workspaces/(ws-[\\w-]+)'),
  form('logGroup', 'the ARN of a log group', `${ARN}logs:[^:]*:[^:]*:log-group:([^:*]+)`),
  form('logGroup', 'a page about a log group', `${CONSOLE}cloudwatch/.*log-group/([^/]+)`),
  form('addon', 'the ARN of an add-on', `${ARN}eks:[^:]*:[^:]*:addon/([^/]+/[^/]+)`),
  form('addon', 'a page about an add-on', `${CONSOLE}eks/.*clusters/([^/?]+)/add-ons/([^/?]+)`),
  form('ecsService', 'the ARN of an ECS service', `${ARN}ecs:[^:]*:[^:]*:service/(.+)`),
  form('ecsService', 'a page about an ECS service', `${CONSOLE}ecs/.*clusters/([^/?]+)/services/([^/?]+)`),
];

function form(of: Addressed, what: string, pattern: string): Form {
  return { of, what, pattern: new RegExp(pattern) };
}

/** Says `otherwise` of a text, unless it is an address of what is meant: then what it is, and the name to write. */
export function unlessAddress(of: Addressed, otherwise: string) {
  return ({ input }: { readonly input?: unknown }): string => {
    const found = typeof input === 'string' ? read(input) : undefined;
    return found?.of === of ? `is ${found.what}; write ${NAME_WRITTEN}` : otherwise;
  };
}

/** The name in an ARN or URL as it is written; words for it where it stands behind a reference. */
export function nameWritten(text: unknown): string {
  const address = typeof text === 'string' ? text.replaceAll(/\$\{[^}]*\}/g, '…') : '';
  const name = read(address)?.name;
  return name === undefined || name.includes('…') ? 'the name alone' : name;
}

function read(text: string): (Form & { readonly name: string }) | undefined {
  const address = text.slice(0, 2000);
  for (const form of FORMS) {
    const [, ...parts] = form.pattern.exec(address) ?? [];
    const name = parts
      .flatMap((part) => part ?? [])
      .map(decoded)
      .join('/');
    if (name !== '') return { ...form, name };
  }
  return undefined;
}

/** The console of CloudWatch writes `$252F` for a slash. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part.replaceAll('$25', '%'));
  } catch {
    return part;
  }
}
