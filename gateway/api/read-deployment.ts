import { parseQuantity } from '../../common/quantity.ts';
import { GatewayError } from '../errors.ts';
import type { Deployment, Resources } from '../functions/deployment.ts';
import { DEPLOYMENT_FIELDS, statedResources } from '../functions/deployment-fields.ts';
import { isDnsLabel } from '../functions/function-name.ts';
import { isSecretName } from '../functions/secret-name.ts';
import { object, text } from '../json/shape.ts';
import { checkSchedule } from '../schedule/schedule.ts';
import type { ApiContext, Call } from './call.ts';
import { namespaceOf, shown } from './names.ts';

const DEPLOYMENT = object({ service: text, ...DEPLOYMENT_FIELDS });

/** The longest variable of a process, in bytes with its name, the = between and a byte at the end (execve(2)). */
const MOST_VARIABLE = 128 << 10;

/**
 * Reads the body of a deployment, and checks everything that does not depend on the existing functions.
 * @throws GatewayError REQUEST_INVALID, DEPLOYMENT_INVALID, NAMESPACE_UNKNOWN
 */
export async function readDeployment(call: Call, context: ApiContext): Promise<Deployment> {
  const { service, namespace, limits, requests, ...rest } = await call.readJson(DEPLOYMENT);
  if (service === '') throw invalid('service is required: the name of the function');
  if (rest.image === '') throw invalid('image is required');
  if (!isDnsLabel(service)) {
    throw invalid(
      `service ${shown(service)} is not a valid name for a function: lower case letters and digits, and - between them, 63 at most`,
    );
  }
  if (!isImage(rest.image)) throw invalid(`image ${shown(rest.image)} is not a valid name of an image`);
  for (const secret of rest.secrets) {
    if (!isSecretName(secret)) throw invalid(`secrets: ${shown(secret)} is not a valid name of a secret`);
  }
  checkVariables(rest.envVars);
  if (rest.envProcess.includes('\0'))
    throw invalid('envProcess contains a byte 0, which a command cannot have');
  checkLength('envProcess', 'fprocess', rest.envProcess);
  const limited = statedResources(limits);
  const requested = statedResources(requests);
  checkQuantities('limits', limited ?? {});
  checkQuantities('requests', requested ?? {});
  const deployment = {
    name: service,
    namespace: namespaceOf(call, context, namespace),
    ...rest,
    secrets: [...new Set(rest.secrets)],
    ...(limited && { limits: limited }),
    ...(requested && { requests: requested }),
  };
  checkSchedule(deployment, new Date());
  return deployment;
}

/** Whether a text is printable and has no spaces. The provider decides whether there is such an image. */
function isImage(image: string): boolean {
  return image.length <= 512 && /^[!-~]+$/.test(image);
}

function checkVariables(variables: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(variables)) {
    if (name === '' || /[=\0]/.test(name))
      throw invalid(`envVars: ${shown(name)} is not a valid name of a variable`);
    if (value.includes('\0')) {
      throw invalid(`envVars: ${shown(name)} has a byte 0 in its value, which a variable cannot have`);
    }
    checkLength(`envVars: ${shown(name)}`, name, value);
  }
}

/** Refuses a variable that is too long for a process: each start of the function would fail. */
function checkLength(field: string, name: string, value: string): void {
  if (Buffer.byteLength(name) + Buffer.byteLength(value) + 2 <= MOST_VARIABLE) return;
  throw invalid(
    `${field} is longer than 128 KiB, which no variable of a process can be: put it into a secret or the image`,
  );
}

function checkQuantities(field: string, quantities: Resources): void {
  for (const [name, quantity] of Object.entries(quantities)) {
    if (parseQuantity(quantity) === undefined)
      throw invalid(`${field}.${name}: ${shown(quantity)} is not a quantity such as 64Mi, 500m or 0.5`);
  }
}

function invalid(message: string): GatewayError {
  return new GatewayError('DEPLOYMENT_INVALID', message);
}
