import type { ParsedDockerfile, ParsedInstruction, Stage } from './parse.ts';
import { lineage } from './watchdog-origin.ts';

/** What a Dockerfile runs to make the function's files, as far as it can be done outside a container. */
export type RunStep =
  | { readonly kind: 'script'; readonly script: string; readonly folder: string; readonly line: number }
  | { readonly kind: 'command'; readonly command: string; readonly folder: string; readonly line: number }
  | { readonly kind: 'unfollowed'; readonly command: string; readonly line: number };

/** Done in another way, of the image alone, or a check: nothing is missing without it. */
const ELSEWHERE =
  /^(?:(?:npm|yarn|pnpm)(?:\s+(?:--?\S+|ci|i|install|prune|test|t|cache|config|audit)\b.*)?|npm run test\b.*|(?:chmod|chown|mkdir|addgroup|adduser|groupadd|useradd|set|export|echo|true|test|\[|sha256sum|corepack|touch)\b.*|apk\s.*add\s+(?:(?:curl|ca-certificates)\s*)+|(?:if|then|else|elif|fi)\b.*|\[.*)$/;

/** The RUN lines of the stages whose files get into the image, in their order. */
export function runSteps(file: ParsedDockerfile): RunStep[] {
  return file.stages.filter((stage) => usedStages(file).has(stage)).flatMap(stepsOf);
}

/** The last stage, those it is built from, and those that a COPY --from takes files of. */
function usedStages(file: ParsedDockerfile): Set<Stage> {
  const used = new Set<Stage>(lineage(file, file.stages.at(-1)));
  // A set hands out what is added while it is walked.
  for (const stage of used) {
    for (const { keyword, text } of stage.instructions) {
      const from = keyword === 'COPY' ? /--from=(\S+)/.exec(text)?.[1]?.toLowerCase() : undefined;
      if (from === undefined) continue;
      const source =
        file.stages.find(({ name }) => name?.toLowerCase() === from) ?? file.stages[Number(from)];
      for (const one of lineage(file, source)) used.add(one);
    }
  }
  return used;
}

function stepsOf(stage: Stage): RunStep[] {
  const steps: RunStep[] = [];
  let workdir = '/';
  for (const instruction of stage.instructions) {
    if (instruction.keyword === 'WORKDIR') workdir = joined(workdir, instruction.text);
    if (instruction.keyword !== 'RUN') continue;
    let folder = workdir;
    for (const command of commandsOf(instruction)) {
      const way = /^cd\s+(\S+)$/.exec(command)?.[1];
      if (way !== undefined) folder = joined(folder, way);
      else steps.push(...stepOf(command, folder, instruction.line));
    }
  }
  return steps;
}

function stepOf(command: string, folder: string, line: number): RunStep[] {
  const prefix = /\s--(?:prefix|cwd)[= ](\S+)/.exec(command)?.[1];
  const plain = command
    .replaceAll(/\s--?[\w-]+(?:=\S+)?/g, '')
    .replace(prefix ?? '\0', '')
    .trim();
  const within = prefix === undefined ? folder : joined(folder, prefix);
  const script =
    /^(?:npm|yarn|pnpm)\s+(?:run|run-script)\s+(\S+)$/.exec(plain)?.[1] ??
    /^(?:yarn|pnpm)\s+(build\S*)$/.exec(plain)?.[1];
  if (script === 'test') return [];
  if (script !== undefined) return [{ kind: 'script', script, folder: within, line }];
  if (/^(?:npx\s+(?:--?\S+\s+)*)?(?:tsc|esbuild|swc|rollup|tsup|vite build)\b/.test(command))
    return [{ kind: 'command', command, folder, line }];
  return ELSEWHERE.test(command) ? [] : [{ kind: 'unfollowed', command, line }];
}

function commandsOf({ text }: ParsedInstruction): string[] {
  const command = text.replace(/^(?:--[\w-]+=\S+\s+)+/, '');
  const list = /^\[.*\]$/s.test(command) ? wordsOf(command) : undefined;
  if (list) return [list.join(' ')];
  // Conditions are npm's in all templates that have any: what they choose from is done in another way.
  if (/^if\b/.test(command) && !/\bnpm run\b/.test(command)) return [];
  return command
    .split(/&&|;|\|\|/)
    .map((part) => part.trim().replace(/^(?:[A-Z_]+=\S*\s+)+/, ''))
    .map((part) => part.replace(/^(?:then|else|do)\s+/, ''))
    .filter(Boolean);
}

function wordsOf(text: string): string[] | undefined {
  try {
    const words: unknown = JSON.parse(text);
    return Array.isArray(words) ? words.map(String) : undefined;
  } catch {
    return undefined;
  }
}

function joined(current: string, next: string): string {
  const path = next.startsWith('/') ? next : `${current}/${next}`;
  return path.replaceAll(/\/(?:\.?\/)+/g, '/').replace(/(?<=.)\/\.?$/, '');
}
