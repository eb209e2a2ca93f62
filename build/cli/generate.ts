import type { Command } from 'commander';
import { KitError } from '../errors.ts';
import type { Host } from '../host.ts';
import { TARGETS, type ManifestTarget } from '../manifests/targets.ts';
import { choice, orElse, text, value, withFlags, type FlagValues } from './flag.ts';
import { ENVSUBST, JSON_OUTPUT, pairs, SELECTION, TAG, YAML } from './shared-flags.ts';
import { parsePort } from './values.ts';

export const GENERATE = {
  target: choice('-t, --target <target>', 'what is to run them', TARGETS),
  api: text('--api <version>', 'target as faas-cli names it: openfaas.com/v1 or serving.knative.dev/v1'),
  fromStore: text(
    '--from-store <name>',
    "a function of OpenFaaS's store ($OPENFAAS_STORE: another one) in place of the stack file's",
  ),
  arch: orElse(text('--arch <arch>', 'with --from-store: which of its images'), 'x86_64', '"x86_64"'),
  name: text('--name <name>', 'with --from-store: the name that it is to have'),
  label: pairs('--label <key=value>', 'with --from-store: label'),
  annotation: pairs('--annotation <key=value>', 'with --from-store: annotation'),
  yaml: YAML,
  ...SELECTION,
  namespace: text(
    '-n, --namespace <namespace>',
    "namespace (default: the function's in stack.yaml; else openfaas-fn for openfaas and knative)",
  ),
  tag: TAG,
  port: orElse(
    value('-p, --port <port>', 'compose: port of the first function, the next has one more', parsePort),
    8080,
    '8080',
  ),
  output: text(
    '-o, --output <path>',
    'file to write, or folder for a file of each function; what is there is replaced',
  ),
  envsubst: ENVSUBST,
  json: { ...JSON_OUTPUT, help: 'write JSON: a List, or with compose the one file' },
};

type Values = FlagValues<typeof GENERATE>;

export function declareGenerate(program: Command, host: Host): void {
  const generate = program
    .command('generate')
    .summary('write manifests for an orchestrator')
    .description(
      'Write what an orchestrator needs to run the functions of stack.yaml, to stdout or with --output to files.',
    )
    .argument('[names...]', 'functions to write manifests of (default: all)')
    .addHelpText('after', DETAILS);
  const valuesOf = withFlags(generate, GENERATE);
  generate.action(async (names: string[], given: object) => {
    const values = valuesOf(given);
    const { api, fromStore, arch, name, label, annotation, ...options } = values;
    const target = targetOf(values);
    if (!fromStore) {
      const others = { name, label, annotation };
      for (const [flag, found] of Object.entries(others))
        if (typeof found === 'object' ? Object.keys(found).length > 0 : found !== undefined)
          host.err.line(`note: --${flag} means nothing without --from-store`);
    }
    const { generateManifests } = await import('../commands/generate.ts');
    return generateManifests(host, {
      ...options,
      names,
      target,
      api: api?.startsWith('openfaas.com/') ? api : undefined,
      fromStore: fromStore
        ? { name: fromStore, as: name, arch, labels: label, annotations: annotation }
        : undefined,
    });
  });
}

/** @throws KitError USAGE where no flag names the orchestrator */
function targetOf({ target, api, fromStore }: Values): ManifestTarget {
  const named = api === undefined ? undefined : apiTarget(api);
  if (target && named && target !== named)
    throw new KitError(
      'USAGE',
      `--target ${target} and --api ${api ?? ''} exclude each other: give one of them`,
    );
  const chosen = target ?? named ?? (fromStore === undefined ? undefined : 'openfaas');
  if (chosen) return chosen;
  throw new KitError('USAGE', 'required option \'-t, --target <target>\' not specified: see "ofkit --help"');
}

function apiTarget(api: string): ManifestTarget {
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
