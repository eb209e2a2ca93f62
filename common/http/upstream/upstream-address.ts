/** The address that requests are forwarded to. */
export interface UpstreamAddress {
  /** The setting's text, for log lines. */
  readonly text: string;
  readonly origin: string;
  /** Without the brackets of an IPv6 address. */
  readonly host: string;
  readonly port: number;
  /** The file of a Unix socket, where that is the address. */
  readonly socketPath?: string;
  /** Precedes the path of every request; usually ''. */
  readonly basePath: string;
}
