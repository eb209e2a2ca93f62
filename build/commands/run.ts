import { chooseEngine } from '../engine/engine.ts';
import { KitError } from '../errors.ts';
import { findWatchdog } from '../gateway-client/find-watchdog.ts';
import { findSecrets } from '../gateway-client/secret-files.ts';
import type { Host } from '../host.ts';
import { FunctionFailed } from '../live/function-failed.ts';
import { humanReporter, jsonReporter } from '../live/reporter.ts';
import { LiveSession } from '../live/live-session.ts';
import { findStackFile, readStack } from '../stack/stack-file.ts';
import type { RunOptions } from '../stack/run-options.ts';
import { selectToRun } from '../stack/select.ts';
import { StepList } from '../terminal/steps.ts';
import { ensureTemplates } from '../template/ensure.ts';

export interface RunCommand {
  /** Whether one function runs and the gateway behind it stays in the background, as in `ofkit run`. */
  readonly isSingle: boolean;
}

/** `ofkit run` and `ofkit up`: runs functions as processes, or as containers, until Ctrl-C. */
export async function runFunctions(host: Host, options: RunOptions, { isSingle }: RunCommand): Promise<void> {
  const stack = await readStack(host, await findStackFile(host, options.yaml), options.envsubst);
  const left: [name: string, text: string][] = [];
  // Nobody sees a gateway behind a single function, so its name need not be one that gateways take.
  const entries = selectToRun(stack, options, (...note) => left.push(note), isSingle);
  if (isSingle && entries.length > 1) {
    const all = entries.map(({ name }) => name).join(', ');
    throw new KitError('USAGE', `give a function name to run (${all}), or run them all with "ofkit up"`);
  }
  await ensureTemplates(host, entries, stack.templates);
  await findSecrets(host.folder, [...new Set(entries.flatMap(({ secrets }) => secrets))]);
  const engine = options.onEngine === true ? await chooseEngine(host, undefined) : undefined;
  const watchdog = engine ? undefined : await findWatchdog(host, options.watchdog);
  const steps = new StepList(host.err);
  const names = entries.map(({ name }) => name);
  const write = (line: string): void => steps.aside(() => host.out.line(line));
  const gatewayFirst = !isSingle;
  const reporter = options.json ? jsonReporter(host) : humanReporter(host, names, gatewayFirst, write);
  for (const [name, text] of left) {
    if (options.json) reporter.note(name, text);
    else host.err.line(`note: ${text}`);
  }
  const session = new LiveSession(
    host,
    { ...options, watchdog },
    { gatewayFirst, stack, entries, engine },
    reporter,
  );
  host.onSecondInterrupt(() => session.kill());
  const interrupted = new Promise<undefined>((resolve) => {
    if (host.interrupted.aborted) resolve(undefined);
    host.interrupted.addEventListener('abort', () => resolve(undefined));
  });
  try {
    await steps.start();
    const url = await Promise.race([session.start(steps), interrupted]).finally(() => steps.stop());
    if (url !== undefined && !options.json && !host.interrupted.aborted)
      tellWhatNext(host, gatewayFirst ? url : undefined, names, engine !== undefined);
    await Promise.race([interrupted, url === undefined ? interrupted : session.untilLost()]);
  } catch (error) {
    if (!(error instanceof FunctionFailed) || options.json) throw error;
    throw new KitError(error.code, error.message, { cause: error });
  } finally {
    await session.stop();
  }
}

/** @param gateway the URL of the gateway; undefined where the user has no need of it */
function tellWhatNext(
  { err }: Host,
  gateway: string | undefined,
  names: readonly string[],
  onEngine: boolean,
): void {
  const lines = [];
  if (gateway !== undefined) {
    const [name = ''] = names;
    lines.push(
      `The gateway is ${gateway}: curl ${gateway}/function/${name}`,
      `faas-cli works with it (export OPENFAAS_URL=${gateway}), as do ofkit ps, top and logs; the page is ${gateway}/ui/`,
    );
  }
  lines.push(
    `Save a file to ${onEngine ? 'build its image again' : 'reload its function'}; Ctrl-C ends all.`,
  );
  for (const line of lines) err.line(err.paint('dim', line));
}
