import { FunctionImages, PLAIN_BUILD } from '../engine/function-images.ts';
import type { Engine } from '../engine/engine-names.ts';
import type { Host } from '../host.ts';
import { buildImage } from '../image/build-image.ts';
import { InstalledPackages } from '../prepare/installed-packages.ts';
import type { ChosenMode } from '../prepare/prepare.ts';
import type { Origins } from '../prepare/source-places.ts';
import type { FunctionEntry } from '../stack/functions.ts';
import { oneAtATime } from './one-at-a-time.ts';

/** A function that was built from its present files, and can be deployed. */
export interface MadeFunction {
  /** The instructions of its Dockerfile that were not followed, in a line each. */
  readonly notes: readonly string[];
  /**
   * The sources of its files, by which paths in its output are replaced; undefined for a container, whose paths stay.
   */
  readonly origins: Origins | undefined;
  /**
   * Describes for the user how it runs.
   * @param mode the watchdog's, where the deployment sets it
   */
  readonly told: (mode: string | undefined) => string;
}

interface MakeOptions {
  readonly entry: FunctionEntry;
  /** The name for its image. */
  readonly image: string;
  /** Reports a step that takes long. */
  readonly onStep: (step: string) => void;
}

/** Builds a function from its present files. @throws KitError where it cannot be built */
export type FunctionMaker = (options: MakeOptions) => Promise<MadeFunction>;

/** Makes local images, which the gateway runs as processes. */
export function localMaker(
  host: Host,
  options: { readonly copy: readonly string[]; readonly stateFolder: string; readonly inspect: boolean },
): FunctionMaker {
  const packages = new InstalledPackages(host.folder);
  return async ({ entry, image, onStep }) => {
    const build = { ...options, packages, image, onStep, isDurable: false };
    const { root, prepared } = await buildImage(host, entry, build);
    return {
      notes: prepared.unfollowed,
      origins: { ...prepared.origins, generation: root },
      told: (mode) => toldMode(mode ?? prepared.mode.mode, prepared.mode),
    };
  };
}

/** Has a container engine build images, one at a time as `ofkit build` does. */
export function engineMaker(host: Host, engine: Engine, copy: readonly string[]): FunctionMaker {
  const images = new FunctionImages(host, { ...PLAIN_BUILD, copy });
  const inTurn = oneAtATime();
  const make: FunctionMaker = async ({ entry, image, onStep }) => {
    onStep('build context');
    const folder = await images.writeContext(entry);
    onStep('image');
    const build = await images.plan(engine, entry, { image, folder }, (work) => work(onStep));
    await build(onStep);
    return { notes: [], origins: undefined, told: () => `a container of ${image}` };
  };
  return (options) => inTurn(() => make(options));
}

/** @param mode the watchdog's mode */
function toldMode(mode: string | undefined, { mode: meant, why }: ChosenMode): string {
  return `mode=${mode ?? 'streaming'}: ${mode === meant ? why : 'of stack.yaml or --env'}`;
}
