import { Option, type Command } from 'commander';
import { KitError } from '../errors.ts';
import type { Host } from '../host.ts';
import { TARGETS, type Target } from '../manifests/targets.ts';
import type { TagFormat } from '../stack/tag-formats.ts';
import { collectPairs, parsePort, parseTagFormat } from './values.ts';

interface Flags {
  target?: Target;
  api?: string;
  fromStore?: string;
  arch: string;
  name?: string;
  label?: Readonly<Record<string, string>>;
  annotation?: Readonly<Record<string, string>>;
  yaml?: string;
  filter?: string;
  regex?: string;
  namespace?: string;
  tag: TagFormat;
  port: number;
  output?: string;
  envsubst: boolean;
  json?: true;
}

export function declareGenerate(program: Command, host: Host): void {
  program
    .command('generate')
    .summary('write manifests for an orchestrator')
    .description(
      'Write what an orchestrator needs to run the functions of stack.yaml, to stdout or with --output to files.',
    )
    .argument('[names...]', 'functions to write manifests of (default: all)')
    .addOption(new Option('-t, --target <target>', 'what is to run them').choices(TARGETS))
    .option('--api <version>', 'target as faas-cli names it: openfaas.com/v1 or serving.knative.dev/v1')
    .option(
      '--from-store <name>',
      "a function of OpenFaaS's store ($OPENFAAS_STORE: another one) in place of the stack file's",
    )
    .option('--arch <arch>', 'with --from-store: which of its images', 'x86_64')
    .option('--name <name>', 'with --from-store: the name that it is to have')
    .option('--label <key=value>', 'with --from-store: label; may stand several times', collectPairs())
    .option(
      '--annotation <key=value>',
      'with --from-store: annotation; may stand several times',
      collectPairs(),
    )
    .option('-f, --yaml <file>', 'stack file (default: stack.yaml, else stack.yml)')
    .option('--filter <wildcard>', 'only functions whose name matches, such as "*gif*"')
    .option('--regex <regex>', 'only functions whose name matches')
    .option(
      '-n, --namespace <namespace>',
      "namespace (default: the function's in stack.yaml; else openfaas-fn for openfaas and knative)",
    )
    .addOption(
      new Option('--tag <format>', "what the image's tag says: latest, sha, branch, describe or digest")
        .argParser(parseTagFormat)
        .default('latest', 'latest'),
    )
    .option(
      '-p, --port <port>',
      'compose: port of the first function, the next has one more',
      parsePort,
      8080,
    )
    .option(
      '-o, --output <path>',
      'file to write, or folder for a file of each function; what is there is replaced',
    )
    .option('--no-envsubst', 'leave ${NAME} in the stack file as it is')
    .option('--json', 'write JSON: a List, or with compose the one file')
    .addHelpText('after', DETAILS)
    .action(async (names: string[], flags: Flags) => {
      const target = targetOf(flags);
      if (!flags.fromStore) {
        for (const name of ['name', 'label', 'annotation'] as const)
          if (flags[name] !== undefined) host.err.line(`note: --${name} means nothing without --from-store`);
      }
      const { generateManifests } = await import('../commands/generate.ts');
      return generateManifests(host, {
        names,
        target,
        api: flags.api?.startsWith('openfaas.com/') ? flags.api : undefined,
        fromStore: flags.fromStore
          ? {
              name: flags.fromStore,
              as: flags.name,
              arch: flags.arch,
              labels: flags.label ?? {},
              annotations: flags.annotation ?? {},
            }
          : undefined,
        yaml: flags.yaml,
        filter: flags.filter,
        regex: flags.regex,
        namespace: flags.namespace,
        tag: flags.tag,
        port: flags.port,
        output: flags.output,
        envsubst: flags.envsubst,
        json: flags.json ?? false,
      });
    });
}

/** @throws KitError USAGE where nothing says what is to run the functions */
function targetOf({ target, api, fromStore }: Flags): Target {
  const named = api === undefined ? undefined : apiTarget(api);
  if (target && named && target !== named)
    throw new KitError('USAGE', `--target ${target} and --api ${api ?? ''} say two things: give one of them`);
  const chosen = target ?? named ?? (fromStore === undefined ? undefined : 'openfaas');
  if (chosen) return chosen;
  throw new KitError('USAGE', 'required option \'-t, --target <target>\' not specified: see "ofkit --help"');
}

function apiTarget(api: string): Target {
  if (api.startsWith('openfaas.com/')) return 'openfaas';
  if (api.startsWith('serving.knative.dev/')) return 'knative';
  throw new KitError('USAGE', `--api ${api} is none of openfaas.com/v1 and serving.knative.dev/v1`);
}

const DETAILS = `
Targets:
  kubernetes  a Deployment and a Service each
  knative     a Knative Service each
  openfaas    OpenFaaS's Function resource each, as faas-cli generate writes it
  compose     one Compose file, for a single machine; secrets come from .secrets/

Examples:
  ofkit generate --target kubernetes | kubectl apply -f -
  ofkit generate hello --target knative -n staging
  ofkit generate --target openfaas --output manifests/
  ofkit generate --target compose --output compose.yaml`;
