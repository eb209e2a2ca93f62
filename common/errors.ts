export { RequestError, messageOf, systemCodeOf } from '../watchdog/errors.ts';
