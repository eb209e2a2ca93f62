export * from '../watchdog/duration.ts';
