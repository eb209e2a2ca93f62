const SECRET_NAME = /^[a-zA-Z0-9](?:[-_.a-zA-Z0-9]{0,251}[a-zA-Z0-9])?$/;

/**
 * Whether a text can be the name of a secret, which is a file name too: letters and digits, with `-`, `_` and `.`
 * between them, at most 253 characters, without `..`.
 */
export function isSecretName(text: string): boolean {
  return SECRET_NAME.test(text) && !text.includes('..');
}
