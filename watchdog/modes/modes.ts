import type { Mode } from '../settings/setting.ts';
import type { Runner, RunnerContext } from './runner.ts';

/** One line a mode: only the one that is used is loaded. */
const RUNNERS: Readonly<Record<Mode, () => Promise<new (context: RunnerContext) => Runner>>> = {
  streaming: async () => (await import('./fork/streaming.ts')).StreamingRunner,
  serializing: async () => (await import('./fork/serializing.ts')).SerializingRunner,
  classic: async () => (await import('./fork/classic.ts')).ClassicRunner,
  http: async () => (await import('./http/http-runner.ts')).HttpRunner,
  inproc: async () => (await import('./inproc/inproc-runner.ts')).InprocRunner,
  static: async () => (await import('./static.ts')).StaticRunner,
};

/** Makes the runner of the mode that is set. */
export async function loadRunner(context: RunnerContext): Promise<Runner> {
  const Runner = await RUNNERS[context.settings.mode]();
  return new Runner(context);
}
