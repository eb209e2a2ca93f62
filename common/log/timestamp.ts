export { logTimestamp } from '../../watchdog/log/timestamp.ts';
