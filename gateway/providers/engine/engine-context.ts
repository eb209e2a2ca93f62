import type { Images } from './images.ts';
import type { EngineLink } from './engine-link.ts';
import type { Networks } from './networks.ts';
import type { Reach } from './reach.ts';
import type { Roster } from './roster.ts';

/** The parts of the engine and of the gateway that versions work with. */
export interface EngineContext {
  readonly state: string;
  readonly link: EngineLink;
  readonly images: Images;
  readonly networks: Networks;
  readonly roster: Roster;
  /** The engine's runtimes by the names of profiles. */
  readonly profiles: ReadonlyMap<string, string>;
  /** The user of all containers; '' for the image's own. */
  readonly user: string;
  /** How containers are reached. It is known once the engine was found. */
  readonly reach: () => Reach;
  /**
   * @returns the engine's path of a file that the gateway knows by `path`
   * @throws Error where the engine cannot see it
   */
  readonly pathForEngine: (path: string) => string;
  /** Makes the gateway listen at one more address of this machine. */
  readonly listenAt: (host: string) => Promise<void>;
}
