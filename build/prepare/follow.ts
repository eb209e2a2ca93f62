import { dirname, join } from 'node:path';
import type { CopyStep, StagePlan } from '../dockerfile/plan.ts';
import type { Stage } from '../dockerfile/stages.ts';
import { KitError } from '../errors.ts';
import { exists, isFile } from '../files/kinds.ts';
import type { Project } from '../project.ts';
import type { InstalledPackages } from './installed-packages.ts';
import { matchPaths } from './match-paths.ts';
import { findManifest, installPackages } from './packages.ts';
import { RunLine, type LineContext } from './run-line.ts';
import { pointMapsToOriginals } from './source-maps.ts';
import { withOriginalPlaces, type Origins } from './source-places.ts';
import { StageFolder } from './stage-folder.ts';

export interface FollowOptions {
  /** The function's name, for errors. */
  readonly name: string;
  readonly packages: InstalledPackages;
  /** Gets the name of each step that takes long. */
  readonly onStep: (step: string) => void;
}

/** A Dockerfile that was followed to its end. */
export interface FollowedImage {
  readonly image: StageFolder;
  /** The commands and copies that were not done here, in a line each. */
  readonly unfollowed: readonly string[];
  /** Whether a RUN has installed packages. */
  readonly hasInstalled: boolean;
}

/** Paths of COPY that are not missed: this machine has them, or packages that are installed stand in for them. */
const NOT_MISSED = /fwatchdog|(?:^|\/)node_modules\/?$|^\/etc\/(?:ssl|passwd|group)\b|\/zoneinfo\b/;

/** Follows the instructions of a Dockerfile in a folder for each stage. */
export class DockerfileRun {
  readonly #project: Project;
  readonly #folder: string;
  readonly #context: StageFolder;
  readonly #origins: Origins;
  readonly #options: FollowOptions;
  readonly #stages = new Map<Stage, StageFolder>();
  readonly #unfollowed: string[] = [];
  #hasInstalled = false;

  /**
   * @param folder an empty folder, which gets a folder for each stage
   * @param origins the origins of the build context's files
   */
  constructor(project: Project, folder: string, origins: Origins, options: FollowOptions) {
    this.#project = project;
    this.#folder = folder;
    this.#origins = origins;
    this.#context = StageFolder.ofContext(origins.generation);
    this.#options = options;
  }

  /**
   * @returns the files of the last stage
   * @throws KitError BUILD_FAILED where a command fails, or the build context lacks a path of COPY
   */
  async follow(plans: readonly StagePlan[]): Promise<FollowedImage> {
    let image = await StageFolder.create(join(this.#folder, 'empty'), undefined);
    for (const plan of plans) image = await this.#followStage(plan);
    return { image, unfollowed: this.#unfollowed, hasInstalled: this.#hasInstalled };
  }

  /** Installs packages for a Dockerfile that installs none, as its base image or the developer's disk has them. */
  async installUnasked(image: StageFolder, workdir: string): Promise<void> {
    for (const path of await manifestFolders(image, workdir)) await this.#install(image, path, [], {});
  }

  async #followStage({ stage, steps }: StagePlan): Promise<StageFolder> {
    const parent = stage.parent && this.#stages.get(stage.parent);
    const folder = await StageFolder.create(join(this.#folder, String(stage.index)), parent);
    this.#stages.set(stage, folder);
    const context: LineContext = {
      stage: folder,
      install: (path, named, variables) => {
        this.#hasInstalled = true;
        return this.#install(folder, path, named, variables);
      },
      installUnasked: async (path) => {
        if (!this.#hasInstalled) await this.#install(folder, path, [], {});
      },
      onUnfollowed: (line, told) => this.#note(line, `RUN ${told}`),
      onStep: this.#options.onStep,
      failed: (output, cwd) => this.#failed(folder, output, cwd),
    };
    const mounted: string[] = [];
    for (const step of steps) {
      if (step.kind === 'run') {
        await new RunLine(this.#project, step, context).run();
        for (const path of mounted.splice(0)) await folder.remove(path);
        continue;
      }
      // What lay there before comes to light again in an engine. Here it is kept together with the mount.
      if (step.isMount && !(await exists(folder.locate(step.target)))) mounted.push(step.target);
      await this.#copy(folder, step);
    }
    await folder.makeFolder(stage.workdir);
    // The maps lie where the compiler has put them only in this stage. A later stage may move them away from the sources.
    await pointMapsToOriginals(this.#originsOf(folder), false);
    return folder;
  }

  async #copy(folder: StageFolder, step: CopyStep): Promise<void> {
    const { from, sources, documents, line, told, isPlain } = step;
    const origin = this.#originOf(step);
    const missed = sources.filter((source) => !NOT_MISSED.test(source));
    if (!origin || !isPlain) {
      if (missed.length > 0 || sources.length === 0) this.#note(line, told);
      return;
    }
    for (const document of documents) if (!(await folder.write(document, step))) this.#note(line, told);
    for (const source of sources) {
      if (await folder.take(origin, source, step)) continue;
      if (NOT_MISSED.test(source)) continue;
      if (from.kind !== 'context') this.#note(line, told);
      else
        throw new KitError(
          'BUILD_FAILED',
          `${this.#options.name}: line ${line} of the Dockerfile copies ${source}, which is not in the build context`,
        );
    }
  }

  #originOf({ from }: CopyStep): StageFolder | undefined {
    if (from.kind === 'context') return this.#context;
    return from.kind === 'stage' ? this.#stages.get(from.stage) : undefined;
  }

  async #install(
    folder: StageFolder,
    path: string,
    named: readonly string[],
    variables: Readonly<Record<string, string>>,
  ): Promise<void> {
    const manifest = await findManifest(folder.locate(path));
    if (!manifest?.needsInstall && named.length === 0) return;
    await this.#options.packages.link(folder.root, path.slice(1), named, (copy) => {
      this.#options.onStep('packages');
      return installPackages(this.#project, this.#options.name, copy, { named, variables });
    });
  }

  #failed(folder: StageFolder, output: string, cwd: string): KitError {
    const placed = withOriginalPlaces(output, cwd, this.#originsOf(folder));
    return new KitError('BUILD_FAILED', `${this.#options.name} does not compile: see above`, {
      output: placed,
    });
  }

  #originsOf(folder: StageFolder): Origins {
    return { ...this.#origins, generation: folder.root, places: folder.places };
  }

  #note(line: number, told: string): void {
    this.#unfollowed.push(`line ${line} of the Dockerfile is not followed here: ${told}`);
  }
}

/** Lists the folders with a package.json: the working folder, and the folders in it. */
async function manifestFolders(image: StageFolder, workdir: string): Promise<string[]> {
  const found: string[] = [];
  const below = await matchPaths(image.root, `${workdir === '/' ? '' : workdir}/*/package.json`);
  for (const path of [join(workdir, 'package.json'), ...below])
    if (await isFile(image.locate(path))) found.push(dirname(path));
  return found.filter((path) => !path.includes('node_modules'));
}
