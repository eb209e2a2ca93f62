import type { Host } from '../host.ts';
import { buildImages } from '../image/build-images.ts';
import { stateFolderOf } from '../image/state-folder.ts';
import type { Stack } from '../stack/functions.ts';
import { selectToMake, type Selection } from '../stack/select.ts';
import type { TagFormat } from '../stack/tag-formats.ts';

export interface BuildLocalOptions extends Selection {
  readonly tag: TagFormat;
  /** Undefined for $OFKIT_STATE, else the project's own. */
  readonly stateFolder: string | undefined;
  readonly stackPull: boolean;
  readonly json: boolean;
}

/** `ofkit build --local`: makes images that of-gateway runs without a container engine. */
export async function buildLocalImages(host: Host, stack: Stack, options: BuildLocalOptions): Promise<void> {
  const entries = selectToMake(stack, options, (_name, text) => host.err.line(`note: ${text}`));
  const stateFolder = stateFolderOf(host, options.stateFolder);
  const built = await buildImages(host, stack, entries, { ...options, stateFolder });
  if (options.json) {
    host.out.line(JSON.stringify(built, undefined, 2));
    return;
  }
  for (const { name, image } of built) host.out.line(`${name}: local image ${image}`);
  host.err.line(host.err.paint('dim', `They lie in ${stateFolder}: of-gateway --state-dir ${stateFolder}`));
}
