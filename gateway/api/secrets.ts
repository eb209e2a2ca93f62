import { GatewayError } from '../errors.ts';
import { isSecretName } from '../functions/secret-name.ts';
import { bytes, object, text } from '../json/shape.ts';
import type { SecretName } from '../providers/provider.ts';
import { ACCEPTED, json, type Answer } from './answer.ts';
import type { ApiContext, Call } from './call.ts';
import { namespaceOf, shown } from './names.ts';

/** The largest secret, in bytes, the same as in Kubernetes. */
const LARGEST_SECRET = 1 << 20;

const SECRET = object({ name: text, namespace: text, value: text, rawValue: bytes });

/** `GET /system/secrets`: only the names. */
export async function listSecrets(call: Call, context: ApiContext): Promise<Answer> {
  const secrets = await context.provider.secrets.list(namespaceOf(call, context));
  return json(secrets.map(({ name, namespace }) => ({ name, namespace })));
}

/** `POST /system/secrets`. */
export async function createSecret(call: Call, context: ApiContext): Promise<Answer> {
  const { secret, value } = await readSecret(call, context);
  await context.provider.secrets.create(secret, value);
  return ACCEPTED;
}

/** `PUT /system/secrets`. */
export async function updateSecret(call: Call, context: ApiContext): Promise<Answer> {
  const { secret, value } = await readSecret(call, context);
  await context.provider.secrets.update(secret, value);
  return ACCEPTED;
}

/** `DELETE /system/secrets`. Answers 202, as clients accept only 200 and 202. */
export async function deleteSecret(call: Call, context: ApiContext): Promise<Answer> {
  const { secret } = await readSecret(call, context);
  await context.provider.secrets.remove(secret);
  return ACCEPTED;
}

/**
 * Reads the body of a request about a secret. `rawValue` has priority over `value`, as clients that send bytes may send
 * them as text too. An empty `rawValue` counts as missing.
 */
async function readSecret(call: Call, context: ApiContext): Promise<{ secret: SecretName; value: Buffer }> {
  const { name, namespace, value, rawValue } = await call.readJson(SECRET);
  if (name === '') throw new GatewayError('REQUEST_INVALID', 'name is required: the name of the secret');
  if (!isSecretName(name)) {
    const rule = 'letters and digits, and - _ . between them, 253 at most';
    throw new GatewayError(
      'REQUEST_INVALID',
      `name ${shown(name)} is not a valid name for a secret: ${rule}`,
    );
  }
  const content = rawValue?.length ? rawValue : Buffer.from(value);
  if (content.length > LARGEST_SECRET) {
    throw new GatewayError('BODY_TOO_LARGE', `the secret is larger than ${LARGEST_SECRET} bytes`);
  }
  return { secret: { name, namespace: namespaceOf(call, context, namespace) }, value: content };
}
