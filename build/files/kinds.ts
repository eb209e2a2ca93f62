import { stat } from 'node:fs/promises';

export async function isFile(path: string): Promise<boolean> {
  return (await kindOf(path)) === 'file';
}

export async function isFolder(path: string): Promise<boolean> {
  return (await kindOf(path)) === 'folder';
}

export async function exists(path: string): Promise<boolean> {
  return (await kindOf(path)) !== 'nothing';
}

/** Gives the kind of the entry at a path, with links followed. A link to nothing is nothing. */
async function kindOf(path: string): Promise<'file' | 'folder' | 'other' | 'nothing'> {
  try {
    const stats = await stat(path);
    if (stats.isFile()) return 'file';
    return stats.isDirectory() ? 'folder' : 'other';
  } catch {
    return 'nothing';
  }
}
