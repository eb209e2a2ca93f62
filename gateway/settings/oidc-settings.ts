import { string } from '../../common/settings/parsers.ts';
import { issuer, publicUrl, words } from './parsers.ts';
import { optional, setting } from './setting.ts';

/** Of logging in at an identity provider. */
export const OIDC_SETTINGS = {
  oidcIssuer: optional({
    names: ['oidc_issuer'],
    parser: issuer,
    line: 'The address of an OpenID Connect provider, at which people log in to the page.',
  }),
  oidcClientId: setting({
    names: ['oidc_client_id'],
    parser: string,
    fallback: 'of-gateway',
    line: 'What the gateway is called there. Its redirect URI is `/system/login/callback`.',
  }),
  oidcClientSecretFile: optional({
    names: ['oidc_client_secret_file'],
    parser: string,
    line: 'The file of its secret, where it has one; without it PKCE alone proves it.',
  }),
  oidcScope: setting({
    names: ['oidc_scope'],
    parser: string,
    fallback: 'openid profile email',
    line: 'What it asks for there.',
  }),
  oidcGroupsClaim: setting({
    names: ['oidc_groups_claim'],
    parser: string,
    fallback: 'groups',
    line: 'The claim that tells the groups of who has logged in.',
  }),
  oidcWriteGroups: setting({
    names: ['oidc_write_groups'],
    parser: words,
    fallback: [],
    line: 'Groups that may do everything.',
  }),
  oidcReadGroups: setting({
    names: ['oidc_read_groups'],
    parser: words,
    fallback: [],
    line: 'Groups that may look, and change nothing. Who is in none of either is refused.',
  }),
  publicUrl: optional({
    names: ['public_url'],
    parser: publicUrl,
    fallbackText: 'the name that it is called by',
    line: 'Where browsers reach the gateway, for the redirect URI.',
  }),
};
