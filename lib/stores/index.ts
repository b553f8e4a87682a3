import { resolve } from 'node:path';
import { printable } from '../printable.ts';
import { dynamoStore } from './dynamodb.ts';
import { fileStore } from './file.ts';
import { parseState } from './place.ts';
import { type Store, StoreError, type StorePorts } from './store.ts';

export { parseState, type StatePlace } from './place.ts';

/**
 * The store that `state` names. Opening loads no SDK, touches no disk and asks nothing. Throws a StoreError where
 * `parseState` has a problem.
 */
export function openStore(state: string, ports: StorePorts): Store {
  const place = parseState(state);
  if ('problem' in place) throw new StoreError('rejected', `state ${printable(state)} ${place.problem}`);
  return place.kind === 'dynamodb' ? dynamoStore(place.table, ports) : fileStore(resolve(place.path), ports);
}
