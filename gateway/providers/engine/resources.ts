import type { Deployment } from '../../functions/deployment.ts';
import { parseQuantity } from '../../functions/quantity.ts';

/** No engine gives a container less, in bytes. */
const LEAST_MEMORY = 6 << 20;
/** CPU is given out by periods of so long, in microseconds, of which no share is smaller. */
const CPU_PERIOD = 100_000;
const LEAST_QUOTA = 1000;
/** Shares of a whole core, and the fewest that there are. */
const CORE_SHARES = 1024;
const LEAST_SHARES = 2;

/** The largest /tmp of a container whose root cannot be written, in bytes: it takes of the container's memory. */
const LARGEST_TMP = 256 << 20;

/** Limits and requests as HostConfig has them. Memory has no swap beside it: a limit is a limit. */
export function resourcesOf({ limits, requests }: Deployment): Record<string, number> {
  const memory = bytes(limits?.memory);
  const reserved = bytes(requests?.memory);
  const cores = positive(limits?.cpu);
  const requested = positive(requests?.cpu);
  return {
    ...(memory !== undefined && { Memory: memory, MemorySwap: memory }),
    ...(reserved !== undefined && { MemoryReservation: Math.min(reserved, memory ?? reserved) }),
    ...(cores !== undefined && {
      CpuPeriod: CPU_PERIOD,
      CpuQuota: Math.max(LEAST_QUOTA, Math.round(cores * CPU_PERIOD)),
    }),
    ...(requested !== undefined && {
      CpuShares: Math.max(LEAST_SHARES, Math.round(requested * CORE_SHARES)),
    }),
  };
}

export function sizeOfTmp({ limits }: Deployment): number {
  return Math.min(LARGEST_TMP, Math.floor((bytes(limits?.memory) ?? LARGEST_TMP * 2) / 2));
}

/** What of a deployment has no effect on its containers: a line each. */
export function withoutEffect({ limits, requests, constraints, annotations }: Deployment): string[] {
  const notes: string[] = [];
  const memory = positive(limits?.memory);
  if (memory !== undefined && memory < LEAST_MEMORY)
    notes.push(`limits.memory ${limits?.memory ?? ''} is less than a container can do with: it has 6Mi`);
  if (constraints.length > 0)
    notes.push(`constraints have no effect: there is one engine, and functions run there`);
  for (const gpu of ['nvidia.com/gpu', 'amd.com/gpu', 'intel.com/gpu'] as const)
    if (limits?.[gpu] || requests?.[gpu]) notes.push(`${gpu} has no effect on containers of an engine`);
  if (annotations['com.openfaas.serviceaccount'])
    notes.push('the annotation com.openfaas.serviceaccount has no effect: it is for Kubernetes');
  return notes;
}

function bytes(quantity: string | undefined): number | undefined {
  const value = positive(quantity);
  return value === undefined ? undefined : Math.max(LEAST_MEMORY, Math.round(value));
}

/** 0 means no limit. */
function positive(quantity: string | undefined): number | undefined {
  const value = quantity === undefined ? undefined : parseQuantity(quantity);
  return value !== undefined && value > 0 ? value : undefined;
}
