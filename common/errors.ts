export { messageOf, systemCodeOf } from '../watchdog/errors.ts';
