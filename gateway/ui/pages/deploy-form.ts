import type { Deployed } from '../api/types.ts';

/**
 * The form of a deployment, as the user filled it in. Variables, labels and annotations are `NAME=value`, one per line.
 */
export interface DeployForm {
  readonly service: string;
  readonly namespace: string;
  readonly image: string;
  readonly envProcess: string;
  readonly envVars: string;
  readonly labels: string;
  readonly annotations: string;
  /** Names, separated by commas. */
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

/** Labels that the gateway adds. The form leaves them out, as they are no part of a deployment. */
const ADDED: ReadonlySet<string> = new Set(['faas_function']);

type Texts = Readonly<Record<string, string>>;

export function pairLines(texts: Texts): string {
  return Object.entries(texts)
    .filter(([name]) => !ADDED.has(name))
    .map(([name, value]) => `${name}=${value}`)
    .join('\n');
}

/** @returns the first line that is not NAME=value; undefined where there is none */
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

/** Fills in the form from a deployed function. */
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

/**
 * Makes the body of a request to deploy a function.
 * @param known the deployment that is being changed: fields that the form does not show keep its values
 */
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
