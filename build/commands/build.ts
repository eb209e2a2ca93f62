import { chooseEngine } from '../engine/engine.ts';
import type { Engine } from '../engine/engine-names.ts';
import { StackBuild, throwFailures, type StackBuildOptions } from '../engine/stack-build.ts';
import type { Host } from '../host.ts';
import type { Stack } from '../stack/functions.ts';
import { selectToMake, type Selection } from '../stack/select.ts';
import { StepList } from '../terminal/steps.ts';
import { ensureTemplates } from '../template/ensure.ts';

export interface BuildOptions extends Selection, StackBuildOptions {
  readonly engine: Engine | undefined;
  readonly stackPull: boolean;
  readonly json: boolean;
}

/** `ofkit build`: the build contexts of the functions of a stack, and their images. */
export async function buildFunctions(host: Host, stack: Stack, options: BuildOptions): Promise<void> {
  const entries = selectToMake(stack, options, (_name, text) => host.err.line(`note: ${text}`));
  const engine =
    options.shrinkwrap || entries.length === 0 ? undefined : await chooseEngine(host, options.engine);
  await ensureTemplates(host, entries, options.stackPull ? stack.templates : []);
  const steps = new StepList(host.err);
  await steps.start();
  const build = new StackBuild(host, stack, options, engine, steps);
  const { built, failures } = await build.all(entries).finally(() => steps.stop());
  if (options.json) host.out.line(JSON.stringify(built, undefined, 2));
  else
    for (const { name, image, context } of built)
      host.out.line(image ? `${name}: image ${image}` : `${name}: ${context}`);
  throwFailures(failures);
}
