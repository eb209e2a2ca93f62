import type { Command } from 'commander';
import { KitError } from '../errors.ts';
import type { Host } from '../host.ts';
import type { RunOptions } from '../stack/run-options.ts';
import { off, on, value, withFlags } from './flag.ts';
import { idle, idleNotes } from './idle-flags.ts';
import {
  ENVSUBST,
  JSON_OUTPUT,
  PORT,
  SELECTION,
  STATE_FOLDER,
  variables,
  WATCHDOG,
  YAML,
} from './shared-flags.ts';
import { parsePort } from './values.ts';

export const RUN = {
  yaml: YAML,
  port: PORT,
  inspect: value<number | true>(
    '--inspect [port]',
    'debugger port of the first function (default: 9229, or the next that is free)',
    parsePort,
  ),
  variables: variables('environment variable'),
  envsubst: ENVSUBST,
  watchdog: WATCHDOG,
  watch: off('--no-watch', 'do not reload what is saved'),
  json: { ...JSON_OUTPUT, help: 'print what happens as a JSON object a line' },
};

const IDLE = {
  skipPush: idle('--skip-push', 'no image is pushed'),
  update: idle('--update', 'a function that has changed is replaced'),
  replace: idle('--replace', 'a function that has changed is replaced'),
  debug: idle('--debug', 'only a template that is missing is fetched'),
  overwrite: idle('--overwrite', 'only a template that is missing is fetched'),
  quiet: idle('--quiet', "the engine's output is not printed"),
};

export const UP = {
  ...RUN,
  ...SELECTION,
  onEngine: on(
    '--engine',
    'run them as containers of docker or podman, from images that are built as "ofkit build" does',
  ),
  detach: on(
    '-d, --detach',
    'return when all are ready, and leave them running; what is saved is not reloaded',
  ),
  stateFolder: { ...STATE_FOLDER, help: `with --detach: ${STATE_FOLDER.help}` },
  ...IDLE,
};

export function declareRun(program: Command, host: Host): void {
  const run = program
    .command('run')
    .summary('run a function here, without a container')
    .description('Run a function of stack.yaml under the watchdog, without a container, until Ctrl-C.')
    .argument('[name]', 'function to run (default: the only one there is)')
    .addHelpText('after', DETAILS);
  const runValues = withFlags(run, RUN);
  run.action(async (name: string | undefined, given: object) => {
    const { runFunctions } = await import('../commands/run.ts');
    const names = name === undefined ? [] : [name];
    return runFunctions(host, { ...runValues(given), names }, { isSingle: true });
  });
  const up = program
    .command('up')
    .summary('run all functions here, behind a gateway')
    .description(
      'Run the functions of stack.yaml behind a gateway with the API of OpenFaaS, until Ctrl-C: without containers, or in them with --engine.',
    )
    .argument('[names...]', 'functions to run (default: all)')
    .addHelpText('after', DETAILS);
  const upValues = withFlags(up, UP);
  up.action(async (names: string[], given: object) => {
    const { detach, ...values } = upValues(given);
    for (const note of idleNotes(IDLE, values)) host.err.line(note);
    if (values.onEngine) refuseForContainers(values);
    if (detach) {
      const { upDetached } = await import('../commands/up-detached.ts');
      return upDetached(host, { ...values, names });
    }
    const { runFunctions } = await import('../commands/run.ts');
    return runFunctions(host, { ...values, names }, { isSingle: false });
  });
}

/** @throws KitError USAGE for an option that has no meaning in a container */
function refuseForContainers({ inspect, watchdog }: Pick<RunOptions, 'inspect' | 'watchdog'>): void {
  if (inspect !== undefined)
    throw new KitError('USAGE', '--inspect is for functions without containers: leave --engine out');
  if (watchdog !== undefined)
    throw new KitError(
      'USAGE',
      'with --engine a function runs under the watchdog of its image: leave --watchdog out',
    );
}

const DETAILS = `
A function gets its environment and environment_file of stack.yaml, and the secrets it names from .secrets/: what
reads /var/openfaas/secrets/NAME in Node reads .secrets/NAME; others find the folder in $OPENFAAS_SECRETS.`;
