/** The build sets these. */
declare const FWATCHDOG_VERSION: string | undefined;
declare const FWATCHDOG_COMMIT: string | undefined;

/** The version and the commit it was built from, as of-watchdog prints them. */
export const VERSION_LINE = `Version: ${typeof FWATCHDOG_VERSION === 'string' ? FWATCHDOG_VERSION : 'dev'}\tSHA: ${
  typeof FWATCHDOG_COMMIT === 'string' ? FWATCHDOG_COMMIT : 'unknown'
}`;
