import { GatewayError } from '../errors.ts';
import { qualifiedName } from '../functions/function-name.ts';
import { object, text } from '../json/shape.ts';
import { ACCEPTED, json, type Answer } from './answer.ts';
import type { ApiContext, Call } from './call.ts';
import { functionOf, namespaceOf } from './names.ts';
import { nextRunsOf } from './next-runs.ts';
import { readDeployment } from './read-deployment.ts';
import { settingNotes } from './setting-notes.ts';
import { statusJson } from './status-json.ts';

/** `GET /system/functions`: all functions of a namespace, with the number of calls of each. */
export async function listFunctions(call: Call, context: ApiContext): Promise<Answer> {
  const functions = await context.provider.list(namespaceOf(call, context));
  const { invocations } = context.metrics;
  return json(functions.map((status) => statusJson(status, invocations.count(status.deployment))));
}

/** `GET /system/index`: the index of functions that others have published. */
export async function listIndex(_call: Call, { index }: ApiContext): Promise<Answer> {
  return json({ functions: await index.functions() });
}

/** `POST /system/functions`: deploys a new function. */
export async function deployFunction(call: Call, context: ApiContext): Promise<Answer> {
  const deployment = await readDeployment(call, context);
  await context.provider.deploy(deployment);
  for (const line of settingNotes(deployment)) context.warn(`${qualifiedName(deployment)}: ${line}`);
  return ACCEPTED;
}

/** `PUT /system/functions`: updates an existing function. Clients try POST after a 404. */
export async function updateFunction(call: Call, context: ApiContext): Promise<Answer> {
  const deployment = await readDeployment(call, context);
  await context.provider.update(deployment);
  for (const line of settingNotes(deployment)) context.warn(`${qualifiedName(deployment)}: ${line}`);
  return ACCEPTED;
}

const DELETION = object({ functionName: text, namespace: text });

/** `DELETE /system/functions`. */
export async function deleteFunction(call: Call, context: ApiContext): Promise<Answer> {
  const { functionName, namespace } = await call.readJson(DELETION);
  if (functionName === '') throw new GatewayError('REQUEST_INVALID', 'functionName is required');
  const name = functionOf(call, context, functionName, namespace);
  await context.provider.remove(name);
  context.metrics.invocations.forget(name);
  return ACCEPTED;
}

/**
 * `GET /system/function/NAME`: one function, with the next times of its schedule. CPU and memory are measured if the
 * query has `usage=1`.
 */
export async function describeFunction(call: Call, context: ApiContext): Promise<Answer> {
  const name = functionOf(call, context, call.subject);
  const usage = ['1', 'true'].includes(call.query.get('usage') ?? '');
  const status = await context.provider.status(name, { usage });
  const nextRuns = context.scheduler.isOn ? nextRunsOf(status.deployment) : [];
  return json({ ...statusJson(status), ...(nextRuns.length > 0 && { nextRuns }) });
}
