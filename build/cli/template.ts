import type { Command } from 'commander';
import type { Host } from '../host.ts';

interface StoreFlags {
  url?: string;
  platform: string;
  recommended?: true;
  official?: true;
  verbose?: true;
  json?: true;
  overwrite: boolean;
  debug?: true;
}

interface PullFlags {
  overwrite: boolean;
  debug?: true;
  yaml?: string;
}

const STORE_URL = '-u, --url <url>';
const STORE_URL_TEXT =
  'store index: a URL or a file (default: $OPENFAAS_TEMPLATE_STORE_URL, else that of ofkit)';

export function declareTemplate(program: Command, host: Host): void {
  const template = program
    .command('template')
    .description('Fetch templates, browse their store, check them.');
  declarePull(template, host);
  declareStore(template, host);
  declareVerify(template, host);
}

function declarePull(template: Command, host: Host): void {
  template
    .command('pull')
    .description('Fetch the templates of a git repository into template/.')
    .argument(
      '[url]',
      'URL or path of a repository, with #REF for a branch, a tag or sha-COMMIT ' +
        '(default: $OPENFAAS_TEMPLATE_URL, else the templates that come with ofkit, without a network)',
    )
    .option('--no-overwrite', 'refuse to replace templates that are there')
    .option('--debug', 'say what was cloned, at which commit')
    .option(
      '-f, --yaml <file>',
      'with "stack" as the URL: the stack file (default: stack.yaml, else stack.yml)',
    )
    .addHelpText(
      'after',
      '\n"template pull stack" fetches what configuration.templates of the stack file names.',
    )
    .action(async (url: string | undefined, flags: PullFlags) => {
      const { pullRepository, pullStack } = await import('../commands/template-pull.ts');
      const options = { overwrite: flags.overwrite, debug: flags.debug ?? false };
      return url === 'stack' ? pullStack(host, flags.yaml, options) : pullRepository(host, url, options);
    });
}

function declareStore(template: Command, host: Host): void {
  const store = template.command('store').description('Browse the template store and fetch from it.');
  store
    .command('list')
    .alias('ls')
    .description('List the templates of the store.')
    .option(STORE_URL, STORE_URL_TEXT)
    .option('-p, --platform <platform>', 'list the templates of this platform', 'x86_64')
    .option('-r, --recommended', 'only recommended ones')
    .option('-o, --official', 'only official ones')
    .option('-v, --verbose', 'with language and platform')
    .option('-j, --json', 'print JSON, all platforms')
    .action(async (flags: StoreFlags) => {
      const { listStore } = await import('../commands/template-store.ts');
      return listStore(host, {
        url: flags.url,
        platform: flags.platform,
        recommended: flags.recommended ?? false,
        official: flags.official ?? false,
        verbose: flags.verbose ?? false,
        json: flags.json ?? false,
      });
    });
  store
    .command('describe')
    .description('Show what the store says of one template.')
    .argument('<name>', 'NAME or SOURCE/NAME')
    .option(STORE_URL, STORE_URL_TEXT)
    .option('-j, --json', 'print JSON')
    .action(async (name: string, flags: StoreFlags) => {
      const { describeStoreTemplate } = await import('../commands/template-store.ts');
      return describeStoreTemplate(host, name, { url: flags.url, json: flags.json ?? false });
    });
  store
    .command('pull')
    .description(
      'Fetch the repository of a template in the store, with all templates it has, into template/.',
    )
    .argument('<name>', 'NAME, SOURCE/NAME or NAME@REF')
    .option(STORE_URL, STORE_URL_TEXT)
    .option('--no-overwrite', 'refuse to replace templates that are there')
    .option('--debug', 'say what was cloned, at which commit')
    .action(async (name: string, flags: StoreFlags) => {
      const { pullStoreTemplate } = await import('../commands/template-store.ts');
      return pullStoreTemplate(host, name, {
        url: flags.url,
        overwrite: flags.overwrite,
        debug: flags.debug ?? false,
      });
    });
}

function declareVerify(template: Command, host: Host): void {
  template
    .command('verify')
    .description('Check templates as a reviewer would: template.yml, Dockerfile, and a handler that runs.')
    .argument('[folder]', 'a template, or a folder of templates', 'template')
    .option('--no-run', 'only read the files: do not install, test and start the handler')
    .option('--json', 'print the findings as JSON')
    .action(async (folder: string, flags: { run: boolean; json?: true }) => {
      const { verifyTemplates } = await import('../commands/template-verify.ts');
      return verifyTemplates(host, folder, { run: flags.run, json: flags.json ?? false });
    });
}
