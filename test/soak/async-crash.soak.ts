/** The tests of kill -9 at each step of a queued call's life, with a thousand calls each. */
process.env['CRASH_CALLS'] ??= '1000';
await import('../gateway/async-crash.test.ts');
