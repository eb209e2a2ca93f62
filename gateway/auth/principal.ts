/** What a login may do: `read` alone, or change things too. */
export type Access = 'read' | 'write';

/** Who asks. */
export interface Principal {
  /** '' where nobody has to log in. */
  readonly user: string;
  readonly access: Access;
  /** Of a browser's session: what its changes have to bring, when it ends. */
  readonly session?: { readonly csrfToken: string; readonly endsAt: number; readonly isRenewed: boolean };
}

/** Where nobody has to log in. */
export const ANYBODY: Principal = { user: '', access: 'write' };
