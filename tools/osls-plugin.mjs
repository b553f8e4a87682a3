/** Builds `dist/` before it is packed, and keeps the example configuration from being deployed. osls loads a class. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parameterProblems, unknownParameters } from './parameters.mjs';

const ROOT = new URL('..', import.meta.url).pathname;

export default class Build {
  constructor(serverless) {
    this.hooks = {
      'before:package:createDeploymentArtifacts': () => build(serverless),
      // `osls deploy function` packs by itself.
      'before:package:function:package': () => build(serverless),
    };
  }
}

function build(serverless) {
  const { processedInput, classes, service } = serverless;
  const parameters = service.custom.parameters;
  const given = [processedInput.options?.param ?? []].flat();
  const problems = [
    ...unknownParameters(given),
    ...parameterProblems(parameters, serverless.getProvider('aws').getRegion()),
  ];
  if (problems.length > 0) throw new classes.Error(problems.join('\n'));
  const refusal = refusedConfiguration(process.env.PLUMBLINE_CONFIG, processedInput.commands[0] === 'deploy');
  if (refusal) throw new classes.Error(refusal);
  const { status } = spawnSync(node(), [join(ROOT, 'tools/build.ts')], {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, EVERY: parameters.every },
  });
  if (status !== 0) throw new classes.Error('The build failed; nothing was packed.');
}

function refusedConfiguration(chosen, isDeploying) {
  if (chosen)
    return existsSync(resolve(ROOT, chosen))
      ? undefined
      : `There is no ${chosen}, which PLUMBLINE_CONFIG names.`;
  if (!isDeploying) return undefined;
  const [own, example] = ['plumbline.yaml', 'plumbline.example.yaml'].map((name) => join(ROOT, name));
  if (!existsSync(own))
    return 'There is no plumbline.yaml, and the example must not be deployed: cp plumbline.example.yaml plumbline.yaml, and edit it.';
  return readFileSync(own).equals(readFileSync(example))
    ? 'plumbline.yaml is still the example, which watches what you do not have: edit it, or let init write one.'
    : undefined;
}

/** Building needs Node 24, which `npm ci` brings; osls itself may run on an older one. */
function node() {
  const own = join(ROOT, 'node_modules/.bin/node');
  return existsSync(own) ? own : process.execPath;
}
