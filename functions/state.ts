import type { Context } from 'aws-lambda';
import { openStore } from '../lib/stores/index.ts';
import type { Store } from '../lib/stores/store.ts';
import { ConfigurationError, type Container } from './container.ts';

/** As much of Lambda's context as tells when the invocation ends. */
type Invocation = Pick<Context, 'getRemainingTimeInMillis'>;

const opened = new WeakMap<Container, { readonly store: Store; invocation: Invocation }>();

/** Kept for the log and the metrics, where the memory does not answer. */
const LAST_MS = 1000;

const NO_STATE =
  'there is no place for state; set STATE_TABLE to the name of the table, or write state: dynamodb:TABLE in the configuration';

/**
 * Where runs and mutes are remembered, for as long as the container lives: the table that STATE_TABLE names, which is the
 * stack's own, else `state` of the configuration. What is asked of it ends with the invocation. Throws a ConfigurationError
 * where there is neither.
 */
export function stateOf(container: Container, invocation: Invocation): Store {
  const store = stateIn(container, invocation);
  if (!store) throw new ConfigurationError([NO_STATE]);
  return store;
}

/** The same, or undefined where there is neither. */
export function stateIn(container: Container, invocation: Invocation): Store | undefined {
  const known = opened.get(container);
  if (known) return Object.assign(known, { invocation }).store;
  const { config, clock, credentials } = container;
  const { STATE_TABLE, AWS_REGION } = process.env;
  const state = STATE_TABLE ? `dynamodb:${STATE_TABLE}` : config.state;
  if (state === undefined) return undefined;
  const deadline = () => clock.now() + current.invocation.getRemainingTimeInMillis() - LAST_MS;
  const store = openStore(state, { clock, region: AWS_REGION, credentials, deadline });
  const current = { store, invocation };
  opened.set(container, current);
  return store;
}
