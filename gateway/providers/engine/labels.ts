import { GatewayError } from '../../errors.ts';
import type { Deployment } from '../../functions/deployment.ts';

/** The labels by which a gateway finds its containers and networks again. */
export const LABELS = {
  /** Identifies the gateway, by its state folder. */
  state: 'dev.of-gateway.state',
  namespace: 'dev.of-gateway.namespace',
  function: 'dev.of-gateway.function',
  generation: 'dev.of-gateway.generation',
  instance: 'dev.of-gateway.instance',
} as const;

/** The values of the labels of a container. */
export interface ContainerIdentity {
  readonly state: string;
  readonly generation: string;
  readonly instance: string;
}

/** @returns the labels of a function's container: the function's own, and the gateway's, which override them */
export function containerLabels(
  { name, namespace, labels }: Deployment,
  identity: ContainerIdentity,
): Record<string, string> {
  return {
    ...labels,
    [LABELS.state]: identity.state,
    [LABELS.namespace]: namespace,
    [LABELS.function]: name,
    [LABELS.generation]: identity.generation,
    [LABELS.instance]: identity.instance,
  };
}

/** @returns the filter of an engine's list that selects the containers or networks of one gateway */
export function ofState(state: string): string {
  return JSON.stringify({ label: [`${LABELS.state}=${state}`] });
}

const OURS: ReadonlySet<string> = new Set(Object.values(LABELS));

/**
 * Refuses labels that an engine would misread, or that are the gateway's own.
 * @throws GatewayError DEPLOYMENT_INVALID
 */
export function checkLabels({ labels }: Deployment): void {
  for (const [name, value] of Object.entries(labels)) {
    const shown = JSON.stringify(name.slice(0, 100));
    if (OURS.has(name))
      throw new GatewayError('DEPLOYMENT_INVALID', `labels: ${shown} belongs to the gateway`);
    if (!/^[^\s\p{Cc}=]+$/u.test(name) || value.includes('\0'))
      throw new GatewayError('DEPLOYMENT_INVALID', `labels: ${shown} is not a valid label of a container`);
  }
}
