import { Option, type Command } from 'commander';
import type { Host } from '../host.ts';
import { TARGETS, type Target } from '../manifests/targets.ts';
import type { TagFormat } from '../stack/tag-formats.ts';
import { parsePort, parseTagFormat } from './values.ts';

interface Flags {
  target: Target;
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
    .addOption(
      new Option('-t, --target <target>', 'what is to run them').choices(TARGETS).makeOptionMandatory(),
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
      const { generateManifests } = await import('../commands/generate.ts');
      return generateManifests(host, {
        names,
        target: flags.target,
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
