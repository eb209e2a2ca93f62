import type { Command } from 'commander';
import type { Host } from '../host.ts';
import { off, on, orElse, text, withFlags } from './flag.ts';
import { JSON_OUTPUT, YAML } from './shared-flags.ts';

const STORE_URL = text(
  '-u, --url <url>',
  'store index: a URL or a file (default: $OPENFAAS_TEMPLATE_STORE_URL, else that of ofkit)',
);
const OVERWRITE = off('--no-overwrite', 'refuse to replace templates that are there');
const DEBUG = on('--debug', 'say what was cloned, at which commit');
const STORE_JSON = { ...JSON_OUTPUT, flags: '-j, --json' };

export const PULL = {
  overwrite: OVERWRITE,
  debug: DEBUG,
  yaml: {
    ...YAML,
    help: 'with "stack" as the URL: the stack file (default: stack.yaml, else stack.yml)',
  },
};

export const STORE_LIST = {
  url: STORE_URL,
  platform: orElse(
    text('-p, --platform <platform>', 'list the templates of this platform'),
    'x86_64',
    '"x86_64"',
  ),
  recommended: on('-r, --recommended', 'only recommended ones'),
  official: on('-o, --official', 'only official ones'),
  verbose: on('-v, --verbose', 'with language and platform'),
  json: { ...STORE_JSON, help: 'print JSON, all platforms' },
};

export const STORE_DESCRIBE = { url: STORE_URL, json: STORE_JSON };

export const STORE_PULL = { url: STORE_URL, overwrite: OVERWRITE, debug: DEBUG };

export const VERIFY = {
  run: off('--no-run', 'only read the files: do not install, test and start the handler'),
  json: { ...JSON_OUTPUT, help: 'print the findings as JSON' },
};

export function declareTemplate(program: Command, host: Host): void {
  const template = program
    .command('template')
    .description('Fetch templates, browse their store, check them.');
  declarePull(template, host);
  declareStore(template, host);
  declareVerify(template, host);
}

function declarePull(template: Command, host: Host): void {
  const pull = template
    .command('pull')
    .description('Fetch the templates of a git repository into template/.')
    .argument(
      '[url]',
      'URL or path of a repository, with #REF for a branch, a tag or sha-COMMIT ' +
        '(default: $OPENFAAS_TEMPLATE_URL, else the templates that come with ofkit, without a network)',
    )
    .addHelpText(
      'after',
      '\n"template pull stack" fetches what configuration.templates of the stack file names.',
    );
  const values = withFlags(pull, PULL);
  pull.action(async (url: string | undefined, given: object) => {
    const { pullRepository, pullStack } = await import('../commands/template-pull.ts');
    const { yaml, ...options } = values(given);
    return url === 'stack' ? pullStack(host, yaml, options) : pullRepository(host, url, options);
  });
}

function declareStore(template: Command, host: Host): void {
  const store = template.command('store').description('Browse the template store and fetch from it.');
  const list = store.command('list').alias('ls').description('List the templates of the store.');
  const listValues = withFlags(list, STORE_LIST);
  list.action(async (given: object) => {
    const { listStore } = await import('../commands/template-store.ts');
    return listStore(host, listValues(given));
  });
  const describe = store
    .command('describe')
    .description('Show what the store says of one template.')
    .argument('<name>', 'NAME or SOURCE/NAME');
  const describeValues = withFlags(describe, STORE_DESCRIBE);
  describe.action(async (name: string, given: object) => {
    const { describeStoreTemplate } = await import('../commands/template-store.ts');
    return describeStoreTemplate(host, name, describeValues(given));
  });
  const pull = store
    .command('pull')
    .description(
      'Fetch the repository of a template in the store, with all templates it has, into template/.',
    )
    .argument('<name>', 'NAME, SOURCE/NAME or NAME@REF');
  const pullValues = withFlags(pull, STORE_PULL);
  pull.action(async (name: string, given: object) => {
    const { pullStoreTemplate } = await import('../commands/template-store.ts');
    return pullStoreTemplate(host, name, pullValues(given));
  });
}

function declareVerify(template: Command, host: Host): void {
  const verify = template
    .command('verify')
    .description('Check templates as a reviewer would: template.yml, Dockerfile, and a handler that runs.')
    .argument('[folder]', 'a template, or a folder of templates', 'template');
  const values = withFlags(verify, VERIFY);
  verify.action(async (folder: string, given: object) => {
    const { verifyTemplates } = await import('../commands/template-verify.ts');
    return verifyTemplates(host, folder, values(given));
  });
}
