import { parseQuantity } from '../../../common/quantity.ts';
import type { Deployment } from '../../functions/deployment.ts';

/** The smallest memory limit that engines accept, in bytes. */
const LEAST_MEMORY = 6 << 20;
/** The period of CPU limits, and the smallest quota of it that the kernel accepts, in microseconds. */
const CPU_PERIOD = 100_000;
const LEAST_QUOTA = 1000;
/** The CPU shares of a whole core, and the fewest that the kernel accepts. */
const CORE_SHARES = 1024;
const LEAST_SHARES = 2;

/** The largest /tmp of a container with a read-only root, in bytes. It is a part of the container's memory. */
const LARGEST_TMP = 256 << 20;

/** @returns limits and requests as fields of HostConfig. Swap is off, so that a memory limit is the whole limit. */
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

/** @returns a line for the status for each field of a deployment that has no effect on containers */
export function withoutEffect({ limits, requests, constraints, annotations }: Deployment): string[] {
  const notes: string[] = [];
  const memory = positive(limits?.memory);
  if (memory !== undefined && memory < LEAST_MEMORY)
    notes.push(`limits.memory ${limits?.memory ?? ''} is less than an engine accepts: the container has 6Mi`);
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

/** @returns undefined for 0 too, which means no limit */
function positive(quantity: string | undefined): number | undefined {
  const value = quantity === undefined ? undefined : parseQuantity(quantity);
  return value !== undefined && value > 0 ? value : undefined;
}
