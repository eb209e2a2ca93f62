import { relative, sep } from 'node:path';
import { watch } from 'chokidar';
import { signatureOf } from '../files/signature.ts';

/** A burst of writes, as an editor or a formatter makes, is one change. */
const SETTLE_MS = 40;

const IGNORED = new Set(['node_modules', '.git', '.DS_Store']);
const isIgnored = (name: string): boolean => IGNORED.has(name);

/**
 * Watches files and folders. Editors that write a file beside and rename it cause several events for one change: only
 * the first of them calls back.
 * Whatever changes after the call is told.
 * @param paths absolute; what is not there yet counts when it comes
 * @returns closes the watch
 */
export async function watchChanges(
  paths: readonly string[],
  onChange: () => void,
): Promise<() => Promise<void>> {
  let known = await signatureOf(paths, isIgnored);
  const watcher = watch([...paths], {
    ignoreInitial: true,
    ignored: (path) => {
      const inside = paths.map((root) => relative(root, path)).find((way) => !way.startsWith('..'));
      return inside?.split(sep).some(isIgnored) ?? false;
    },
  });
  let timer: NodeJS.Timeout | undefined;
  const look = async (): Promise<void> => {
    const signature = await signatureOf(paths, isIgnored);
    if (signature === known) return;
    known = signature;
    onChange();
  };
  watcher.on('all', () => {
    clearTimeout(timer);
    timer = setTimeout(() => void look(), SETTLE_MS);
  });
  // A file system without notifications: saving does nothing, the functions run.
  watcher.on('error', () => undefined);
  await new Promise<void>((resolve) => watcher.once('ready', resolve));
  await look();
  return async () => {
    clearTimeout(timer);
    await watcher.close();
  };
}
