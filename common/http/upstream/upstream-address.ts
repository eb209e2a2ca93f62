/** The address that requests are forwarded to. */
export interface UpstreamAddress {
  /** The address as the setting has it, for log lines. */
  readonly text: string;
  readonly origin: string;
  /** The host, without the brackets of an IPv6 address. */
  readonly host: string;
  readonly port: number;
  /** The path of the Unix socket, if the address is one. */
  readonly socketPath?: string;
  /** Precedes the path of every request; usually ''. */
  readonly basePath: string;
}
