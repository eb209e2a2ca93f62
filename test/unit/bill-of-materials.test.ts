import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';

/** The build's lists of the content of dist/fwatchdog.js and dist/ofkit.js. */

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

interface Bill {
  readonly metadata: { readonly component: { readonly hashes: readonly { readonly content: string }[] } };
  readonly components: readonly { readonly purl: string }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

type Lock = Readonly<Record<string, { readonly version?: string }>>;

for (const name of ['fwatchdog', 'ofkit']) {
  const readDist = (ending: string) => readFile(join(ROOT, 'dist', `${name}${ending}`), 'utf8');

  test(`the bill of materials of ${name} is valid CycloneDX, and of this very bundle`, async () => {
    const text = await readDist('.cdx.json');
    const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
    assert.equal(await validator.validate(text), null);
    assert.notEqual(await validator.validate(text.replace('"library"', '"shelf"')), null);
    const bill = JSON.parse(text) as Bill;
    const digest = createHash('sha256')
      .update(await readFile(join(ROOT, 'dist', `${name}.js`)))
      .digest('hex');
    assert.equal(bill.metadata.component.hashes[0]?.content, digest);
  });

  test(`${name}: each package depends on the version that Node would find from it`, async () => {
    const bill = JSON.parse(await readDist('.cdx.json')) as Bill;
    const { packages } = JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8')) as {
      packages: Lock;
    };
    let checked = 0;
    for (const { ref, dependsOn } of bill.dependencies) {
      const folders = ref.includes(`/${name}@`) ? [''] : foldersOf(ref, packages);
      for (const other of dependsOn) {
        const found = folders.map((folder) => foundFrom(folder, nameOf(other), packages));
        assert.ok(found.includes(versionOf(other)), `${ref} has ${found.join()}, not ${other}`);
        assert.ok(bill.components.some(({ purl }) => purl === other));
        checked += 1;
      }
    }
    assert.ok(checked > 10);
  });

  test(`${name}: the licence of every package is there`, async () => {
    const bill = JSON.parse(await readDist('.cdx.json')) as Bill;
    const licences = await readDist('.LICENSES.txt');
    for (const { purl } of bill.components) {
      assert.ok(licences.includes(`\n\n${nameOf(purl)} ${versionOf(purl)} (`), purl);
    }
  });
}

function nameOf(purl: string): string {
  return decodeURIComponent(purl.slice('pkg:npm/'.length, purl.lastIndexOf('@')));
}

function versionOf(purl: string): string {
  return purl.slice(purl.lastIndexOf('@') + 1);
}

function foldersOf(purl: string, packages: Lock): string[] {
  const place = `node_modules/${nameOf(purl)}`;
  return Object.keys(packages).filter(
    (folder) =>
      (folder === place || folder.endsWith(`/${place}`)) && packages[folder]?.version === versionOf(purl),
  );
}

/** The version that `require(name)` finds in a folder: the nearest node_modules upward. */
function foundFrom(folder: string, name: string, packages: Lock): string | undefined {
  const own = packages[folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`]?.version;
  if (own !== undefined || folder === '') return own;
  return foundFrom(
    folder.includes('/node_modules/') ? folder.slice(0, folder.lastIndexOf('/node_modules/')) : '',
    name,
    packages,
  );
}
