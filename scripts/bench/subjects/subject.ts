import { findFreePort } from '../../sample/port.ts';
import type { ServerCommand } from '../server-process.ts';

/** A server to measure. */
export interface Subject extends ServerCommand {
  readonly port: number;
  /** The path below which the function is served: '' or `/function/NAME`. */
  readonly base: string;
  /** That of the function. */
  readonly url: string;
  /** Answers 200 once requests can be sent. */
  readonly readyUrl: string;
}

interface SubjectPlan {
  readonly name: string;
  readonly words: readonly [string, ...string[]];
  /** What tells it where to listen. */
  readonly portSetting: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly base?: string;
  readonly readyPath?: string;
}

/** A server on a free port of its own. */
export async function subjectOf(plan: SubjectPlan): Promise<Subject> {
  const { name, words, portSetting, environment = {}, base = '', readyPath = '' } = plan;
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}${base}/`;
  const told = { ...environment, [portSetting]: `${port}` };
  return { name, words, environment: told, port, base, url, readyUrl: `${url}${readyPath}` };
}
