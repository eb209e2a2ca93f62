const SECRET_NAME = /^[a-zA-Z0-9](?:[-_.a-zA-Z0-9]{0,251}[a-zA-Z0-9])?$/;

/**
 * Whether a text can name a secret, and so a file: letters, digits and `-_.` inside, at most 253 characters, and no
 * `..`.
 */
export function isSecretName(text: string): boolean {
  return SECRET_NAME.test(text) && !text.includes('..');
}
