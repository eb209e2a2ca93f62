import type { EngineAddress } from './client/engine-address.ts';
import type { EngineInfo } from './engine-link.ts';

/**
 * How the gateway reaches a container. `address`: at the container's address. `network`: the same, but the gateway runs
 * in a container too, and joins the networks. `port`: at a port that the engine publishes, where the networks are on
 * another machine or in another network namespace.
 */
export type Reach = 'address' | 'network' | 'port';

export interface ReachFacts {
  readonly address: EngineAddress;
  readonly info: EngineInfo;
  /** Whether the gateway runs in a container of the engine. */
  readonly isBeside: boolean;
  /** process.platform */
  readonly platform: string;
}

/** @param wish the setting engine_reach */
export function decideReach(wish: Reach | 'auto', facts: ReachFacts): Reach {
  const { address, info, isBeside, platform } = facts;
  if (wish !== 'auto') return wish;
  if (isBeside) return 'network';
  const isRootless =
    info.Rootless || info.SecurityOptions.some((option) => option.startsWith('name=rootless'));
  const isInMachine = info.OperatingSystem.includes('Desktop') || platform !== 'linux';
  return address.socketPath === undefined || isRootless || isInMachine ? 'port' : 'address';
}

/** @returns the host at which the engine publishes ports: this machine, or the engine's */
export function publishedHost({ socketPath, origin }: EngineAddress): string {
  return socketPath === undefined ? new URL(origin).hostname.replaceAll(/[[\]]/g, '') : '127.0.0.1';
}
