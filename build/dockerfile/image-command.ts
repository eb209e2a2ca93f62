import { WATCHDOG_COMMAND } from '../../common/local-image.ts';
import { lineage, type Stage } from './stages.ts';
import { jsonWords } from './words.ts';

/** The command that a container of an image starts, and the port where a server of its own would listen. */
export interface ImageCommand {
  /** Empty where the Dockerfile says nothing. */
  readonly words: readonly string[];
  /** The first EXPOSE, or 8080. */
  readonly port: number;
}

/** The port of a plain server whose Dockerfile has no EXPOSE. OpenFaaS asks for it of every image. */
const USUAL_PORT = 8080;

/** Reads ENTRYPOINT, CMD and EXPOSE of a stage, and of the stages that it begins with. */
export function imageCommand(last: Stage | undefined): ImageCommand {
  let entrypoint: readonly string[] = [];
  let command: readonly string[] = [];
  let port: number | undefined;
  for (const stage of lineage(last)) {
    let isSet = false;
    for (const { keyword, text } of stage.instructions) {
      if (keyword === 'ENTRYPOINT') {
        entrypoint = readWords(text);
        if (!isSet) command = []; // docker drops the CMD of the stage before, and keeps one of this stage
      }
      if (keyword === 'CMD') {
        command = readWords(text);
        isSet = true;
      }
      if (keyword === 'EXPOSE') port ??= Number(/\d+/.exec(text)?.[0] ?? Number.NaN) || undefined;
    }
  }
  return { words: withoutInit([...entrypoint, ...command]), port: port ?? USUAL_PORT };
}

/** Whether a command starts a server of its own instead of a watchdog. An image without a command is left to a watchdog. */
export function isPlainServer({ words }: ImageCommand): boolean {
  return words.length > 0 && !words.some((word) => word.includes(WATCHDOG_COMMAND));
}

/** Programs that a container starts first, to reap processes for the one behind them. This machine has its own. */
const INIT = /^(?:\/|(?:\/usr)?(?:\/local)?\/s?bin\/)?(?:tini(?:-static)?|dumb-init|catatonit)$/;

function withoutInit(words: readonly string[]): readonly string[] {
  const [program = '', ...rest] = words;
  if (!INIT.test(program)) return words;
  let at = 0;
  while (rest[at]?.startsWith('-') && rest[at] !== '--')
    at += /^(?:-[per]|--rewrite)$/.test(rest[at] ?? '') ? 2 : 1;
  return rest.slice(rest[at] === '--' ? at + 1 : at);
}

/** Reads a command: the form in JSON is its words, and any other text is a line for a shell. */
function readWords(text: string): readonly string[] {
  return jsonWords(text) ?? (text.trim() === '' ? [] : ['sh', '-c', text.trim()]);
}
