import type { ModeName } from '../settings/setting.ts';
import type { Mode } from './mode.ts';

/** One line for each mode. Only the mode that is used is loaded. */
const MODES: Readonly<Record<ModeName, () => Promise<Mode>>> = {
  streaming: async () => (await import('./fork/streaming.ts')).streamingMode,
  serializing: async () => (await import('./fork/serializing.ts')).serializingMode,
  classic: async () => (await import('./fork/classic.ts')).classicMode,
  http: async () => (await import('./http/http-mode.ts')).httpMode,
  inproc: async () => (await import('./inproc/inproc-runner.ts')).inprocMode,
  static: async () => (await import('./static.ts')).staticMode,
};

export function loadMode(name: ModeName): Promise<Mode> {
  return MODES[name]();
}
