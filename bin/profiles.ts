import { readdir } from 'node:fs/promises';
import { suggestion } from '../lib/config/problems.ts';
import { type Parameter, type Profile, type Profiles, written } from '../lib/profiles/profile.ts';
import { readProfiles } from '../lib/profiles/read.ts';
import { EXIT } from './exit.ts';

/** Where the profiles that ship with the tool are: beside `bin/`, and beside `dist/` where this was built. */
export async function shippedProfiles(): Promise<Profiles> {
  for (const place of ['../profiles/', '../../profiles/']) {
    const directory = new URL(place, import.meta.url);
    const files = await readdir(directory).catch(() => []);
    if (files.length > 0) return readProfiles(directory);
  }
  throw new Error('the profiles are not where they were installed; install plumbline again');
}

/** Lists the profiles, or shows one with its parameters. Returns the exit code. */
export async function profiles(name: string | undefined): Promise<number> {
  const all = await shippedProfiles();
  if (name === undefined) {
    const widest = Math.max(...[...all.keys()].map(({ length }) => length));
    for (const profile of all.values())
      process.stdout.write(`${profile.name.padEnd(widest)}  ${profile.about}\n`);
    return EXIT.ok;
  }
  const profile = all.get(name);
  if (!profile) {
    process.stderr.write(`plumbline: there is no profile "${name}"; ${suggestion(name, [...all.keys()])}\n`);
    return EXIT.wrong;
  }
  process.stdout.write(`${shown(profile)}\n`);
  return EXIT.ok;
}

function shown({ name, about, parameters, signals }: Profile): string {
  const listed = Object.entries(parameters).flatMap(([key, parameter]) => [
    `  ${key}: ${given(parameter)}`,
    `      ${parameter.type}; ${parameter.about}`,
  ]);
  const required = Object.entries(parameters).filter(
    ([, one]) => one.default === undefined && one.optional !== true,
  );
  const example = required.map(([key, one]) => `${key}: ${written(one.example ?? '…')}`).join(', ');
  return [
    `${name}: ${about}`,
    '',
    'Parameters (under with:)',
    ...listed,
    '',
    'Signals',
    ...signals.map(({ name: signal, needs }) => `  ${signal}${needs ? ` (with ${needs.join(', ')})` : ''}`),
    '',
    'version: 1',
    'clusters:',
    '  - name: prod-eu',
    '    region: eu-west-1',
    `    profile: ${name}`,
    ...(example === '' ? [] : [`    with: { ${example} }`]),
  ].join('\n');
}

function given({ default: value, optional, example }: Parameter): string {
  if (value !== undefined) return written(value);
  if (optional !== true) return 'required';
  return example === undefined ? 'optional' : `optional, such as ${written(example)}`;
}
