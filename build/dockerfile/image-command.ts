import { lineage, type Stage } from './stages.ts';
import { jsonWords } from './words.ts';

/** The command that a container of an image starts, and the port where a server of its own would listen. */
export interface ImageCommand {
  /** Empty where the Dockerfile says nothing. */
  readonly words: readonly string[];
  /** The first EXPOSE; undefined where there is none. */
  readonly port: number | undefined;
}

/** Reads ENTRYPOINT, CMD and EXPOSE of a stage, and of the stages that it begins with. */
export function imageCommand(last: Stage | undefined): ImageCommand {
  let entrypoint: readonly string[] = [];
  let command: readonly string[] = [];
  let port: number | undefined;
  for (const stage of lineage(last)) {
    for (const { keyword, text } of stage.instructions) {
      if (keyword === 'ENTRYPOINT') {
        entrypoint = readWords(text);
        command = []; // docker drops a CMD that stands before
      }
      if (keyword === 'CMD') command = readWords(text);
      if (keyword === 'EXPOSE') port ??= Number(/\d+/.exec(text)?.[0] ?? Number.NaN) || undefined;
    }
  }
  return { words: [...entrypoint, ...command], port };
}

/** Reads a command: the form in JSON is its words, and any other text is a line for a shell. */
function readWords(text: string): readonly string[] {
  return jsonWords(text) ?? (text.trim() === '' ? [] : ['sh', '-c', text.trim()]);
}
