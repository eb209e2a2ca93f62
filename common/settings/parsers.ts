export {
  boolean,
  duration,
  integer,
  oneOf,
  port,
  string,
  upstreamAddress,
  type Parser,
} from '../../watchdog/settings/parsers.ts';
