import { expandVariables, type ParsedDockerfile, type ParsedInstruction, type Stage } from './parse.ts';

/** Where the classic watchdog comes from: its images and its downloads. */
const CLASSIC =
  /(?:^|\/)classic-watchdog(?:[:@]|$)|^(?:docker\.io\/)?functions\/alpine(?:[:@]|$)|github\.com\/openfaas\/(?:faas|classic-watchdog)\/releases\/download\/\S*fwatchdog/;

export interface WatchdogOrigin {
  /** The image, or the address, that /fwatchdog comes from. */
  readonly source: string;
  readonly line: number;
}

/**
 * Says where an image has the classic watchdog from.
 * @returns undefined where it has another, or where the Dockerfile does not tell
 */
export function classicWatchdog(file: ParsedDockerfile): WatchdogOrigin | undefined {
  let found: WatchdogOrigin | undefined;
  for (const stage of lineage(file, file.stages.at(-1))) {
    const base = expandVariables(stage.base, file.globalArguments);
    if (CLASSIC.test(base)) found = { source: base, line: stage.line };
    for (const instruction of stage.instructions) {
      const source = sourceOf(file, instruction);
      if (source !== undefined) found = CLASSIC.test(source) ? { source, line: instruction.line } : undefined;
    }
  }
  return found;
}

/** What an instruction takes a watchdog from; undefined where it takes none. */
function sourceOf(file: ParsedDockerfile, { keyword, text }: ParsedInstruction): string | undefined {
  if (!/watchdog/.test(text)) return undefined;
  const url = /https?:\/\/\S*watchdog\S*/.exec(text)?.[0];
  if ((keyword === 'RUN' || keyword === 'ADD') && url) return expandVariables(url, file.globalArguments);
  const from = keyword === 'COPY' ? /--from=(\S+)/.exec(text)?.[1] : undefined;
  if (from === undefined) return undefined;
  const stage = stageOf(file, from);
  if (stage === undefined) return expandVariables(from, file.globalArguments);
  const first = lineage(file, stage)[0] ?? stage;
  return expandVariables(first.base, file.globalArguments);
}

function stageOf({ stages }: ParsedDockerfile, name: string): Stage | undefined {
  return (
    stages.find((stage) => stage.name?.toLowerCase() === name.toLowerCase()) ??
    stages[/^\d+$/.test(name) ? Number(name) : -1]
  );
}

/** A stage behind the stages that it is built from. */
export function lineage(file: ParsedDockerfile, last: Stage | undefined): Stage[] {
  const line: Stage[] = [];
  for (let stage = last; stage && !line.includes(stage);) {
    line.unshift(stage);
    const base = expandVariables(stage.base, file.globalArguments).toLowerCase();
    const before = file.stages.slice(0, file.stages.indexOf(stage));
    stage = before.findLast((candidate) => candidate.name?.toLowerCase() === base);
  }
  return line;
}
