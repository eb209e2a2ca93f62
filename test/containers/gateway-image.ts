import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { podman } from './container.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The image of Dockerfile.gateway. */
export const GATEWAY_IMAGE = 'localhost/of-gateway:test';

/** Builds it; once that was done it takes no time. */
export async function buildGatewayImage(): Promise<void> {
  const file = join(ROOT, 'Dockerfile.gateway');
  await podman('build', '--quiet', '--format=docker', '-f', file, '-t', GATEWAY_IMAGE, ROOT);
}
