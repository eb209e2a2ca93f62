import { expandVariables, type ParsedDockerfile } from './parse.ts';
import { lineage } from './watchdog-origin.ts';

export interface ImageEnvironment {
  /** What the ENV instructions of the last stage, and of the stages it begins with, set. */
  readonly variables: Readonly<Record<string, string>>;
  /** The last WORKDIR, where the container's process starts. */
  readonly workdir: string;
}

/** The environment that a container of the image would start with, as far as the Dockerfile says. */
export function imageEnvironment(file: ParsedDockerfile): ImageEnvironment {
  const variables: Record<string, string> = {};
  let workdir = '/';
  for (const stage of lineage(file, file.stages.at(-1))) {
    const known: Record<string, string> = { ...file.globalArguments };
    for (const { keyword, text, pairs } of stage.instructions) {
      const expand = (value: string): string => expandVariables(value, { ...known, ...variables });
      if (keyword === 'ARG')
        for (const [name, value] of pairs) known[name] = expand(value ?? known[name] ?? '');
      if (keyword === 'ENV') for (const [name, value] of pairs) variables[name] = expand(value ?? '');
      if (keyword === 'WORKDIR') workdir = joinWorkdir(workdir, expand(text));
    }
  }
  return { variables, workdir };
}

function joinWorkdir(current: string, next: string): string {
  const joined = next.startsWith('/') ? next : `${current}/${next}`;
  return joined.replaceAll(/\/+/g, '/').replace(/(?<=.)\/$/, '');
}
