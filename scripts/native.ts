import { execa } from 'execa';
import { readFileSync, rmSync } from 'node:fs';
import { copyFile, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * Builds the native addons from their C, one file for each CPU. They are in the repository, as a fresh clone has no
 * compiler. With `--check` it builds them again and compares the bytes, where a compiler is there that makes the same
 * bytes of the same source; elsewhere it says that it does not.
 */

const FOLDER = 'watchdog/process/native';
const SOURCES = ['addon.c', 'spawn.c'].map((name) => path.join(FOLDER, name));

/** Debian 12's gcc and gcc-aarch64-linux-gnu, with its binutils. */
const TARGETS = [
  { name: 'linux-x64', compiler: 'gcc', own: ['-fcf-protection=none'] },
  { name: 'linux-arm64', compiler: 'aarch64-linux-gnu-gcc', own: [] },
];
const COMPILER_VERSION = '12.2.0';
const LINKER_VERSION = '2.40';

/** The compiler's options: no library, no symbol versions, no padding, and no help that would need a library. */
const OPTIONS = `
  -std=c17 -O2 -Wall -Wextra -Werror -shared -fPIC -nostdlib -ffreestanding
  -fvisibility=hidden -fno-builtin -fno-stack-protector -fno-tree-loop-distribute-patterns
  -fno-asynchronous-unwind-tables -fomit-frame-pointer -fno-ident
  -Wl,--build-id=none,--hash-style=gnu,-s,-z,now,-z,noexecstack,-z,noseparate-code,-z,norelro`
  .trim()
  .split(/\s+/);

/** @returns why the compiler cannot make the same bytes, or undefined where it can */
async function unfit(compiler: string): Promise<string | undefined> {
  const compilerVersion = await firstLine(compiler, ['-dumpfullversion']);
  if (compilerVersion === undefined) return `there is no ${compiler}`;
  if (compilerVersion !== COMPILER_VERSION)
    return `${compiler} is ${compilerVersion}, not ${COMPILER_VERSION}`;
  const linker = (await firstLine(compiler, ['-Wl,--version'])) ?? '';
  return linker.endsWith(` ${LINKER_VERSION}`)
    ? undefined
    : `its linker is "${linker}", not ${LINKER_VERSION}`;
}

async function firstLine(command: string, words: string[]): Promise<string | undefined> {
  const result = await execa(command, words, { reject: false, stderr: 'ignore' });
  return result.exitCode === 0 ? result.stdout.split('\n')[0] : undefined;
}

const isCheck = process.argv.includes('--check');
const folder = await mkdtemp(path.join(tmpdir(), 'native-'));
try {
  for (const { name, compiler, own } of TARGETS) {
    const why = isCheck ? await unfit(compiler) : undefined;
    if (why !== undefined) {
      console.log(`${name}.node is not compared with its source: ${why}`);
      continue;
    }
    const built = path.join(folder, `${name}.node`);
    const kept = path.join(FOLDER, `${name}.node`);
    await execa(compiler, [...OPTIONS, ...own, '-o', built, ...SOURCES], { stderr: 'inherit' });
    if (!isCheck) {
      await copyFile(built, kept);
      console.log(`${kept}: ${readFileSync(kept).length} bytes`);
    } else if (!readFileSync(built).equals(readFileSync(kept))) {
      console.error(`${kept} is not what its source makes: run npm run native`);
      process.exitCode = 1;
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}
