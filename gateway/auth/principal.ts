/** The rights of a login: `read` may only read, `write` may change things too. */
export type Access = 'read' | 'write';

/** The login of a request. */
export interface Principal {
  /** '' with basic_auth=false. */
  readonly user: string;
  readonly access: Access;
  /** The browser's session: the token that its changes must send, and its end in milliseconds since 1970. */
  readonly session?: { readonly csrfToken: string; readonly endsAt: number; readonly isRenewed: boolean };
}

/** The login of every request with basic_auth=false. */
export const ANYBODY: Principal = { user: '', access: 'write' };
