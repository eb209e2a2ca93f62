import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * The head of a bundle that runs wherever it is copied to: as a CommonJS module, which is a file without an extension
 * or without a package.json beside it, and as an ES module, where a package.json says so. Only `require` differs, and
 * there is another way to Node's own modules.
 */
export const BANNER = `#!/usr/bin/env node
var require = typeof require === 'function' ? require : process.getBuiltinModule;`;

/** Makes the folder of a bundle. Node starts CommonJS modules in it 2 to 3 ms sooner. */
export function makeFolderOf(bundle: string): void {
  const folder = path.dirname(bundle);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), '{ "type": "commonjs" }\n');
}
