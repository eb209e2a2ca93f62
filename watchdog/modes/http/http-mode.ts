import { StartError } from '../../errors.ts';
import type { Mode } from '../mode.ts';
import { requireCommand } from '../required-settings.ts';
import { HttpRunner } from './http-runner.ts';
import { OwnFunction } from './own-function.ts';

/** `mode=http`: one process serves HTTP, and every request is forwarded to it. */
export const httpMode: Mode = {
  forksPerRequest: false,
  runsInProcess: false,
  logsReason: true,
  takesPath: 'as it came',
  check(settings) {
    requireCommand(settings);
    if (settings.upstreamUrl) return;
    throw new StartError(
      'SETTING_MISSING',
      'mode=http needs "http_upstream_url" or "upstream_url", where the function listens, such as http://127.0.0.1:3000',
    );
  },
  createRunner: (context) => new HttpRunner(context),
  createFunction: (context) => new OwnFunction(context),
};
