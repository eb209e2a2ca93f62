/** The folders that are searched for a program where there is no PATH. */
const DEFAULT_PATH = '/bin:/usr/bin';

/** Packs strings for the addon: one after the other, each with a NUL at its end. */
export function block(strings: readonly string[]): Buffer {
  return Buffer.from(strings.map((text) => `${text}\0`).join(''));
}

/** Lists the paths to try to execute, as execvp(3) does: a name with a slash is a path. */
export function candidates(file: string, searchPath: string | undefined): string[] {
  if (file === '') return [];
  if (file.includes('/')) return [file];
  return (searchPath ?? DEFAULT_PATH)
    .split(':')
    .map((folder) => (folder === '' ? file : `${folder}/${file}`));
}

/** The environment that all processes share, packed once. The variables of each process are added to it. */
export class EnvironmentBlock {
  readonly #entries: readonly (readonly [string, string])[];
  readonly #whole: Buffer;
  /** Names that a variable of a request can replace. */
  readonly #contested: ReadonlySet<string>;

  constructor(environment: Readonly<Record<string, string>>) {
    this.#entries = Object.entries(environment);
    this.#whole = block(this.#entries.map(([name, value]) => `${name}=${value}`));
    this.#contested = new Set(this.#entries.map(([name]) => name).filter((name) => name.startsWith('Http_')));
  }

  /** @param variables of one process, all of which begin with `Http_` */
  constantFor(variables: Readonly<Record<string, string>>): Buffer {
    if (this.#contested.size === 0) return this.#whole;
    const kept = this.#entries.filter(([name]) => !Object.hasOwn(variables, name));
    return block(kept.map(([name, value]) => `${name}=${value}`));
  }
}

/**
 * @param variables their values are bytes, one for each character
 * @returns undefined where a variable holds a NUL
 */
export function ownBlock(variables: Readonly<Record<string, string>>): Buffer | undefined {
  let text = '';
  for (const name in variables) {
    const entry = `${name}=${variables[name]}`;
    if (entry.includes('\0')) return undefined;
    text += `${entry}\0`;
  }
  return Buffer.from(text, 'latin1');
}
