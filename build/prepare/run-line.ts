import { basename, relative } from 'node:path';
import { join as joinWords } from 'shlex';
import { GLOBAL_FOLDER } from '../../common/local-image.ts';
import type { CommandAction, FileVerb } from '../dockerfile/command-action.ts';
import { readCommand } from '../dockerfile/command.ts';
import { expandVariables } from '../dockerfile/expand.ts';
import type { RunStep } from '../dockerfile/plan.ts';
import { plainTest, splitShellLine, type ShellCommand } from '../dockerfile/shell-line.ts';
import { joinPath } from '../dockerfile/stages.ts';
import { KitError } from '../errors.ts';
import type { Project } from '../project.ts';
import { canRun, manifestFor, placeOf } from './command-place.ts';
import { runScript, runShell, type CommandPlace, type Variables } from './packages.ts';
import { ShellState } from './shell-state.ts';
import type { StageFolder } from './stage-folder.ts';

/** The parts of a build that a line uses. */
export interface LineContext {
  readonly stage: StageFolder;
  /** Installs packages in a folder of the stage. */
  readonly install: (path: string, named: readonly string[], variables: Variables) => Promise<void>;
  /** Installs the packages that a script uses, where no command has installed any before. */
  readonly installUnasked: (path: string) => Promise<void>;
  /** Gets each command that cannot be followed. */
  readonly onUnfollowed: (line: number, told: string) => void;
  readonly onStep: (step: string) => void;
  /** Makes the error of a script or a compiler that failed. */
  readonly failed: (output: string, cwd: string) => KitError;
}

/** The end of a command: well, not well, or with the output of its failure. A command that is not followed ends well. */
type Outcome = 'ok' | 'no' | { readonly output: string; readonly cwd: string };

/** Runs the commands of a RUN in the folder of their stage, as far as they make files of the function. */
export class RunLine {
  readonly #project: Project;
  readonly #context: LineContext;
  readonly #step: RunStep;
  #folder: string;
  #variables: Variables;
  readonly #folders: string[] = [];

  constructor(project: Project, step: RunStep, context: LineContext) {
    this.#project = project;
    this.#step = step;
    this.#context = context;
    this.#folder = step.workdir;
    this.#variables = step.variables;
  }

  /** @throws KitError BUILD_FAILED where a script, a compiler or an installation fails */
  async run(): Promise<void> {
    const { shell } = this.#step;
    await this.#context.stage.makeFolder(this.#folder);
    if (typeof shell === 'string') return this.#runAll(shell);
    const read = readCommand(shell);
    const outcome = await this.#do(read.action, joinWords(shell), read.variables);
    if (typeof outcome !== 'string') throw this.#context.failed(outcome.output, outcome.cwd);
  }

  async #runAll(line: string): Promise<void> {
    const commands = splitShellLine(line);
    const state = new ShellState();
    for (const [index, command] of commands.entries()) {
      const opened = command.text.replace(/^[({]\s*/, '');
      const isOpened = opened !== command.text;
      if (isOpened) {
        this.#folders.push(this.#folder);
        state.open(command);
      }
      const isClosed = this.#folders.length > 0 && /(?:^|[^\\])[)}]$/.test(opened);
      const bare = isClosed ? opened.slice(0, -1).trim() : opened;
      const { text, isRun } = state.next({ joint: isOpened ? ';' : command.joint, text: bare });
      if (isRun && text !== '') state.ended(await this.#runOne(text, state, commands.slice(index + 1)));
      if (isClosed) {
        this.#folder = this.#folders.pop() ?? this.#folder;
        state.close();
      }
    }
  }

  /** @returns whether it ended well */
  async #runOne(text: string, state: ShellState, next: readonly ShellCommand[]): Promise<boolean> {
    const isNegated = text.startsWith('! ');
    const bare = isNegated ? text.slice(2).trim() : text;
    const plain = expandVariables(bare, { ...this.#step.unset, ...this.#variables }, 'kept');
    const isWatched = isNegated || state.isWatched(next);
    const { action, variables } = readCommand(plain);
    // A check that cannot be run here is missed only where a later command depends on it.
    if (action.kind === 'unfollowed' && /^(?:test|\[\[?)\s/.test(plain) && !isAsked(next)) return true;
    let outcome: Outcome;
    try {
      outcome = await this.#do(action, plain, variables);
    } catch (error) {
      if (!isWatched || !(error instanceof KitError) || error.code !== 'BUILD_FAILED') throw error;
      outcome = 'no';
    }
    if (typeof outcome !== 'string' && !isWatched) throw this.#context.failed(outcome.output, outcome.cwd);
    return (outcome === 'ok') !== isNegated;
  }

  async #do(action: CommandAction, told: string, own: Variables): Promise<Outcome> {
    const { stage } = this.#context;
    const variables = { ...this.#variables, ...own };
    switch (action.kind) {
      case 'nothing':
        return 'ok';
      case 'unfollowed':
        return this.#unfollowed(told);
      case 'folder':
        this.#folder = joinPath(this.#folder, action.path);
        return 'ok';
      case 'variables':
        this.#variables = { ...this.#variables, ...action.variables };
        return 'ok';
      case 'line':
        await this.#runAll(action.line);
        return 'ok';
      case 'test': {
        const line = plainTest(told).replaceAll(/(?<=[\s"'])\/[^\s\]"']*/g, (path) => stage.locate(path));
        const place = await this.#place(this.#folder, variables);
        return (await runShell(this.#project, place, line)) === undefined ? 'ok' : 'no';
      }
      case 'install':
        return this.#install(action, variables);
      case 'files':
        return this.#files(action.verb, action.paths, told);
      case 'script':
        return this.#script(action, told, variables);
      case 'tool':
        return this.#tool(action, told, variables);
    }
  }

  async #install(
    { folder, packages, isGlobal }: Extract<CommandAction, { kind: 'install' }>,
    given: Variables,
  ): Promise<Outcome> {
    const path = isGlobal ? GLOBAL_FOLDER : joinPath(this.#folder, folder);
    const { variables } = await this.#place(path, given);
    // A package on disk is named relative to the folder of the command.
    const named = packages.map((name) =>
      /^\.{0,2}\//.test(name) ? `./${relative(path, joinPath(this.#folder, name))}` : name,
    );
    await this.#context.install(path, named, variables);
    return 'ok';
  }

  async #script(
    { folder, script, args, isOptional, mayBeTool }: Extract<CommandAction, { kind: 'script' }>,
    told: string,
    variables: Variables,
  ): Promise<Outcome> {
    const manifest = await manifestFor(this.#context.stage, joinPath(this.#folder, folder));
    if (manifest?.scripts[script] === undefined) {
      const words = [script, ...args];
      if (mayBeTool) return this.#tool({ kind: 'tool', folder, words }, told, variables);
      return isOptional ? 'ok' : this.#unfollowed(told);
    }
    const path = joinPath('/', manifest.folder.slice(this.#context.stage.root.length));
    await this.#context.installUnasked(path);
    this.#context.onStep('compile');
    const place = await this.#place(path, variables);
    const output = await runScript(this.#project, place, manifest, { script, args });
    return output === undefined ? 'ok' : { output, cwd: place.cwd };
  }

  async #tool(
    { folder, words }: Extract<CommandAction, { kind: 'tool' }>,
    told: string,
    variables: Variables,
  ): Promise<Outcome> {
    const place = await this.#place(joinPath(this.#folder, folder), variables);
    const located: string[] = [];
    for (const word of words) located.push(await this.#context.stage.locateWithin(word, this.#step.workdir));
    if (!(await canRun(this.#project, located, place))) return this.#unfollowed(told);
    this.#context.onStep('compile');
    const output = await runShell(this.#project, place, joinWords(located));
    return output === undefined ? 'ok' : { output, cwd: place.cwd };
  }

  async #files(verb: FileVerb, paths: readonly string[], told: string): Promise<Outcome> {
    // A shell would replace a variable that nobody has set by nothing.
    const given = paths.map((path) => expandVariables(path, {}));
    const { stage } = this.#context;
    const pathOf = (path: string): string => {
      const whole = joinPath(this.#folder, path);
      return path.endsWith('/.') ? `${whole}/.` : whole;
    };
    const results: boolean[] = [];
    if (verb === 'mkdir') for (const path of given) await stage.makeFolder(pathOf(path));
    if (verb === 'chmod')
      for (const path of given.slice(1)) await stage.changeMode(pathOf(path), given[0] ?? '');
    if (verb === 'rm') for (const path of given) await stage.remove(pathOf(path));
    if (verb === 'touch') for (const path of given) await stage.touch(pathOf(path));
    if (verb === 'ln') {
      const [goal = '', ...places] = given;
      results.push(places.length < 2 && (await stage.link(goal, pathOf(places[0] ?? basename(goal)))));
    }
    if (verb === 'cp' || verb === 'mv') {
      const target = pathOf(given.at(-1) ?? '.');
      for (const path of given.slice(0, -1)) {
        const isCopied = await stage.copy(pathOf(path), target);
        results.push(isCopied);
        if (isCopied && verb === 'mv') await stage.remove(pathOf(path));
      }
    }
    return results.every(Boolean) ? 'ok' : this.#unfollowed(told);
  }

  #unfollowed(told: string): Outcome {
    this.#context.onUnfollowed(this.#step.line, told);
    return 'ok';
  }

  #place(folder: string, variables: Variables): Promise<CommandPlace> {
    return placeOf(this.#context.stage, folder, this.#step.workdir, variables);
  }
}

/** Whether the outcome of a command decides if the next one runs. */
function isAsked([next]: readonly ShellCommand[]): boolean {
  return next !== undefined && (next.joint !== ';' || /^then\b/.test(next.text));
}
