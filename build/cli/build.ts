import type { Command } from 'commander';
import { ENGINES } from '../engine/engine-names.ts';
import { KitError } from '../errors.ts';
import type { Host } from '../host.ts';
import type { Stack } from '../stack/functions.ts';
import { choice, off, on, orElse, text, value, withFlags, type FlagValues } from './flag.ts';
import { idle, idleNotes } from './idle-flags.ts';
import { ENVSUBST, JSON_OUTPUT, pairs, SELECTION, STATE_FOLDER, TAG, texts, YAML } from './shared-flags.ts';
import { parseCount } from './values.ts';

const ONLY_MISSING = 'only a template that is missing is fetched';

const IDLE = {
  debug: idle('--debug', ONLY_MISSING),
  overwrite: idle('--overwrite', ONLY_MISSING),
  notOverwrite: idle('--no-overwrite', ONLY_MISSING),
};

export const BUILD = {
  yaml: YAML,
  ...SELECTION,
  shrinkwrap: on('--shrinkwrap', 'only write the build contexts'),
  isLocal: on('--local', 'make local images, which of-gateway runs without a container engine'),
  stateFolder: {
    ...STATE_FOLDER,
    help: 'with --local: where to (default: $OFKIT_STATE, else build/.ofkit/state)',
  },
  engine: choice(
    '--engine <engine>',
    'container engine (default: $OFKIT_ENGINE, else the first there is)',
    ENGINES,
  ),
  tag: TAG,
  parallel: orElse(value('--parallel <depth>', 'how many to build at once', parseCount), 1, '1'),
  buildArgs: pairs('-b, --build-arg <key=value>', 'build argument', 'ADDITIONAL_PACKAGE'),
  buildOptions: texts('-o, --build-option <name>', 'build option of the template'),
  labels: pairs('--build-label <key=value>', 'label of the image'),
  copyExtra: texts('--copy-extra <path>', 'path to copy beside the handler'),
  cache: off('--no-cache', "do not use the engine's cache"),
  squash: on('--squash', 'squash the layers of the image'),
  pull: on('--pull', 'pull the base images again'),
  envsubst: ENVSUBST,
  disableStackPull: on('--disable-stack-pull', 'ignore configuration.templates of the stack file'),
  image: text('--image <name>', 'without a stack file: the image to build'),
  handler: text('--handler <folder>', 'without a stack file: the folder of the handler'),
  name: text('--name <name>', 'without a stack file: the name of the function'),
  lang: text('--lang <template>', 'without a stack file: the template'),
  quiet: on('--quiet', "do not print the engine's output, which is the default"),
  ...IDLE,
  verbose: on('--verbose', "print the engine's output as it comes"),
  json: { ...JSON_OUTPUT, help: 'print what was built as JSON' },
};

type Values = FlagValues<typeof BUILD>;

export function declareBuild(program: Command, host: Host): void {
  const build = program
    .command('build')
    .summary("build the functions' images")
    .description(
      'Build the functions of stack.yaml: a build context each in build/NAME, and an image from it.',
    )
    .argument('[names...]', 'functions to build (default: all)')
    .addHelpText('after', EXAMPLES);
  const valuesOf = withFlags(build, BUILD);
  build.action(async (names: string[], given: object) => {
    const values = valuesOf(given);
    for (const note of idleNotes(IDLE, values)) host.err.line(note);
    const stack = await stackOf(host, values);
    const { cache, disableStackPull, verbose, quiet } = values;
    const options = {
      ...values,
      names,
      noCache: !cache,
      stackPull: !disableStackPull,
      verbose: verbose && !quiet,
    };
    if (values.isLocal) {
      const { buildLocalImages } = await import('../commands/build-local.ts');
      return buildLocalImages(host, stack, options);
    }
    const { buildFunctions } = await import('../commands/build.ts');
    return buildFunctions(host, stack, options);
  });
}

async function stackOf(host: Host, values: Values): Promise<Stack> {
  const { findStackFile, readStack, singleFunctionStack } = await import('../stack/stack-file.ts');
  const { name, image, handler, lang, yaml, envsubst } = values;
  if (!name && !image && !handler) return readStack(host, await findStackFile(host, yaml), envsubst);
  if (!name || !image || !handler || !lang) {
    throw new KitError(
      'USAGE',
      'a build without a stack file needs all of --name, --image, --handler and --lang',
    );
  }
  return singleFunctionStack({ name, image, handler, lang });
}

const EXAMPLES = `
Examples:
  ofkit build
  ofkit build hello --engine podman
  ofkit build --shrinkwrap --copy-extra common
  ofkit build --local
  ofkit build --tag sha --parallel 4 --build-arg NPM_VERSION=11`;
