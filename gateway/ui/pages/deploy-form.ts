import type { Deployed } from '../api/types.ts';

/** A deployment as it is filled in; pairs are `NAME=value`, a line each. */
export interface DeployForm {
  readonly service: string;
  readonly namespace: string;
  readonly image: string;
  readonly envProcess: string;
  readonly envVars: string;
  readonly labels: string;
  readonly annotations: string;
  /** With commas between them. */
  readonly secrets: string;
  readonly memory: string;
  readonly cpu: string;
  readonly readOnly: boolean;
}

export const NEW_FORM: DeployForm = {
  service: '',
  namespace: '',
  image: '',
  envProcess: '',
  envVars: '',
  labels: '',
  annotations: '',
  secrets: '',
  memory: '',
  cpu: '',
  readOnly: false,
};

/** Labels that the gateway adds, which are no part of a deployment. */
const ADDED: ReadonlySet<string> = new Set(['faas_function']);

type Texts = Readonly<Record<string, string>>;

export function pairLines(texts: Texts): string {
  return Object.entries(texts)
    .filter(([name]) => !ADDED.has(name))
    .map(([name, value]) => `${name}=${value}`)
    .join('\n');
}

/** @returns the first line that is no pair, undefined where all are */
export function pairFault(text: string): string | undefined {
  return text.split('\n').find((line) => line.trim() !== '' && !/^\s*[^=\s]+\s*=/.test(line));
}

function pairsOf(text: string): Texts {
  return Object.fromEntries(
    text
      .split('\n')
      .filter((line) => line.includes('='))
      .map((line) => [line.slice(0, line.indexOf('=')).trim(), line.slice(line.indexOf('=') + 1).trim()]),
  );
}

/** What is deployed, to be changed. */
export function formOf(deployed: Deployed): DeployForm {
  return {
    service: deployed.name,
    namespace: deployed.namespace,
    image: deployed.image,
    envProcess: deployed.envProcess ?? '',
    envVars: pairLines(deployed.envVars ?? {}),
    labels: pairLines(deployed.labels),
    annotations: pairLines(deployed.annotations),
    secrets: (deployed.secrets ?? []).join(', '),
    memory: deployed.limits?.['memory'] ?? '',
    cpu: deployed.limits?.['cpu'] ?? '',
    readOnly: deployed.readOnlyRootFilesystem === true,
  };
}

/** What the API takes. @param known what the form does not show stays as it was */
export function bodyOf(form: DeployForm, known: Deployed | undefined): Readonly<Record<string, unknown>> {
  const { memory: _memory, cpu: _cpu, ...others } = known?.limits ?? {};
  const limits = {
    ...others,
    ...(form.memory !== '' && { memory: form.memory }),
    ...(form.cpu !== '' && { cpu: form.cpu }),
  };
  return {
    service: form.service,
    image: form.image,
    ...(form.namespace !== '' && { namespace: form.namespace }),
    envProcess: form.envProcess,
    envVars: pairsOf(form.envVars),
    labels: pairsOf(form.labels),
    annotations: pairsOf(form.annotations),
    secrets: form.secrets
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== ''),
    readOnlyRootFilesystem: form.readOnly,
    ...(Object.keys(limits).length > 0 && { limits }),
    ...(known?.requests && { requests: known.requests }),
    ...(known?.constraints && { constraints: known.constraints }),
  };
}
