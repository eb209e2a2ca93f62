/** Decides which probes of a container count. */
export interface ProbeRules {
  /** Whether the function's annotations name a path for the probe. Then only the answer there counts. */
  readonly hasOwnHealth: boolean;
  readonly hasOwnReadiness: boolean;
  /** Whether the watchdog serves /_/ready. A server without a watchdog would take a request there for a call. */
  readonly knowsReady: boolean;
}

/** Sends a GET to a path. @returns the status; undefined where no answer comes in time */
export type Ask = (path: string) => Promise<number | undefined>;

/** Asks the image's HEALTHCHECK. @returns undefined where the image has none */
export type AskCommand = () => Promise<boolean> | undefined;

/** The statuses by which servers without a watchdog answer a request for one of its paths. */
const NO_SUCH_PATH: ReadonlySet<number> = new Set([401, 403, 404, 405, 501]);

/**
 * Whether a container is healthy. The watchdog's answer decides; without a watchdog, the HEALTHCHECK; without either,
 * any HTTP answer is enough.
 */
export async function containerHealth(
  { hasOwnHealth }: ProbeRules,
  path: string,
  ask: Ask,
  askCommand: AskCommand,
): Promise<boolean> {
  const status = await ask(path);
  if (status === undefined) return false;
  if (hasOwnHealth || !NO_SUCH_PATH.has(status)) return status < 400;
  return (await askCommand()) ?? true;
}

/** Whether a container takes calls. A watchdog at its limit answers 429: it is ready all the same. */
export async function containerReadiness(
  rules: ProbeRules,
  path: string,
  ask: Ask,
  askCommand: AskCommand,
): Promise<boolean> {
  if (rules.hasOwnReadiness || rules.knowsReady) {
    const status = await ask(path);
    if (status === undefined) return false;
    if (status === 429 || status < 400) return true;
    if (rules.hasOwnReadiness || status === 503) return false;
  }
  return containerHealth(rules, '/_/health', ask, askCommand);
}
