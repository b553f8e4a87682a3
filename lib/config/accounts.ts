import type { DraftCluster, DraftSignal } from './draft.ts';
import type { Fault, Path } from './problems.ts';

/** What does not fit together of roles, external ids and linked accounts in a cluster that begins at `path`. */
export function accountFaults(cluster: DraftCluster, path: Path): Fault[] {
  const signals = (cluster.signals ?? []).map((signal) => signal ?? {});
  const isLost = cluster.role === undefined && signals.every(({ role }) => role === undefined);
  return [
    ...(isLost && cluster.externalId !== undefined ? [noRole([...path, 'externalId'])] : []),
    ...signals.flatMap((signal, index) => signalFaults(signal, cluster, [...path, 'signals', index])),
  ];
}

function signalFaults(signal: DraftSignal, cluster: DraftCluster, path: Path): Fault[] {
  const role = signal.role ?? cluster.role;
  const faults: Fault[] = [];
  if (role === undefined && signal.externalId !== undefined) faults.push(noRole([...path, 'externalId']));
  if (signal.account !== undefined && role?.split(':')[4] === signal.account) {
    const says = 'is the account of the role itself, which needs no link; remove account, or role';
    faults.push({ path: [...path, 'account'], on: 'value', level: 'warning', says });
  }
  return faults;
}

function noRole(path: Path): Fault {
  const says = 'is for no role, so that nobody is asked for it; write the role that asks for it';
  return { path, on: 'value', level: 'warning', says };
}
