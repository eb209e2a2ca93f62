import type { Command } from 'commander';
import { KitError } from '../errors.ts';
import type { Host } from '../host.ts';
import { on, text, withFlags } from './flag.ts';
import { JSON_OUTPUT } from './shared-flags.ts';

export const NEW = {
  lang: text('--lang <template>', 'template to use; fetched from the store when it is not in template/'),
  list: on('--list', 'list the templates that are here'),
  append: text('-a, --append <file>', 'add the function to this stack file'),
  yaml: text('-f, --yaml <file>', 'write this stack file (default: stack.yaml)'),
  handler: text('--handler <folder>', "folder for the handler (default: the function's name)"),
  prefix: text(
    '-p, --prefix <prefix>',
    'prefix of the image, such as a user or registry (default: $OPENFAAS_PREFIX)',
  ),
  gateway: text('-g, --gateway <url>', 'gateway to store in the stack file (default: $OPENFAAS_URL)'),
  memoryLimit: text('--memory-limit <quantity>', 'limit for the memory, such as 128Mi'),
  cpuLimit: text('--cpu-limit <quantity>', 'limit for the CPU, such as 100m'),
  memoryRequest: text('--memory-request <quantity>', 'memory to ask for'),
  cpuRequest: text('--cpu-request <quantity>', 'CPU to ask for'),
  quiet: on('-q, --quiet', "do not print the template's notes"),
  json: { ...JSON_OUTPUT, help: 'print the result as JSON' },
};

export function declareNew(program: Command, host: Host): void {
  const command = program
    .command('new')
    .summary('create a function from a template')
    .description('Create a function: its folder from a template, and its entry in stack.yaml.')
    .argument('[name]', "the function's name: a-z, 0-9 and dashes");
  const values = withFlags(command, NEW);
  command.action(async (name: string | undefined, given: object) => {
    const { list, lang, memoryLimit, cpuLimit, memoryRequest, cpuRequest, ...options } = values(given);
    if (list) {
      const { listLanguages } = await import('../commands/new-list.ts');
      return listLanguages(host, options.json);
    }
    if (name === undefined && lang === undefined) return command.outputHelp();
    if (!lang) throw new KitError('USAGE', 'you must supply a function language with the --lang flag');
    if (name === undefined) throw new KitError('USAGE', 'please provide a name for the function');
    const { createFunction } = await import('../commands/new.ts');
    return createFunction(host, {
      ...options,
      name,
      lang,
      limits: { cpu: cpuLimit, memory: memoryLimit },
      requests: { cpu: cpuRequest, memory: memoryRequest },
    });
  });
  command.addHelpText(
    'after',
    `
Examples:
  ofkit new hello --lang ts-http
  ofkit new worker --lang node22 --append stack.yaml
  ofkit new hello --lang ts-http --prefix registry.example.com/me --memory-limit 128Mi
  ofkit new --list`,
  );
}
