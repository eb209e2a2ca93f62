import type { Resources } from './functions.ts';

const DEFAULT_GATEWAY = 'http://127.0.0.1:8080';

/** The function that `ofkit new` writes into stack.yaml. */
export interface NewFunction {
  readonly name: string;
  readonly lang: string;
  readonly handler: string;
  readonly image: string;
  readonly requests: Resources;
  readonly limits: Resources;
}

/** Makes a new stack file with its first function, as faas-cli writes it. */
export function renderStack(entry: NewFunction, gateway: string): string {
  return `version: 1.0
provider:
  name: openfaas
  gateway: ${gateway}
functions:
${renderFunction(entry, '  ')}
`;
}

/**
 * Makes the lines of one function.
 * @param indent the blanks before its name
 */
export function renderFunction(entry: NewFunction, indent: string): string {
  const lines = [
    `${entry.name}:`,
    `  lang: ${entry.lang}`,
    `  handler: ${entry.handler}`,
    `  image: ${entry.image}`,
    ...renderResources('requests', entry.requests),
    ...renderResources('limits', entry.limits),
  ];
  return lines.map((line) => `${indent}${line}\n`).join('');
}

function renderResources(key: string, { cpu, memory }: Resources): string[] {
  const lines = [...(cpu ? [`    cpu: ${cpu}`] : []), ...(memory ? [`    memory: ${memory}`] : [])];
  return lines.length > 0 ? [`  ${key}:`, ...lines] : [];
}

/**
 * Gives the gateway's address as faas-cli stores it: lower case, no slash at the end, http:// where it has no scheme.
 * @param given the value of --gateway
 * @param environment the value of OPENFAAS_URL
 */
export function gatewayUrl(given: string | undefined, environment: string | undefined): string {
  const url = (given || environment || DEFAULT_GATEWAY).replace(/\/+$/, '').toLowerCase();
  return url.startsWith('http') ? url : `http://${url}`;
}
