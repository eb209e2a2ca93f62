import { GatewayError } from '../errors.ts';
import { isDnsLabel } from '../functions/function-name.ts';
import { mapOf, object, text } from '../json/shape.ts';
import type { Namespace } from '../providers/provider.ts';
import { ACCEPTED, json, type Answer } from './answer.ts';
import type { ApiContext, Call } from './call.ts';
import { shown } from './names.ts';

const NAMESPACE = object({ name: text, labels: mapOf(text), annotations: mapOf(text) });

/** `GET /system/namespaces`: the names of all namespaces. */
export async function listNamespaces(_call: Call, { provider }: ApiContext): Promise<Answer> {
  const namespaces = await provider.namespaces.list();
  return json(namespaces.map(({ name }) => name));
}

/** `GET /system/namespace/NAME`. */
export async function describeNamespace({ subject }: Call, { provider }: ApiContext): Promise<Answer> {
  const namespaces = await provider.namespaces.list();
  const found = namespaces.find(({ name }) => name === subject);
  if (!found) throw notFound(subject);
  const { name, labels, annotations } = found;
  return json({ name, labels, annotations });
}

/** `POST /system/namespace/`. */
export async function createNamespace(call: Call, { provider }: ApiContext): Promise<Answer> {
  const namespace = await call.readJson(NAMESPACE);
  if (namespace.name === '')
    throw new GatewayError('REQUEST_INVALID', 'name is required: the name of the namespace');
  if (!isDnsLabel(namespace.name)) {
    const rule = 'lower case letters and digits, and - between them, 63 at most';
    throw new GatewayError(
      'REQUEST_INVALID',
      `name ${shown(namespace.name)} is not a valid name for a namespace: ${rule}`,
    );
  }
  await provider.namespaces.create(namespace);
  return { status: 201 };
}

/** `PUT /system/namespace/NAME`. A name in the body must be that of the path. */
export async function updateNamespace(call: Call, { provider }: ApiContext): Promise<Answer> {
  const { labels, annotations } = await readNamed(call);
  await asNotFound(provider.namespaces.update({ name: call.subject, labels, annotations }), call.subject);
  return ACCEPTED;
}

/**
 * `DELETE /system/namespace/NAME`: removes a namespace with its functions and secrets. Clients may send a body; a name
 * in it must be that of the path.
 */
export async function deleteNamespace(call: Call, { provider, metrics }: ApiContext): Promise<Answer> {
  if (call.hasBody) await readNamed(call);
  else if (!isDnsLabel(call.subject)) throw notFound(call.subject);
  await asNotFound(provider.namespaces.remove(call.subject), call.subject);
  metrics.invocations.forgetNamespace(call.subject);
  return ACCEPTED;
}

async function readNamed(call: Call): Promise<Namespace> {
  const namespace = await call.readJson(NAMESPACE);
  if (namespace.name !== '' && namespace.name !== call.subject) {
    const names = `${shown(namespace.name)} in the body differs from ${shown(call.subject)} in the path`;
    throw new GatewayError('REQUEST_INVALID', `name ${names}`);
  }
  if (!isDnsLabel(call.subject)) throw notFound(call.subject);
  return namespace;
}

/** Turns NAMESPACE_UNKNOWN (400) into NAMESPACE_NOT_FOUND (404), for requests about the namespace itself. */
async function asNotFound(done: Promise<void>, name: string): Promise<void> {
  try {
    await done;
  } catch (thrown) {
    if (thrown instanceof GatewayError && thrown.code === 'NAMESPACE_UNKNOWN') throw notFound(name);
    throw thrown;
  }
}

function notFound(name: string): GatewayError {
  return new GatewayError('NAMESPACE_NOT_FOUND', `there is no namespace ${shown(name)}`);
}
