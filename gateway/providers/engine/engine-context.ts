import type { Images } from './images.ts';
import type { EngineLink } from './engine-link.ts';
import type { Networks } from './networks.ts';
import type { Reach } from './reach.ts';
import type { Roster } from './roster.ts';

/** What versions need of the engine and of the gateway. */
export interface EngineContext {
  readonly state: string;
  readonly link: EngineLink;
  readonly images: Images;
  readonly networks: Networks;
  readonly roster: Roster;
  /** Runtimes of the engine by the names of profiles. */
  readonly profiles: ReadonlyMap<string, string>;
  /** The user of all containers; '' for that of the image. */
  readonly user: string;
  /** Known once the engine is. */
  readonly reach: () => Reach;
  /**
   * The path that the engine knows a file of the gateway's by.
   * @returns undefined where the engine may be on another machine
   * @throws Error where it cannot see the file
   */
  readonly pathForEngine: (path: string) => string | undefined;
  /** Takes connections at one more address of this machine's. */
  readonly listenAt: (host: string) => Promise<void>;
}
