import { resolve } from 'node:path';
import { messageOf } from '../../common/errors.ts';
import { KitError } from '../errors.ts';
import { writeBuildContext } from '../context/build-context.ts';
import { findDockerfile } from '../dockerfile/find.ts';
import { withAdditionalPackages } from '../template/additional-packages.ts';
import { buildImage } from '../engine/build-image.ts';
import { chooseEngine } from '../engine/engine.ts';
import type { Engine } from '../engine/names.ts';
import {
  buildWatchdogImage,
  findCheckout,
  hasWatchdogImage,
  needsWatchdogImage,
} from '../engine/watchdog-image.ts';
import type { Host } from '../host.ts';
import type { FunctionEntry, Stack } from '../stack/functions.ts';
import { imageName, refuseDigest } from '../engine/image-name.ts';
import { selectFunctions, withoutPrebuilt, type Selection } from '../stack/select.ts';
import type { TagFormat } from '../stack/tag-formats.ts';
import { StepList } from '../terminal/steps.ts';
import { ensureTemplate } from '../template/ensure.ts';
import { readTemplate } from '../template/language.ts';

export interface BuildOptions extends Selection {
  readonly shrinkwrap: boolean;
  readonly parallel: number;
  readonly engine: Engine | undefined;
  readonly tag: TagFormat;
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly buildOptions: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly copyExtra: readonly string[];
  readonly noCache: boolean;
  readonly squash: boolean;
  readonly pull: boolean;
  readonly stackPull: boolean;
  /** Whether the engine's output is printed as it comes. */
  readonly verbose: boolean;
  readonly json: boolean;
}

interface Built {
  readonly name: string;
  /** Absent with --shrinkwrap. */
  readonly image?: string;
  /** The build context, relative to the project folder. */
  readonly context: string;
}

/** `ofkit build`: writes the build contexts of a stack's functions, and has an engine build their images. */
export async function buildFunctions(host: Host, stack: Stack, options: BuildOptions): Promise<void> {
  const entries = withoutPrebuilt(selectFunctions(stack, options), options, (_name, text) =>
    host.err.line(`note: ${text}`),
  );
  const engine =
    options.shrinkwrap || entries.length === 0 ? undefined : await chooseEngine(host, options.engine);
  for (const lang of new Set(entries.map((entry) => entry.lang))) {
    await ensureTemplate(host, lang, options.stackPull ? stack.templates : []);
  }
  const steps = new StepList(host.err);
  await steps.start();
  const build = new StackBuild(host, stack, options, engine, steps);
  const { built, failures } = await build.all(entries).finally(() => steps.stop());
  if (options.json) host.out.line(JSON.stringify(built, undefined, 2));
  else
    for (const { name, image, context } of built)
      host.out.line(image ? `${name}: image ${image}` : `${name}: ${context}`);
  const [failure] = failures;
  if (failures.length === 1 && failure) throw failure;
  if (failures.length > 1) {
    // A part that several functions share, such as the watchdog's image, fails once and is told once.
    const output = [...new Set(failures)].map((error) => `${error.output}\n${error.message}`).join('\n');
    throw new KitError('BUILD_FAILED', `${failures.length} functions could not be built: see above`, {
      output,
    });
  }
}

class StackBuild {
  readonly #host: Host;
  readonly #stack: Stack;
  readonly #options: BuildOptions;
  readonly #engine: Engine | undefined;
  readonly #steps: StepList;
  #watchdogImage: Promise<void> | undefined;

  constructor(host: Host, stack: Stack, options: BuildOptions, engine: Engine | undefined, steps: StepList) {
    this.#host = host;
    this.#stack = stack;
    this.#options = options;
    this.#engine = engine;
    this.#steps = steps;
  }

  /** Builds as many functions at once as --parallel says. A failure does not stop the others. */
  async all(entries: readonly FunctionEntry[]): Promise<{ built: Built[]; failures: KitError[] }> {
    const results: (Built | undefined)[] = [];
    const failures: KitError[] = [];
    const waiting = [...entries.entries()];
    const worker = async (): Promise<void> => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        this.#host.interrupted.throwIfAborted();
        const [index, entry] = next;
        try {
          results[index] = await this.#one(entry);
        } catch (error) {
          this.#host.interrupted.throwIfAborted();
          failures.push(
            error instanceof KitError ? error : new KitError('INTERNAL', messageOf(error), { cause: error }),
          );
        }
      }
    };
    await Promise.all(Array.from({ length: this.#options.parallel }, worker));
    return { built: results.filter((result) => result !== undefined), failures };
  }

  async #one(entry: FunctionEntry): Promise<Built> {
    const { shrinkwrap, verbose } = this.#options;
    const language = await readTemplate(this.#host, entry.lang);
    const copy = merge(this.#stack.copy, this.#options.copyExtra);
    const folder = await this.#steps.run(`${entry.name}: build context`, () =>
      writeBuildContext(this.#host, entry, { handlerFolder: language.handlerFolder, copy }),
    );
    const context = `build/${entry.name}`;
    const engine = this.#engine;
    if (shrinkwrap || !engine) return { name: entry.name, context };
    const handler = resolve(this.#host.folder, entry.handler);
    const image = await imageName(this.#host, entry, this.#options.tag, handler);
    refuseDigest(entry, image);
    const options = merge(entry.buildOptions, this.#options.buildOptions);
    const given = { ...entry.buildArgs, ...this.#options.buildArgs };
    const buildArgs = withAdditionalPackages(given, options, entry.lang, language);
    if (await needsWatchdogImage(folder, buildArgs)) await this.#provideWatchdogImage(engine);
    const dockerfile = await findDockerfile(folder);
    await this.#steps.run(`${entry.name}: image ${image}`, (tell) =>
      buildImage(
        this.#host,
        engine,
        {
          image,
          folder,
          ...(dockerfile && dockerfile !== 'Dockerfile' && { dockerfile }),
          buildArgs,
          labels: this.#options.labels,
          secrets: entry.buildSecrets,
          noCache: this.#options.noCache,
          squash: this.#options.squash,
          pull: this.#options.pull,
          mountSsh: language.mountSsh,
        },
        verbose ? (line) => this.#host.err.line(`${entry.name} | ${line}`) : tell,
      ),
    );
    return { name: entry.name, image, context };
  }

  /** Provides the watchdog's image once for all functions. Without a checkout the engine pulls it. */
  async #provideWatchdogImage(engine: Engine): Promise<void> {
    const provide = async (): Promise<void> => {
      const checkout = await findCheckout(this.#host.program);
      if (checkout === undefined || (await hasWatchdogImage(this.#host, engine))) return;
      await this.#steps.run('watchdog: image from the checkout', (tell) =>
        buildWatchdogImage(this.#host, engine, checkout, tell),
      );
    };
    this.#watchdogImage ??= provide();
    await this.#watchdogImage;
  }
}

/** Puts the values of the command line before the ones of the stack file, as faas-cli does. */
function merge(values: readonly string[], added: readonly string[]): string[] {
  return [...new Set([...added, ...values])];
}
