/**
 * Cuts user, password and token out of the URLs in a text, before it is shown or written to a file. The user of an ssh
 * address stays where it has no password: it is a part of the address.
 */
export function withoutCredentials(text: string): string {
  return text
    .replaceAll(
      /((?:git\+)?ssh:\/\/)([^\s/:@'"]+)(:[^\s/'"]*)?@/gi,
      (_all, scheme: string, user: string, secret?: string) =>
        secret === undefined ? `${scheme}${user}@` : scheme,
    )
    .replaceAll(/(\b(?!ssh:|git\+ssh:)[a-z][a-z0-9+.-]*:\/\/)[^\s/'"]*@/gi, '$1')
    .replaceAll(/([?&][\w.-]*(?:token|password|passwd|secret|key|auth)[\w.-]*=)[^\s&#'")]*/gi, '$1***');
}
