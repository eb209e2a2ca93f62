/** Who is asked first about an error that nobody caught. */
export interface Uncaught {
  /** @returns whether that settles it; otherwise the watchdog ends */
  take: (thrown: unknown, event: 'uncaughtException' | 'unhandledRejection') => boolean;
}
