import { writeBuildContext } from '../context/build-context.ts';
import { findDockerfile } from '../dockerfile/find.ts';
import type { Host } from '../host.ts';
import type { FunctionEntry } from '../stack/functions.ts';
import { readTemplate } from '../template/language.ts';
import { withAdditionalPackages } from '../template/additional-packages.ts';
import { buildByEngine } from './engine-build.ts';
import type { Engine } from './engine-names.ts';
import { buildWatchdogImage, findCheckout, hasWatchdogImage, needsWatchdogImage } from './watchdog-image.ts';

/** The build of an image. It takes long, so it reports each line of its output. */
type Work = (onLine: (line: string) => void) => Promise<void>;

export interface FunctionImageOptions {
  /** Paths of the project that are copied into each build context. */
  readonly copy: readonly string[];
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly buildOptions: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly noCache: boolean;
  readonly squash: boolean;
  readonly pull: boolean;
}

/** The options of a build without flags. */
export const PLAIN_BUILD: Omit<FunctionImageOptions, 'copy'> = {
  buildArgs: {},
  buildOptions: [],
  labels: {},
  noCache: false,
  squash: false,
  pull: false,
};

/** The images of functions, built as faas-cli has docker build them. */
export class FunctionImages {
  readonly #host: Host;
  readonly #options: FunctionImageOptions;
  #watchdogImage: Promise<void> | undefined;

  constructor(host: Host, options: FunctionImageOptions) {
    this.#host = host;
    this.#options = options;
  }

  /** Writes the build context of a function. @returns its folder */
  async writeContext(entry: FunctionEntry): Promise<string> {
    const { handlerFolder } = await readTemplate(this.#host, entry.lang);
    return writeBuildContext(this.#host, entry, { handlerFolder, copy: this.#options.copy });
  }

  /**
   * Prepares the build of an image, and returns the function that runs it.
   * @param folder the build context
   * @param provide runs the work that the build needs first: the build of the watchdog's image
   */
  async plan(
    engine: Engine,
    entry: FunctionEntry,
    { image, folder }: { readonly image: string; readonly folder: string },
    provide: (work: Work) => Promise<void>,
  ): Promise<Work> {
    const language = await readTemplate(this.#host, entry.lang);
    const { labels, noCache, squash, pull } = this.#options;
    const options = merge(entry.buildOptions, this.#options.buildOptions);
    const given = { ...entry.buildArgs, ...this.#options.buildArgs };
    const buildArgs = withAdditionalPackages(given, options, entry.lang, language);
    if (await needsWatchdogImage(folder, buildArgs)) await this.#provideWatchdogImage(engine, provide);
    const dockerfile = await findDockerfile(folder);
    const build = {
      image,
      folder,
      ...(dockerfile && dockerfile !== 'Dockerfile' && { dockerfile }),
      buildArgs,
      labels,
      secrets: entry.buildSecrets,
      noCache,
      squash,
      pull,
      mountSsh: language.mountSsh,
    };
    return (onLine) => buildByEngine(this.#host, engine, build, onLine);
  }

  /** Builds the watchdog's image, once for all functions. Outside of a checkout the engine pulls it. */
  async #provideWatchdogImage(engine: Engine, provide: (work: Work) => Promise<void>): Promise<void> {
    const build = async (): Promise<void> => {
      const checkout = await findCheckout(this.#host.program);
      if (checkout === undefined || (await hasWatchdogImage(this.#host, engine))) return;
      await provide((onLine) => buildWatchdogImage(this.#host, engine, checkout, onLine));
    };
    this.#watchdogImage ??= build();
    await this.#watchdogImage;
  }
}

/** Joins two lists without repeats. The entries of the command line come first, as with faas-cli. */
export function merge(values: readonly string[], added: readonly string[]): string[] {
  return [...new Set([...added, ...values])];
}
