import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { messageOf } from '../../common/errors.ts';
import { KitError } from '../errors.ts';
import { isFile, isFolder } from '../files/kinds.ts';
import { removeFolder } from '../../common/files/remove-folder.ts';
import { makeTemporaryFolder } from '../files/temporary.ts';
import type { Host } from '../host.ts';
import { InstalledPackages } from '../prepare/installed-packages.ts';
import { withProgress } from '../terminal/progress.ts';
import { DOCKERFILE_RULES } from '../verify/dockerfile-rules.ts';
import { HandlerRuns } from '../verify/handler-run.ts';
import { readSubject } from '../verify/subject.ts';
import { TEMPLATE_RULES } from '../verify/template-rules.ts';

interface Finding {
  readonly template: string;
  readonly rule: string;
  readonly message: string;
  /** The output of the handler's run. */
  readonly output?: string;
}

/** `ofkit template verify`: checks each template of a folder against the rules, and runs its handler. */
export async function verifyTemplates(
  host: Host,
  folder: string,
  options: { run: boolean; json: boolean },
): Promise<void> {
  const root = resolve(host.folder, folder);
  const temporary = await makeTemporaryFolder();
  const findings: Finding[] = [];
  let runs: HandlerRuns | undefined;
  try {
    const folders = await templateFolders(root, folder);
    if (options.run) runs = await HandlerRuns.start(host, temporary, new InstalledPackages(temporary));
    for (const template of folders) {
      const found = await verifyTemplate(host, template, runs);
      findings.push(...found);
      if (!options.json) tell(host, template, found);
    }
  } finally {
    await runs?.stop();
    await removeFolder(temporary);
  }
  if (options.json) host.out.line(JSON.stringify(findings, undefined, 2));
  if (findings.length > 0) {
    throw new KitError(
      'UNVERIFIED',
      `${findings.length} rule(s) broken: mend the templates and verify them again`,
    );
  }
}

async function templateFolders(root: string, shown: string): Promise<string[]> {
  if (await isFile(join(root, 'template.yml'))) return [root];
  if (!(await isFolder(root))) {
    throw new KitError('NOT_FOUND', `there is no folder ${shown}: name a template or a folder of templates`);
  }
  const folders = [];
  for (const name of (await readdir(root)).sort()) {
    if (!name.startsWith('.') && (await isFolder(join(root, name)))) folders.push(join(root, name));
  }
  if (folders.length === 0) throw new KitError('NOT_FOUND', `there are no templates in ${shown}`);
  return folders;
}

async function verifyTemplate(host: Host, folder: string, runs: HandlerRuns | undefined): Promise<Finding[]> {
  const template = basename(folder);
  const subject = await readSubject(folder).catch((error: unknown) => messageOf(error));
  if (typeof subject === 'string') return [{ template, rule: 'template-yml', message: subject }];
  const findings: Finding[] = [];
  const rules =
    subject.dockerfilePath === undefined ? TEMPLATE_RULES : [...TEMPLATE_RULES, ...DOCKERFILE_RULES];
  for (const { id, asks, breach } of rules) {
    const message = breach(subject);
    if (message !== undefined) findings.push({ template, rule: id, message: `${message} (${asks})` });
  }
  if (runs === undefined || !subject.hasHandlerFolder) return findings;
  try {
    await withProgress(host.err, `running the handler of ${template}`, runs.run(subject));
  } catch (error) {
    host.interrupted.throwIfAborted();
    const output = error instanceof KitError ? error.output : '';
    findings.push({ template, rule: 'handler-runs', message: messageOf(error), ...(output && { output }) });
  }
  return findings;
}

function tell({ out }: Host, folder: string, findings: readonly Finding[]): void {
  if (findings.length === 0) {
    out.line(`${out.paint('green', '✔')} ${folder}`);
    return;
  }
  out.line(`${out.paint('red', '✖')} ${folder}`);
  for (const { rule, message, output } of findings) {
    out.line(`  ${rule}: ${message}`);
    if (output) out.line(output.trimEnd().replaceAll(/^/gm, '    '));
  }
}
