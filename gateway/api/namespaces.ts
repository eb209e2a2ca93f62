import { GatewayError } from '../errors.ts';
import { isDnsLabel } from '../functions/function-name.ts';
import { mapOf, object, text } from '../json/shape.ts';
import type { Namespace } from '../providers/provider.ts';
import { ACCEPTED, json, type Answer } from './answer.ts';
import type { ApiContext, Call } from './call.ts';
import { shown } from './names.ts';

const NAMESPACE = object({ name: text, labels: mapOf(text), annotations: mapOf(text) });

/** The label that faasd asks for, and the annotation that faas-netes does, to make a namespace one of OpenFaaS's. */
const MARK = 'openfaas';
const KUBERNETES_OWN = 'kube-system';

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

/** `POST /system/namespace/`, or `POST /system/namespace/NAME`, where the body needs no name. */
export async function createNamespace(call: Call, { provider }: ApiContext): Promise<Answer> {
  const asked = await call.readJson(NAMESPACE);
  const name = asked.name || call.subject;
  if (name === '') throw nameless();
  if (call.subject !== '') checkSameName(call, name);
  if (!isDnsLabel(name)) {
    const rule = 'lower case letters and digits, and - between them, 63 at most';
    throw new GatewayError(
      'REQUEST_INVALID',
      `name ${shown(name)} is not a valid name for a namespace: ${rule}`,
    );
  }
  if (name === KUBERNETES_OWN)
    throw new GatewayError('NAMESPACE_PROTECTED', `${name} is Kubernetes' own, and takes no functions`);
  if (!isMarked(asked)) {
    const way = `"labels": {"${MARK}": "1"}, or the same among the annotations, says that it is for functions`;
    throw new GatewayError('REQUEST_INVALID', `labels: ${MARK} is missing: ${way}`);
  }
  await provider.namespaces.create({ ...asked, name });
  return { status: 201 };
}

/** `/system/namespace/` by other methods, which need a name there. */
export function refuseNameless(): never {
  throw nameless();
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
  if (namespace.name !== '') checkSameName(call, namespace.name);
  if (!isDnsLabel(call.subject)) throw notFound(call.subject);
  return namespace;
}

function checkSameName({ subject }: Call, inBody: string): void {
  if (inBody === subject) return;
  const names = `${shown(inBody)} in the body differs from ${shown(subject)} in the path`;
  throw new GatewayError('REQUEST_INVALID', `name ${names}`);
}

function isMarked({ labels, annotations }: Namespace): boolean {
  return [labels[MARK], annotations[MARK]].some((value) => value === '1' || value === 'true');
}

function nameless(): GatewayError {
  return new GatewayError('REQUEST_INVALID', 'name is required: the name of the namespace');
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
