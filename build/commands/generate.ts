import { dirname, join, relative, resolve } from 'node:path';
import { messageOf } from '../../common/errors.ts';
import { imageName } from '../engine/image-name.ts';
import { KitError } from '../errors.ts';
import { isFolder } from '../files/kinds.ts';
import { replaceFile } from '../files/staging.ts';
import { DEFAULT_NAMESPACE } from '../gateway-client/deployment.ts';
import { SECRETS_FOLDER } from '../gateway-client/secret-files.ts';
import type { Host } from '../host.ts';
import { composeFile } from '../manifests/compose.ts';
import { unmeant } from '../manifests/constraints.ts';
import { knativeManifest } from '../manifests/knative.ts';
import { kubernetesManifests } from '../manifests/kubernetes.ts';
import { functionResource } from '../manifests/openfaas.ts';
import { renderJson, renderYaml } from '../manifests/manifest-text.ts';
import type { ManifestTarget } from '../manifests/targets.ts';
import { toWorkload, type Workload } from '../manifests/workload.ts';
import type { FunctionEntry } from '../stack/functions.ts';
import { findStackFile, readStack } from '../stack/stack-file.ts';
import { selectFunctions, type Selection } from '../stack/select.ts';
import type { TagFormat } from '../stack/tag-formats.ts';
import { functionVariables } from '../stack/variables.ts';
import { storeFunction, type StoreFunctionOptions } from '../template/store-function.ts';
import { imageVariables } from '../template/image-variables.ts';

export interface GenerateOptions extends Selection {
  readonly yaml: string | undefined;
  readonly target: ManifestTarget;
  /** Undefined for the namespace of stack.yaml, else the target's default. */
  readonly namespace: string | undefined;
  /** The apiVersion of the target openfaas; undefined for the current one. */
  readonly api: string | undefined;
  /** A function of the store in place of the stack's. */
  readonly fromStore: StoreFunctionOptions | undefined;
  readonly tag: TagFormat;
  readonly envsubst: boolean;
  /** The port of the first function of the target compose. */
  readonly port: number;
  /** A file, or a folder for a file of each function; undefined for stdout. */
  readonly output: string | undefined;
  readonly json: boolean;
}

/** `ofkit generate`: writes manifests of the functions of a stack. */
export async function generateManifests(host: Host, options: GenerateOptions): Promise<void> {
  const workloads: Workload[] = [];
  for (const entry of await entriesOf(host, options)) {
    workloads.push(await workloadOf(host, entry, options));
  }
  for (const { name, constraints } of ['kubernetes', 'knative'].includes(options.target) ? workloads : []) {
    for (const constraint of unmeant(constraints))
      host.err.line(`note: constraint "${constraint}" of ${name} is left out: no node label means it`);
  }
  const { output } = options;
  if (output === undefined) {
    host.out.stream.write(render(host, workloads, options, host.folder));
    return;
  }
  const extension = options.json ? 'json' : 'yaml';
  const target = resolve(host.folder, output);
  if (!/[/\\]$/.test(output) && !(await isFolder(target))) {
    await write(host, target, render(host, workloads, options, dirname(target)));
  } else if (options.target === 'compose') {
    await write(host, join(target, `compose.${extension}`), render(host, workloads, options, target));
  } else {
    for (const workload of workloads) {
      const text = render(host, [workload], options, target);
      await write(host, join(target, `${workload.name}.${extension}`), text);
    }
  }
}

async function entriesOf(host: Host, options: GenerateOptions): Promise<readonly FunctionEntry[]> {
  const { fromStore, yaml, envsubst, tag } = options;
  if (!fromStore)
    return selectFunctions(await readStack(host, await findStackFile(host, yaml), envsubst), options);
  if (tag === 'digest')
    throw new KitError('USAGE', '--tag digest is for functions that have a folder, not for --from-store');
  return [await storeFunction(host, fromStore)];
}

async function workloadOf(
  host: Host,
  entry: FunctionEntry,
  { target, tag, namespace }: GenerateOptions,
): Promise<Workload> {
  const { name, image } = entry;
  if (!image) throw new KitError('INVALID', `${entry.place}: ${name} has no image: name the one to run`);
  // faas-cli writes the default namespace into manifests of OpenFaaS too
  const usual = target === 'kubernetes' ? '' : DEFAULT_NAMESPACE;
  return toWorkload(entry, {
    image: await imageName(host, entry, tag, resolve(host.folder, entry.handler)),
    namespace: namespace ?? (entry.namespace || usual),
    variables: await functionVariables(host, entry, {}),
    imageVariables: await imageVariables(host, entry),
  });
}

/** @param folder the folder that the manifests go to; their paths are relative to it */
function render(
  host: Host,
  workloads: readonly Workload[],
  { target, json, port, api }: GenerateOptions,
  folder: string,
): string {
  const objects = manifests(host, workloads, { target, api, firstPort: port }, folder);
  return json ? renderJson(objects, target !== 'compose') : renderYaml(objects);
}

function manifests(
  host: Host,
  workloads: readonly Workload[],
  { target, api, firstPort }: { target: ManifestTarget; api: string | undefined; firstPort: number },
  folder: string,
): object[] {
  switch (target) {
    case 'kubernetes':
      return workloads.flatMap((workload) => kubernetesManifests(workload));
    case 'knative':
      return workloads.map((workload) => knativeManifest(workload));
    case 'openfaas':
      return workloads.map((workload) => functionResource(workload, api)).sort(byName);
    case 'compose': {
      const way = relative(folder, join(host.folder, SECRETS_FOLDER));
      const secretsFolder = way.startsWith('..') ? way : `./${way}`;
      return [composeFile(workloads, { firstPort, secretsFolder })];
    }
  }
}

/** Orders manifests by name, as faas-cli does. */
function byName(a: { metadata: { name: string } }, b: { metadata: { name: string } }): number {
  return a.metadata.name < b.metadata.name ? -1 : 1;
}

async function write(host: Host, file: string, text: string): Promise<void> {
  try {
    await replaceFile(file, text, 0o644);
  } catch (error) {
    throw new KitError('NOT_FOUND', `cannot write ${file}: ${messageOf(error)}: choose another --output`, {
      cause: error,
    });
  }
  host.err.line(`wrote ${relative(host.folder, file)}`);
}
