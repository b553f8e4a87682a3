interface State {
  readonly Type: 'Pass' | 'Task' | 'Choice' | 'Wait' | 'Succeed' | 'Fail';
  readonly Next?: string;
  readonly Default?: string;
  readonly Seconds?: number;
  readonly Error?: string;
  readonly ResultPath?: string;
  readonly Parameters?: Template;
  readonly ResultSelector?: Template;
  readonly Choices?: readonly (Rule & { readonly Next: string })[];
  readonly Retry?: readonly { readonly ErrorEquals: readonly string[]; readonly MaxAttempts: number }[];
  readonly Catch?: readonly { readonly ErrorEquals: readonly string[]; readonly Next: string }[];
}

interface Rule {
  readonly And?: readonly Rule[];
  readonly Or?: readonly Rule[];
  readonly Variable?: string;
  readonly IsPresent?: boolean;
  readonly StringEquals?: string;
  readonly NumericLessThan?: number;
}

type Template = { readonly [key: string]: unknown };

export interface StateMachine {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

export interface Execution {
  /** The names of the states in the order in which they were entered. */
  readonly path: readonly string[];
  readonly output?: unknown;
  readonly error?: string;
}

/** Thrown by a task: the name of an error as Step Functions has it. */
export class TaskError extends Error {}

/**
 * Runs a state machine of JSONPath states as far as the examples need them: what it does not know fails the test. `task`
 * answers the parameters of a task with what it returns, or throws a TaskError. Only waiting takes time.
 */
export function execute(
  machine: StateMachine,
  input: unknown,
  { startTime, task }: { readonly startTime: string; readonly task: (parameters: unknown) => unknown },
): Execution {
  let now = Date.parse(startTime);
  const path: string[] = [];
  let name = machine.StartAt;
  let data: unknown = input;
  for (let steps = 0; steps < 1000; steps += 1) {
    const state = machine.States[name];
    if (!state) throw new Error(`there is no state ${name}`);
    path.push(name);
    const entered = new Date(now).toISOString();
    const context = { Execution: { StartTime: startTime }, State: { EnteredTime: entered } };
    if (state.Type === 'Fail') return { path, error: state.Error ?? '' };
    if (state.Type === 'Succeed') return { path, output: data };
    if (state.Type === 'Pass' && state.Parameters) data = fill(state.Parameters, data, context);
    if (state.Type === 'Wait') now += (state.Seconds ?? 0) * 1000;
    let next = state.Next;
    if (state.Type === 'Choice')
      next = state.Choices?.find((rule) => holds(rule, data))?.Next ?? state.Default;
    if (state.Type === 'Task') {
      try {
        const result = attempt(state, () => task(fill(state.Parameters ?? {}, data, context)));
        const selected = state.ResultSelector ? fill(state.ResultSelector, result, context) : result;
        data = { ...(data as object), [(state.ResultPath ?? '').slice(2)]: selected };
      } catch (error) {
        if (!(error instanceof TaskError)) throw error;
        next = state.Catch?.find(({ ErrorEquals }) => isAmong(error, ErrorEquals))?.Next;
        if (next === undefined) return { path, error: error.message };
      }
    }
    if (next === undefined) throw new Error(`${name} leads nowhere`);
    name = next;
  }
  throw new Error(`no end after ${path.length} states`);
}

/** The names that a state can lead to. */
export function exits({ Next, Default, Choices = [], Catch = [] }: State): string[] {
  return [Next, Default, ...[...Choices, ...Catch].map((rule) => rule.Next)].filter(
    (name) => name !== undefined,
  );
}

function attempt(state: State, run: () => unknown): unknown {
  const left = new Map(state.Retry?.map((retry) => [retry, retry.MaxAttempts]));
  for (;;) {
    try {
      return run();
    } catch (error) {
      if (!(error instanceof TaskError)) throw error;
      const retry = state.Retry?.find(({ ErrorEquals }) => isAmong(error, ErrorEquals));
      const more = retry ? (left.get(retry) ?? 0) : 0;
      if (!retry || more === 0) throw error;
      left.set(retry, more - 1);
    }
  }
}

function isAmong(error: TaskError, names: readonly string[]): boolean {
  return names.includes(error.message) || names.includes('States.ALL');
}

function holds(rule: Rule, data: unknown): boolean {
  if (rule.And) return rule.And.every((one) => holds(one, data));
  if (rule.Or) return rule.Or.some((one) => holds(one, data));
  const value = read(rule.Variable ?? '', data, {}, true);
  if (rule.IsPresent !== undefined) return (value !== undefined) === rule.IsPresent;
  if (value === undefined) throw new Error(`${rule.Variable} is not there`);
  if (rule.StringEquals !== undefined) return value === rule.StringEquals;
  if (rule.NumericLessThan !== undefined) return (value as number) < rule.NumericLessThan;
  throw new Error(`a rule that is not known: ${JSON.stringify(rule)}`);
}

function fill(template: Template, data: unknown, context: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(template).map(([key, value]) => {
      if (key.endsWith('.$')) return [key.slice(0, -2), read(String(value), data, context)];
      const isTemplate = typeof value === 'object' && value !== null && !Array.isArray(value);
      return [key, isTemplate ? fill(value as Template, data, context) : value];
    }),
  );
}

function read(path: string, data: unknown, context: object, isOptional = false): unknown {
  const [, of, by] = /^States\.MathAdd\((\S+), (\d+)\)$/.exec(path) ?? [];
  if (of !== undefined) return (read(of, data, context) as number) + Number(by);
  if (!/^\$\$?(\.[A-Za-z]+)*$/.test(path)) throw new Error(`a path that is not known: ${path}`);
  const [root, ...keys] = path.split('.');
  let value: unknown = root === '$$' ? context : data;
  for (const key of keys) value = (value as Record<string, unknown> | undefined)?.[key];
  if (value === undefined && !isOptional) throw new TaskError('States.ParameterPathFailure');
  return value;
}
