import { string } from '../../common/settings/parsers.ts';
import { issuer, publicUrl, words } from './parsers.ts';
import { optional, setting } from './setting.ts';

/** The settings for logins at an identity provider. */
export const OIDC_SETTINGS = {
  oidcIssuer: optional({
    names: ['oidc_issuer'],
    parser: issuer,
    line: 'The address of an OpenID Connect provider, at which users log in to the page.',
  }),
  oidcClientId: setting({
    names: ['oidc_client_id'],
    parser: string,
    fallback: 'of-gateway',
    line: "The gateway's client id there. Its redirect URI is `/system/login/callback`.",
  }),
  oidcClientSecretFile: optional({
    names: ['oidc_client_secret_file'],
    parser: string,
    line: 'The file with its client secret, if it has one. PKCE is used in any case.',
  }),
  oidcScope: setting({
    names: ['oidc_scope'],
    parser: string,
    fallback: 'openid profile email',
    line: 'The scopes that it asks for there.',
  }),
  oidcGroupsClaim: setting({
    names: ['oidc_groups_claim'],
    parser: string,
    fallback: 'groups',
    line: "The claim with the user's groups.",
  }),
  oidcWriteGroups: setting({
    names: ['oidc_write_groups'],
    parser: words,
    fallback: [],
    line: 'Groups whose members may do everything.',
  }),
  oidcReadGroups: setting({
    names: ['oidc_read_groups'],
    parser: words,
    fallback: [],
    line: 'Groups whose members may read, but change nothing. Users in neither list of groups are refused.',
  }),
  publicUrl: optional({
    names: ['public_url'],
    parser: publicUrl,
    fallbackText: 'the host of the request',
    line: 'The address at which browsers reach the gateway, for the redirect URI.',
  }),
};
