import { GatewayError } from '../errors.ts';
import { COMMIT, RELEASE } from '../version.ts';
import { json, text, type Answer } from './answer.ts';
import type { ApiContext, Call } from './call.ts';
import { openapiText } from './openapi-text.ts';

/** The names of CPU architectures as `uname -m` prints them. Clients show them. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64' };

/** `GET /system/info`. */
export function describeGateway(_call: Call, { provider }: ApiContext): Answer {
  const version = { sha: COMMIT, release: RELEASE };
  return json({ provider: provider.identity, version, arch: ARCHITECTURES[process.arch] ?? process.arch });
}

/** `GET /system/timeouts`: the timeouts of calls, in milliseconds; 0: no limit. */
export function tellTimeouts(_call: Call, { timeouts }: ApiContext): Answer {
  return json(timeouts);
}

/** `GET /system/telemetry`: a route of OpenFaaS's, answered as unknown because this gateway gathers no telemetry. */
export function refuseTelemetry(): never {
  throw new GatewayError('ROUTE_UNKNOWN', '404 page not found');
}

/** `GET /openapi.yaml`: the description of the API for machines. */
export function serveDocument(): Answer {
  return { status: 200, headers: { 'Content-Type': 'application/yaml' }, body: openapiText };
}

/** `GET /healthz`: whether the provider answers. */
export async function checkHealth(_call: Call, { provider }: ApiContext): Promise<Answer> {
  await provider.checkHealth();
  return text(200, 'OK');
}

/** `GET /metrics`: the same as on metrics_port, for clients that can reach only one port. */
export async function showMetrics(_call: Call, { metrics }: ApiContext): Promise<Answer> {
  const { contentType, body } = await metrics.render();
  return { status: 200, headers: { 'Content-Type': contentType }, body };
}
