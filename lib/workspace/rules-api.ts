import { awsFailure } from '../aws/failure.ts';
import type { Identity } from '../aws/credentials.ts';
import { untilDeadline } from '../aws/service.ts';
import { type Absent, type Evidence, found, type Unavailable, unavailable } from '../evidence.ts';
import { MAX_REFUSAL_BYTES, readBody, type Sign } from '../promql/client.ts';
import { apiUrl } from '../promql/query-url.ts';
import { MAX_ANSWER_BYTES } from '../requests.ts';
import { readRefusal } from '../promql/refusal.ts';
import { sigV4 } from '../promql/sign.ts';
import type { Rule } from '../referrers/rules.ts';
import type { SourcePorts } from '../sources/source.ts';

const ACTION = 'aps:ListRules';

/** A rule group as the rules API tells it, what it says of each rule unread. */
export interface RuleGroup {
  readonly name: string;
  /** The rule groups namespace. */
  readonly file: string;
  readonly rules: readonly Readonly<Record<string, unknown>>[];
}

/**
 * The rules of a workspace, from its data plane at `base`: one GET, signed for `aps`, of at most 8 MB. It is asked for words
 * that explain a failure, so it is not tried again.
 */
export async function readRules(
  workspace: string,
  base: string,
  identity: Identity,
  ports: SourcePorts,
): Promise<Evidence<readonly RuleGroup[]>> {
  const { region, role } = identity;
  const url = apiUrl(base, 'rules');
  const credentials = ports.credentials(identity);
  const sign = await sigV4({ service: 'aps', region, credentials, action: ACTION }, ports.clock);
  const action = `${ACTION} on workspace ${workspace}, as ${role ?? 'the default AWS credentials'}`;
  const first = await ports.limit(() => get(url, action, sign, false, ports));
  const answer = first === 'expired' ? await ports.limit(() => get(url, action, sign, true, ports)) : first;
  if (answer === 'expired') return unavailable('denied', `the credentials have expired; needed: ${action}`);
  return 'body' in answer ? groupsIn(answer.body, ports) : absentOf(answer, workspace);
}

interface Answer {
  readonly body: string;
}

type Refused = Unavailable | { readonly missing: string };

/** The body of the answer, or why there is none. */
async function get(
  url: URL,
  action: string,
  sign: Sign,
  renew: boolean,
  ports: SourcePorts,
): Promise<Answer | Refused | 'expired'> {
  const plain = { accept: 'application/json' };
  const headers = await sign({ method: 'GET', url, headers: plain, body: '' }, { renew });
  if (isUnavailable(headers)) return headers;
  ports.onRequest?.({ action: ACTION });
  try {
    const signal = untilDeadline(ports);
    const response = await ports.fetch(url, { headers, redirect: 'manual', signal });
    const limit = response.ok ? MAX_ANSWER_BYTES : MAX_REFUSAL_BYTES;
    const { text, tooLarge } = await readBody(response, limit);
    if (response.status === 200) {
      return tooLarge
        ? unavailable('too-expensive', `${action}: the answer is larger than 8 MB`)
        : { body: text };
    }
    const refusal = readRefusal({ status: response.status, headers: response.headers, body: text });
    if (refusal.expired && !renew) return 'expired';
    if (refusal.absent) return { missing: refusal.detail };
    const needed = refusal.reason === 'denied' ? `; needed: ${action}` : '';
    return unavailable(refusal.reason, `${refusal.detail}${needed}`);
  } catch (error) {
    const cause = error instanceof TypeError && error.cause instanceof Error ? error.cause : error;
    return awsFailure(cause, action);
  }
}

function isUnavailable(value: Readonly<Record<string, string>> | Unavailable): value is Unavailable {
  return 'kind' in value && value.kind === 'unavailable';
}

function absentOf(refused: Refused, workspace: string): Absent | Unavailable {
  if (!('missing' in refused)) return refused;
  return { kind: 'absent', subject: `workspace ${workspace}`, detail: refused.missing };
}

/** `status` decides: the body of a success carries an empty `error` and `errorType` (aws-api-facts §1.2). */
function groupsIn(body: string, { clock }: SourcePorts): Evidence<readonly RuleGroup[]> {
  const invalid = unavailable('invalid-response', `${ACTION}: the answer is not a list of rules`);
  const envelope = asObject(parsed(body));
  const groups = asObject(envelope?.['data'])?.['groups'];
  if (envelope?.['status'] !== 'success' || !Array.isArray(groups)) return invalid;
  const value: RuleGroup[] = [];
  for (const entry of groups) {
    const { name, file, rules } = asObject(entry) ?? {};
    if (typeof name !== 'string' || typeof file !== 'string' || !Array.isArray(rules)) return invalid;
    value.push({ name, file, rules: rules.map((rule) => asObject(rule) ?? {}) });
  }
  return found(value, clock.now());
}

/** The rules of a group, of which one without a name or a query refers to nothing. */
export function rulesOf({ name: group, rules }: RuleGroup): readonly Rule[] {
  return rules.flatMap(({ name, query, type }) =>
    typeof name === 'string' && typeof query === 'string'
      ? [{ group, name, query, records: type === 'recording' }]
      : [],
  );
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function asObject(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}
