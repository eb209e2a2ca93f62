import { Option, type Command } from 'commander';
import type { BuildOptions } from '../commands/build.ts';
import { ENGINES, type Engine } from '../engine/names.ts';
import { KitError } from '../errors.ts';
import type { Host } from '../host.ts';
import type { TagFormat } from '../stack/tag-formats.ts';
import { collect, collectPairs, parseCount, parseTagFormat } from './values.ts';

interface Flags {
  yaml?: string;
  filter?: string;
  regex?: string;
  image?: string;
  handler?: string;
  name?: string;
  lang?: string;
  shrinkwrap?: true;
  local?: true;
  stateDir?: string;
  parallel: number;
  engine?: Engine;
  tag: TagFormat;
  buildArg?: Readonly<Record<string, string>>;
  buildOption?: readonly string[];
  buildLabel?: Readonly<Record<string, string>>;
  copyExtra?: readonly string[];
  cache: boolean;
  squash?: true;
  pull?: true;
  envsubst: boolean;
  disableStackPull?: true;
  verbose?: true;
  json?: true;
  quiet?: true;
  debug?: true;
  overwrite?: boolean;
}

export function declareBuild(program: Command, host: Host): void {
  program
    .command('build')
    .summary("build the functions' images")
    .description(
      'Build the functions of stack.yaml: a build context each in build/NAME, and an image from it.',
    )
    .argument('[names...]', 'functions to build (default: all)')
    .option('-f, --yaml <file>', 'stack file (default: stack.yaml, else stack.yml)')
    .option('--filter <wildcard>', 'only functions whose name matches, such as "*gif*"')
    .option('--regex <regex>', 'only functions whose name matches')
    .option('--shrinkwrap', 'only write the build contexts')
    .option('--local', 'make local images, which of-gateway runs without a container engine')
    .option('--state-dir <folder>', 'with --local: where to (default: $OFKIT_STATE, else build/.ofkit/state)')
    .addOption(
      new Option(
        '--engine <engine>',
        'container engine (default: $OFKIT_ENGINE, else the first there is)',
      ).choices(ENGINES),
    )
    .addOption(
      new Option('--tag <format>', "what the image's tag says: latest, sha, branch, describe or digest")
        .argParser(parseTagFormat)
        .default('latest', 'latest'),
    )
    .option('--parallel <depth>', 'how many to build at once', parseCount, 1)
    .option(
      '-b, --build-arg <key=value>',
      'build argument; may stand several times',
      collectPairs('ADDITIONAL_PACKAGE'),
    )
    .option('-o, --build-option <name>', 'build option of the template; may stand several times', collect)
    .option('--build-label <key=value>', 'label of the image; may stand several times', collectPairs())
    .option('--copy-extra <path>', 'path to copy beside the handler; may stand several times', collect)
    .option('--no-cache', "do not use the engine's cache")
    .option('--squash', 'squash the layers of the image')
    .option('--pull', 'pull the base images anew')
    .option('--no-envsubst', 'leave ${NAME} in the stack file as it is')
    .option('--disable-stack-pull', 'ignore configuration.templates of the stack file')
    .option('--image <name>', 'without a stack file: the image to build')
    .option('--handler <folder>', 'without a stack file: the folder of the handler')
    .option('--name <name>', 'without a stack file: the name of the function')
    .option('--lang <template>', 'without a stack file: the template')
    .option('--quiet', "do not print the engine's output, which is the default")
    .option('--debug', 'taken as faas-cli takes it, without a meaning here')
    .option('--overwrite', 'taken as faas-cli takes it, without a meaning here')
    .option('--no-overwrite', 'taken as faas-cli takes it, without a meaning here')
    .option('--verbose', "print the engine's output as it comes")
    .option('--json', 'print what was built as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (names: string[], flags: Flags) => {
      for (const flag of ['--debug', '--overwrite', '--no-overwrite'])
        if (wasGiven(flags, flag))
          host.err.line(`note: ${flag} means nothing here: only a template that is missing is fetched`);
      if (flags.local) return buildLocally(host, names, flags);
      const [{ buildFunctions }, stack] = await Promise.all([
        import('../commands/build.ts'),
        stackOf(host, flags),
      ]);
      return buildFunctions(host, stack, optionsOf(names, flags));
    });
}

async function buildLocally(host: Host, names: readonly string[], flags: Flags): Promise<void> {
  const [{ buildLocalImages }, stack] = await Promise.all([
    import('../commands/build-local.ts'),
    stackOf(host, flags),
  ]);
  return buildLocalImages(host, stack, { ...optionsOf(names, flags), stateFolder: flags.stateDir });
}

/** Whether one of the flags without a meaning was given. */
function wasGiven(flags: Flags, flag: string): boolean {
  if (flag === '--debug') return flags.debug ?? false;
  return flags.overwrite === (flag === '--overwrite');
}

async function stackOf(host: Host, flags: Flags) {
  const { findStackFile, readStack, singleFunctionStack } = await import('../stack/read.ts');
  if (!flags.name && !flags.image && !flags.handler) {
    return readStack(host, await findStackFile(host, flags.yaml), flags.envsubst);
  }
  const { name, image, handler, lang } = flags;
  if (!name || !image || !handler || !lang) {
    throw new KitError(
      'USAGE',
      'a build without a stack file needs all of --name, --image, --handler and --lang',
    );
  }
  return singleFunctionStack({ name, image, handler, lang });
}

function optionsOf(names: readonly string[], flags: Flags): BuildOptions {
  return {
    names,
    filter: flags.filter,
    regex: flags.regex,
    shrinkwrap: flags.shrinkwrap ?? false,
    parallel: flags.parallel,
    engine: flags.engine,
    tag: flags.tag,
    buildArgs: flags.buildArg ?? {},
    buildOptions: flags.buildOption ?? [],
    labels: flags.buildLabel ?? {},
    copyExtra: flags.copyExtra ?? [],
    noCache: !flags.cache,
    squash: flags.squash ?? false,
    pull: flags.pull ?? false,
    stackPull: !flags.disableStackPull,
    verbose: (flags.verbose ?? false) && !flags.quiet,
    json: flags.json ?? false,
  };
}

const EXAMPLES = `
Examples:
  ofkit build
  ofkit build hello --engine podman
  ofkit build --shrinkwrap --copy-extra common
  ofkit build --local
  ofkit build --tag sha --parallel 4 --build-arg NPM_VERSION=11`;
