/** The names of a query's fields whose values are secret, or parts of such names. */
const SECRET_FIELD =
  /([?&;][\w.-]*(?:token|passw(?:or)?d|pwd|secret|key|auth|sig|pat|credential|jwt|bearer|session|sas)[\w.-]*=)[^\s&;#'")/]*/gi;

/**
 * Cuts user, password and token out of the URLs in a text, before it is shown or written to a file. The user of an ssh
 * address stays where it has no password: it is a part of the address.
 */
export function withoutCredentials(text: string): string {
  return (
    text
      .replaceAll(
        /((?:git\+)?ssh:\/\/)([^\s/:@'"]+)(:[^\s/'"]*)?@/gi,
        (_all, scheme: string, user: string, secret?: string) =>
          secret === undefined ? `${scheme}${user}@` : scheme,
      )
      .replaceAll(/(\b(?!ssh:|git\+ssh:)[a-z][a-z0-9+.-]*:\/\/|\bhttps?:\/)[^\s/'"]*@/gi, '$1')
      // A password with a slash: no program takes it, and it is secret all the same. A number before the slash is a port.
      .replaceAll(/(:\/\/)[^\s/:@'"]+:(?!\d{1,5}(?:[/?#\s'"]|$))[^\s@'"]*@/g, '$1')
      .replaceAll(SECRET_FIELD, '$1***')
  );
}

/** Does the same for a text that is one address, or is meant to be: also with blanks, or without a scheme. */
export function addressWithoutCredentials(address: string): string {
  return withoutCredentials(address.trim().replaceAll(/\s/g, '%20')).replace(/^(\/\/)?[^/@]*:[^@]*@/, '$1');
}
