import { expandVariables } from './expand.ts';
import { findStage, lineage, type Stage, type StageInstruction } from './stages.ts';

/** The images and the downloads that the classic watchdog comes from. */
const CLASSIC =
  /(?:^|\/)classic-watchdog(?:[:@]|$)|^(?:docker\.io\/)?functions\/alpine(?:[:@]|$)|github\.com\/openfaas\/(?:faas|classic-watchdog)\/releases\/download\/\S*fwatchdog/;

export interface WatchdogOrigin {
  /** The image, or the address, that /fwatchdog comes from. */
  readonly source: string;
  readonly line: number;
}

/**
 * Finds the origin of an image's classic watchdog, as that decides the mode.
 * @param stages the stages of its Dockerfile
 * @returns undefined where the watchdog is a different one, or the Dockerfile does not show it
 */
export function classicWatchdog(stages: readonly Stage[]): WatchdogOrigin | undefined {
  let found: WatchdogOrigin | undefined;
  for (const { base, line, instructions } of lineage(stages.at(-1))) {
    if (CLASSIC.test(base)) found = { source: base, line };
    for (const instruction of instructions) {
      const source = sourceOf(stages, instruction);
      if (source !== undefined) found = CLASSIC.test(source) ? { source, line: instruction.line } : undefined;
    }
  }
  return found;
}

/** Finds the image or the URL that an instruction takes a watchdog from; undefined where it takes none. */
function sourceOf(
  stages: readonly Stage[],
  { keyword, text, variables }: StageInstruction,
): string | undefined {
  if (!/watchdog/.test(text)) return undefined;
  const url = /https?:\/\/\S*watchdog\S*/.exec(expandVariables(text, variables, 'kept'))?.[0];
  if ((keyword === 'RUN' || keyword === 'ADD') && url) return url;
  const from = keyword === 'COPY' ? /--from=(\S+)/.exec(text)?.[1] : undefined;
  if (from === undefined) return undefined;
  return lineage(findStage(stages, from))[0]?.base ?? from;
}
