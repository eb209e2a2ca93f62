import { messageOf } from '../../common/errors.ts';
import { GatewayError, isFunctionUnknown } from '../errors.ts';
import { readFunctionName } from '../functions/function-name.ts';
import { MOST_REPLICAS } from '../functions/replicas.ts';
import { count, listOf, object, text } from '../json/shape.ts';
import { ACCEPTED, type Answer } from './answer.ts';
import type { ApiContext, Call } from './call.ts';
import { functionOf } from './names.ts';
import { replicasAfterAlert } from './replicas-after-alert.ts';

/** The fields of the body. Clients also send `serviceName` or `service`, but only the name in the path counts. */
const SCALING = object({ replicas: count, namespace: text });

/** `POST /system/scale-function/NAME`. */
export async function scaleFunction(call: Call, context: ApiContext): Promise<Answer> {
  const { replicas, namespace } = await call.readJson(SCALING);
  if (replicas === undefined) {
    throw new GatewayError('REQUEST_INVALID', 'replicas is required: a whole number from 0');
  }
  if (replicas > MOST_REPLICAS) {
    throw new GatewayError('REQUEST_INVALID', `replicas: ${replicas} is over the limit of ${MOST_REPLICAS}`);
  }
  await context.provider.scale(functionOf(call, context, call.subject, namespace), replicas);
  return ACCEPTED;
}

const ALERTS = object({ alerts: listOf(object({ status: text, labels: object({ function_name: text }) })) });

/** `POST /system/alert`: scales functions by alerts of AlertManager about their load. */
export async function takeAlert(call: Call, context: ApiContext): Promise<Answer> {
  const { alerts } = await call.readJson(ALERTS);
  const failures: string[] = [];
  for (const { status, labels } of alerts) {
    if (labels.function_name === '') continue;
    const name = readFunctionName(labels.function_name, context.defaultNamespace);
    try {
      const { deployment, replicas } = await context.provider.status(name, { usage: false });
      const wanted = replicasAfterAlert(status === 'firing', replicas, deployment.labels);
      if (wanted !== replicas) await context.provider.scale(name, wanted);
    } catch (thrown) {
      if (isFunctionUnknown(thrown)) continue; // it was removed meanwhile
      failures.push(messageOf(thrown));
    }
  }
  if (failures.length > 0) throw new GatewayError('INTERNAL', failures.join('; '));
  return { status: 200 };
}
