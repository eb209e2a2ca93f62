import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { currentLink, imageFolder } from '../../common/local-image.ts';
import { removeUnusedRevisions } from '../../gateway/images/unused-revisions.ts';
import { makeStateFolder } from '../support/state-folder.ts';

test('revisions that nothing leads to go, but not one that a build has put there at this moment', async () => {
  const folder = makeStateFolder();
  const image = imageFolder(folder, 'fn');
  for (const [seconds, revision] of ['oldest', 'runs', 'newest', 'being-built'].entries()) {
    const file = path.join(image, revision, 'image.json');
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, '{}');
    utimesSync(file, 1000 + seconds, 1000 + seconds);
  }
  symlinkSync('newest', currentLink(folder, 'fn'));
  await removeUnusedRevisions(folder, 'fn', new Set(['runs']));
  assert.deepEqual(readdirSync(image).sort(), ['being-built', 'current', 'newest', 'runs']);
});
