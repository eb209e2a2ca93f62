// The watchdog loads this with mode=inproc: the function runs in the watchdog's process, without a server of its own.
import { survive } from './adapter/start.js';

survive();

export { createListener } from './listener.js';
