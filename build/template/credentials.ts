/**
 * Cuts user, password and token out of the URLs in a text, for whatever is shown or written down.
 * The user of an ssh address stays where it is alone: it is a part of the address.
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
