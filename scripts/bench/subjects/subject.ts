import { findFreePort } from '../../sample/port.ts';
import type { ServerCommand } from '../processes/server-process.ts';

/** A server to measure. */
export interface Subject {
  readonly command: ServerCommand;
  readonly port: number;
  readonly url: string;
  /** A path that answers 200 once requests can be sent. */
  readonly readyUrl: string;
}

interface SubjectPlan {
  readonly name: string;
  readonly words: readonly [string, ...string[]];
  /** The variables that tell it where to listen. */
  readonly portSetting: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly readyPath?: string;
}

/** A server on a free port of its own. */
export async function subjectOf(plan: SubjectPlan): Promise<Subject> {
  const { name, words, portSetting, environment = {}, readyPath = '' } = plan;
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}/`;
  const command = { name, words, environment: { ...environment, [portSetting]: `${port}` } };
  return { command, port, url, readyUrl: `${url}${readyPath}` };
}
