import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';

/**
 * Writes the content of a bundle beside it: a bill of materials (CycloneDX 1.6, https://cyclonedx.org), and the
 * licences of all packages. Both list the packages whose bytes esbuild has taken, not those that are installed, and
 * hold no date: the same sources make the same files.
 */

export interface Bundle {
  readonly name: string;
  readonly description: string;
  readonly version: string;
  /** The bundle, with the ending .js. */
  readonly file: string;
  /** esbuild's accounts of the bundle, and of the parts that were bundled before. */
  readonly metafiles: readonly Metafile[];
}

interface Package {
  /** Each `node_modules/...` where this version is installed, and bundled from. */
  readonly folders: readonly [string, ...string[]];
  readonly name: string;
  readonly version: string;
  /** An SPDX identifier. */
  readonly license: string;
}

/** The folder that stands for our own sources. */
const OURS = '';

const PACKAGE_FOLDER = /^(node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+)\//;

export function writeBillOfMaterials(bundle: Bundle): void {
  const dependencies = bundledFolders(bundle.metafiles);
  const packages = new Map<string, Package>();
  for (const folder of [...dependencies.keys()].filter((key) => key !== OURS).sort(compare)) {
    const found = readPackage(folder);
    const known = packages.get(purl(found));
    packages.set(purl(found), known ? { ...known, folders: [...known.folders, folder] } : found);
  }
  const sorted = [...packages.values()].sort((a, b) => compare(purl(a), purl(b)));
  const stem = bundle.file.replace(/\.js$/, '');
  writeFileSync(
    `${stem}.cdx.json`,
    `${JSON.stringify(billOf(bundle, sorted, dependencies), undefined, 2)}\n`,
  );
  writeFileSync(`${stem}.LICENSES.txt`, licencesOf(bundle, sorted));
}

/** Lists the packages in the bundle, each with the packages that it imports. */
function bundledFolders(metafiles: readonly Metafile[]): Map<string, Set<string>> {
  const folders = new Map<string, Set<string>>();
  const taken = metafiles.flatMap(({ inputs, outputs }) =>
    Object.values(outputs).flatMap((output) =>
      Object.entries(output.inputs).map(([path, { bytesInOutput }]) => ({
        path,
        bytesInOutput,
        imports: inputs[path]?.imports ?? [],
      })),
    ),
  );
  for (const { path, bytesInOutput, imports } of taken) {
    if (bytesInOutput === 0) continue;
    const folder = folderOf(path);
    const imported = folders.get(folder) ?? new Set();
    folders.set(folder, imported);
    for (const each of imports) {
      if (!each.external && folderOf(each.path) !== folder) imported.add(folderOf(each.path));
    }
  }
  return folders;
}

function folderOf(path: string): string {
  // a plugin's own paths are absolute, behind its name
  const relative = path.replace(/^lazy:/, '').replace(`${process.cwd()}/`, '');
  return PACKAGE_FOLDER.exec(relative)?.[1] ?? OURS;
}

function readPackage(folder: string): Package {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, unknown>;
  const { name, version, license } = manifest;
  if (typeof name !== 'string' || typeof version !== 'string' || typeof license !== 'string') {
    throw new Error(`${folder}/package.json has no name, version or licence: it cannot be bundled`);
  }
  return { folders: [folder], name, version, license };
}

function billOf(
  bundle: Bundle,
  packages: readonly Package[],
  dependencies: ReadonlyMap<string, ReadonlySet<string>>,
): object {
  const root = `pkg:npm/${bundle.name}@${bundle.version}`;
  const integrity = lockedIntegrity();
  const references = new Map(
    packages.flatMap((entry) => entry.folders.map((folder) => [folder, purl(entry)])),
  );
  const dependsOn = (folders: readonly string[]): string[] => {
    const others = folders.flatMap((folder) => [...(dependencies.get(folder) ?? [])]);
    return [...new Set(others.flatMap((other) => references.get(other) ?? []))].sort(compare);
  };
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      component: {
        type: 'application',
        'bom-ref': root,
        name: bundle.name,
        version: bundle.version,
        description: bundle.description,
        licenses: [{ license: { id: 'MIT' } }],
        hashes: [
          { alg: 'SHA-256', content: createHash('sha256').update(readFileSync(bundle.file)).digest('hex') },
        ],
      },
    },
    components: packages.map((entry) => ({
      type: 'library',
      'bom-ref': purl(entry),
      ...groupAndName(entry.name),
      version: entry.version,
      hashes: [{ alg: 'SHA-512', content: integrity(entry.folders[0]) }],
      licenses: [{ license: { id: entry.license } }],
      purl: purl(entry),
    })),
    dependencies: [
      { ref: root, dependsOn: dependsOn([OURS]) },
      ...packages.map((entry) => ({ ref: purl(entry), dependsOn: dependsOn(entry.folders) })),
    ],
  };
}

/** https://github.com/package-url/purl-spec: the @ of a scope is encoded. */
function purl({ name, version }: Package): string {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`;
}

function groupAndName(full: string): { group?: string; name: string } {
  const [group, name] = full.split('/');
  return group !== undefined && name !== undefined ? { group, name } : { name: full };
}

/** The checksum of a package as package-lock.json pins it, as hexadecimal SHA-512. */
function lockedIntegrity(): (folder: string) => string {
  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    packages: Record<string, { integrity?: string }>;
  };
  return (folder) => {
    const pinned = lock.packages[folder]?.integrity ?? '';
    if (!pinned.startsWith('sha512-')) throw new Error(`package-lock.json pins no sha512 of ${folder}`);
    return Buffer.from(pinned.slice('sha512-'.length), 'base64').toString('hex');
  };
}

function licencesOf(bundle: Bundle, packages: readonly Package[]): string {
  const parts = packages.map(({ folders: [folder], name, version, license }) => {
    const files = readdirSync(folder)
      .filter((file) => /^(?:licen[cs]e|copying|notice|thirdpartynotices)/i.test(file))
      .sort(compare);
    if (!files.some((file) => !/notice/i.test(file))) {
      throw new Error(`${name}@${version} has no file with its licence: it cannot be bundled`);
    }
    const texts = files.map((file) => readFileSync(join(folder, file), 'utf8').replaceAll('\r', '').trim());
    return `${name} ${version} (${license})\n\n${texts.join('\n\n')}`;
  });
  const own = `${bundle.name} ${bundle.version} (MIT)\n\n${readFileSync('LICENSE', 'utf8').trim()}`;
  return `${[own, ...parts].join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
