const SECRET_NAME = /^[a-zA-Z0-9](?:[-_.a-zA-Z0-9]{0,251}[a-zA-Z0-9])?$/;

/**
 * Whether a text can name a secret, which is a file's name too: letters, digits and `-_.` inside, 253 characters at
 * most, and no `..`.
 */
export function isSecretName(text: string): boolean {
  return SECRET_NAME.test(text) && !text.includes('..');
}
