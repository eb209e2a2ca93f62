import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';

const ROOT = path.resolve(import.meta.dirname, '../..');

const text = readFileSync(path.join(ROOT, 'docs/ARCHITECTURE.md'), 'utf8');

/** The top folders that hold code. */
const TOPS = ['watchdog', 'build', 'gateway', 'common', 'templates', 'test', 'scripts', 'docs'];

/** Everything in code font that begins with a top folder. */
const named = [...new Set([...text.matchAll(/`([^`\s]+)`/g)].map(([, word = '']) => word))].filter((word) =>
  TOPS.some((top) => word.startsWith(`${top}/`)),
);

describe('docs/ARCHITECTURE.md', () => {
  for (const name of named) {
    test(`${name} exists`, () => {
      assert.ok(existsSync(path.join(ROOT, name)));
    });
  }

  test('each top folder is on the map', () => {
    for (const top of TOPS) assert.ok(named.includes(`${top}/`), top);
  });

  for (const program of ['watchdog', 'build', 'gateway', 'common']) {
    test(`each folder of ${program}/ is on the map`, () => {
      const folders = readdirSync(path.join(ROOT, program), { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => `${program}/${name}/`)
        .filter((folder) => readdirSync(path.join(ROOT, folder)).length > 0); // git leaves empty ones behind
      assert.ok(folders.length > 0);
      for (const folder of folders)
        assert.ok(
          named.some((name) => name.startsWith(folder)),
          folder,
        );
    });
  }
});

/** A command's flags and its deed, a route and its page: files of one name in these folders have one role. */
const ROLES = [
  /^build\/(?:cli|commands)$/,
  /^gateway\/(?:api|auth|ui\/pages)$/,
  /^(?:common|watchdog|gateway)\/settings$/,
];

/** Files that each program, or the part of one, has for the same role. */
const OF_EACH = /^(?:errors|main|manner)\.tsx?$/;

describe('file names', () => {
  for (const program of ['watchdog', 'build', 'gateway']) {
    test(`no two files of ${program}/ and common/ have one name, but for the same role`, () => {
      const foldersOf = new Map<string, string[]>();
      for (const top of [program, 'common']) {
        for (const entry of readdirSync(path.join(ROOT, top), { recursive: true, withFileTypes: true })) {
          if (!/\.tsx?$/.test(entry.name) || OF_EACH.test(entry.name)) continue;
          const name = entry.name.replace(/\.tsx?$/, '');
          const folder = path.relative(ROOT, entry.parentPath);
          foldersOf.set(name, [...(foldersOf.get(name) ?? []), folder]);
        }
      }
      const clashes = [...foldersOf].filter(
        ([, folders]) =>
          folders.length > 1 && !ROLES.some((role) => folders.every((folder) => role.test(folder))),
      );
      assert.deepEqual(clashes, []);
    });
  }
});
