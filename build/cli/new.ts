import type { Command } from 'commander';
import { KitError } from '../errors.ts';
import type { Host } from '../host.ts';

interface Flags {
  lang?: string;
  list?: true;
  handler?: string;
  append?: string;
  yaml?: string;
  gateway?: string;
  prefix?: string;
  memoryLimit?: string;
  cpuLimit?: string;
  memoryRequest?: string;
  cpuRequest?: string;
  quiet?: true;
  json?: true;
}

export function declareNew(program: Command, host: Host): void {
  const command = program
    .command('new')
    .summary('create a function from a template')
    .description('Create a function: its folder from a template, and its entry in stack.yaml.')
    .argument('[name]', "the function's name: a-z, 0-9 and dashes")
    .option('--lang <template>', 'template to use; fetched from the store when it is not in template/')
    .option('--list', 'list the templates that are here')
    .option('-a, --append <file>', 'add the function to this stack file')
    .option('-f, --yaml <file>', 'write this stack file (default: stack.yaml)')
    .option('--handler <folder>', "folder for the handler (default: the function's name)")
    .option(
      '-p, --prefix <prefix>',
      'prefix of the image, such as a user or registry (default: $OPENFAAS_PREFIX)',
    )
    .option('-g, --gateway <url>', 'gateway to store in the stack file (default: $OPENFAAS_URL)')
    .option('--memory-limit <quantity>', 'limit for the memory, such as 128Mi')
    .option('--cpu-limit <quantity>', 'limit for the CPU, such as 100m')
    .option('--memory-request <quantity>', 'memory to ask for')
    .option('--cpu-request <quantity>', 'CPU to ask for')
    .option('-q, --quiet', "do not print the template's notes")
    .option('--json', 'print the result as JSON')
    .action(async (name: string | undefined, flags: Flags) => {
      if (flags.list) {
        const { listLanguages } = await import('../commands/new-list.ts');
        return listLanguages(host, flags.json ?? false);
      }
      if (name === undefined && flags.lang === undefined) return command.outputHelp();
      if (!flags.lang)
        throw new KitError('USAGE', 'you must supply a function language with the --lang flag');
      if (name === undefined) throw new KitError('USAGE', 'please provide a name for the function');
      const { createFunction } = await import('../commands/new.ts');
      return createFunction(host, {
        name,
        lang: flags.lang,
        handler: flags.handler,
        append: flags.append,
        yaml: flags.yaml,
        gateway: flags.gateway,
        prefix: flags.prefix,
        limits: { cpu: flags.cpuLimit, memory: flags.memoryLimit },
        requests: { cpu: flags.cpuRequest, memory: flags.memoryRequest },
        quiet: flags.quiet ?? false,
        json: flags.json ?? false,
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
