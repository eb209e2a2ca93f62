import type { Mode } from '../mode.ts';
import { InprocRunner } from './inproc-runner.ts';

/** `mode=inproc`: the function is loaded into the watchdog's process. */
export const inprocMode: Mode = {
  forksPerRequest: false,
  runsInProcess: true,
  logsReason: true,
  takesPath: 'as it came',
  check: () => undefined,
  createRunner: (context) => new InprocRunner(context),
};
