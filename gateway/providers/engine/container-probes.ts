/** What is known of how a container can be asked. */
export interface ProbeRules {
  /** Whether the annotations of the function name the paths: then their answers alone count. */
  readonly hasOwnHealth: boolean;
  readonly hasOwnReadiness: boolean;
  /** Whether its watchdog may know more at /_/ready than at /_/health. Others would take that for a call. */
  readonly knowsReady: boolean;
}

/** Asks a path. @returns the status, undefined where nothing answers in time */
export type Ask = (path: string) => Promise<number | undefined>;

/** Asks the image's HEALTHCHECK. @returns undefined where it has none */
export type AskCommand = () => Promise<boolean> | undefined;

/** What servers without a watchdog say of its paths. */
const NO_SUCH_PATH: ReadonlySet<number> = new Set([401, 403, 404, 405, 501]);

/**
 * Whether a container is well: its watchdog says so, or its HEALTHCHECK where there is no watchdog, or else that it
 * answers in HTTP.
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

/** Whether a container takes calls. 429 is the word of a watchdog at its limit, which is well. */
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
