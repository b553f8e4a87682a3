/** Builds `dist/` before it is packed, and keeps the example configuration from being deployed. osls loads a class. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parameterProblems } from './parameters.mjs';

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
  const problems = parameterProblems(parameters, serverless.getProvider('aws').getRegion());
  if (problems.length > 0) throw new classes.Error(problems.join('\n'));
  const isExample = !process.env.PLUMBLINE_CONFIG && !existsSync(join(ROOT, 'plumbline.yaml'));
  if (isExample && processedInput.commands[0] === 'deploy') {
    throw new classes.Error(
      'There is no plumbline.yaml, and the example must not be deployed: cp plumbline.example.yaml plumbline.yaml, and edit it.',
    );
  }
  const { status } = spawnSync(node(), [join(ROOT, 'tools/build.ts')], {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, EVERY: parameters.every },
  });
  if (status !== 0) throw new classes.Error('The build failed; nothing was packed.');
}

/** Building needs Node 24, which `npm ci` brings; osls itself may run on an older one. */
function node() {
  const own = join(ROOT, 'node_modules/.bin/node');
  return existsSync(own) ? own : process.execPath;
}
