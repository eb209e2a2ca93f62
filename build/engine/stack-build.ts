import { resolve } from 'node:path';
import { messageOf } from '../../common/errors.ts';
import { KitError } from '../errors.ts';
import type { Host } from '../host.ts';
import type { FunctionEntry, Stack } from '../stack/functions.ts';
import type { TagFormat } from '../stack/tag-formats.ts';
import { StepList } from '../terminal/steps.ts';
import { ensureTemplates } from '../template/ensure.ts';
import { FunctionImages, merge, PLAIN_BUILD, type FunctionImageOptions } from './function-images.ts';
import { imageName, refuseDigest } from './image-name.ts';
import type { Engine } from './engine-names.ts';

export interface StackBuildOptions extends Omit<FunctionImageOptions, 'copy'> {
  readonly shrinkwrap: boolean;
  readonly parallel: number;
  readonly tag: TagFormat;
  readonly copyExtra: readonly string[];
  /** Print the engine's output as it comes. */
  readonly verbose: boolean;
}

const PLAIN_STACK_BUILD: StackBuildOptions = {
  ...PLAIN_BUILD,
  shrinkwrap: false,
  parallel: 1,
  tag: 'latest',
  copyExtra: [],
  verbose: false,
};

/** A function whose build context, and perhaps image, was made. */
export interface Built {
  readonly name: string;
  /** Absent with --shrinkwrap. */
  readonly image?: string;
  /** The build context, relative to the project folder. */
  readonly context: string;
}

/** Builds the functions of a stack, and shows each as steps. */
export class StackBuild {
  readonly #host: Host;
  readonly #images: FunctionImages;
  readonly #options: StackBuildOptions;
  readonly #engine: Engine | undefined;
  readonly #steps: StepList;

  /** @param engine undefined for build contexts alone */
  constructor(
    host: Host,
    stack: Stack,
    options: StackBuildOptions,
    engine: Engine | undefined,
    steps: StepList,
  ) {
    this.#host = host;
    this.#images = new FunctionImages(host, { ...options, copy: merge(stack.copy, options.copyExtra) });
    this.#options = options;
    this.#engine = engine;
    this.#steps = steps;
  }

  /** Builds as many functions at once as --parallel allows. After a failure the others are still built. */
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
    const { shrinkwrap, verbose, tag } = this.#options;
    const folder = await this.#steps.run(`${entry.name}: build context`, () =>
      this.#images.writeContext(entry),
    );
    const context = `build/${entry.name}`;
    const engine = this.#engine;
    if (shrinkwrap || !engine) return { name: entry.name, context };
    const image = await imageName(this.#host, entry, tag, resolve(this.#host.folder, entry.handler));
    refuseDigest(entry, image);
    const build = await this.#images.plan(engine, entry, { image, folder }, (work) =>
      this.#steps.run('watchdog: image from the checkout', work),
    );
    await this.#steps.run(`${entry.name}: image ${image}`, (tell) =>
      build(verbose ? (line) => this.#host.err.line(`${entry.name} | ${line}`) : tell),
    );
    return { name: entry.name, image, context };
  }
}

/** @throws KitError if any function could not be built */
export function throwFailures(failures: readonly KitError[]): void {
  const [failure] = failures;
  if (failures.length === 1 && failure) throw failure;
  if (failures.length > 1) {
    // A failed build that several functions need, such as the watchdog's image, is reported once.
    const output = [...new Set(failures)].map((error) => `${error.output}\n${error.message}`).join('\n');
    throw new KitError('BUILD_FAILED', `${failures.length} functions could not be built: see above`, {
      output,
    });
  }
}

/**
 * Builds the images of functions as `ofkit build` does without any option.
 * @throws KitError if any function could not be built
 */
export async function buildStack(
  host: Host,
  stack: Stack,
  entries: readonly FunctionEntry[],
  engine: Engine,
): Promise<readonly Built[]> {
  await ensureTemplates(host, entries, stack.templates);
  const steps = new StepList(host.err);
  const build = new StackBuild(host, stack, PLAIN_STACK_BUILD, engine, steps);
  await steps.start();
  const { built, failures } = await build.all(entries).finally(() => steps.stop());
  throwFailures(failures);
  return built;
}
