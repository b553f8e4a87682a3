/** What somebody may not do, read from what was told of it. */
export interface Refusal {
  /** Who was refused, as far as is known: a role, a user, or whose credentials they were. */
  readonly who: string;
  /** IAM actions, in the order in which they were told. */
  readonly actions: readonly string[];
  /** The kind of policy that forbids it, which an allowance elsewhere does not lift. */
  readonly forbiddenBy: string | undefined;
}

/** What a refusal for want of other rights is told as: allowing an action is no remedy. */
const ANOTHER_REMEDY = /expired|sts:AssumeRole/;

/**
 * The refusal that the detail of a `denied` tells, in AWS's own words or in those of `awsFailure`. Undefined where it does
 * not say both who was refused and what.
 */
export function refusalIn(detail: string): Refusal | undefined {
  if (ANOTHER_REMEDY.test(detail)) return undefined;
  const said = /(?:not authorized to perform|needed): ?([a-z-]+:\w+(?:(?:,| and) [a-z-]+:\w+)*)/.exec(detail);
  const who = principalIn(detail);
  if (!said?.[1] || who === undefined) return undefined;
  return {
    who,
    actions: said[1].match(/[a-z-]+:\w+/g) ?? [],
    forbiddenBy: /explicit deny in an? ([a-z -]+?) ?policy/i.exec(detail)?.[1],
  };
}

/** A session is told by its role, whose path STS does not say. */
function principalIn(detail: string): string | undefined {
  const principal = /User: (arn:\S+)/.exec(detail)?.[1] ?? /, as (arn:[^\s;]+)/.exec(detail)?.[1];
  if (principal === undefined) return /, as (the default AWS credentials)/.exec(detail)?.[1];
  const [, account, role] =
    /^arn:[\w-]+:(?:sts|iam)::(\d+):(?:assumed-role\/([^/]+)\/|role\/(?:.*\/)?([^/]+)$)/
      .exec(principal)
      ?.filter((part) => part !== undefined) ?? [];
  return role === undefined ? principal : `role ${role} of account ${account}`;
}

/** One sentence for all that the same principal was refused. */
export function refusedTogether(refusals: readonly Refusal[]): string {
  const actions = [...new Set(refusals.flatMap((refusal) => refusal.actions))];
  const forbidden = [...new Set(refusals.flatMap(({ forbiddenBy }) => forbiddenBy ?? []))];
  const by = forbidden.length === 0 ? '' : `; explicitly denied by a ${forbidden.join(' and a ')} policy`;
  return `${refusals[0]?.who ?? ''} is not allowed ${actions.join(', ')}${by}`;
}
