import { openStore } from '../lib/stores/index.ts';
import type { Store } from '../lib/stores/store.ts';
import { ConfigurationError, type Container } from './container.ts';

const opened = new WeakMap<Container, Store>();

const NO_STATE =
  'there is no place for state; set STATE_TABLE to the name of the table, or write state: dynamodb:TABLE in the configuration';

/**
 * Where runs and mutes are remembered, for as long as the container lives: the table that STATE_TABLE names, which is the
 * stack's own, else `state` of the configuration. Throws a ConfigurationError where there is neither.
 */
export function stateOf(container: Container): Store {
  const store = stateIn(container);
  if (!store) throw new ConfigurationError([NO_STATE]);
  return store;
}

/** The same, or undefined where there is neither. */
export function stateIn(container: Container): Store | undefined {
  const known = opened.get(container);
  if (known) return known;
  const { config, clock, credentials } = container;
  const { STATE_TABLE, AWS_REGION } = process.env;
  const state = STATE_TABLE ? `dynamodb:${STATE_TABLE}` : config.state;
  if (state === undefined) return undefined;
  const store = openStore(state, { clock, region: AWS_REGION, credentials });
  opened.set(container, store);
  return store;
}
