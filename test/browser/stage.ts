import { setTimeout as sleep } from 'node:timers/promises';
import type { Owner } from '../support/owner.ts';
import { deploy, makeTalkerImage } from '../support/local-image.ts';
import { startGateway, type OfGateway } from '../support/of-gateway.ts';

const IMAGES = {
  checkout: 'shop/checkout:2.8.1',
  orders: 'shop/orders:1.14.0',
  thumbnails: 'media/thumbnails:0.9.3',
  mailer: 'shop/mailer:3.1.0',
  search: 'shop/search:5.2.2',
  'nightly-report': 'finance/reports:1.0.7',
  archive: 'finance/archive:1.2.0',
  importer: 'finance/importer:0.4.0',
} as const;

const ANNOTATIONS = {
  'nightly-report': { topic: 'cron-function', schedule: 'CRON_TZ=Europe/Berlin 0 3 * * *' },
  search: { topic: 'cron-function', schedule: '*/5 * * * *' },
} as const;

/** A gateway with a small shop's functions, as the pictures show it. */
export async function startStage(owner: Owner): Promise<OfGateway> {
  const gateway = await startGateway(owner);
  for (const image of Object.values(IMAGES)) makeTalkerImage(gateway.folder, image);
  await gateway.api('POST', '/system/secrets', { body: { name: 'smtp-password', value: 'x' } });
  await gateway.api('POST', '/system/secrets', { body: { name: 'payment-key', value: 'x' } });
  await gateway.api('POST', '/system/secrets', { body: { name: 'report-signing-key', value: 'x' } });
  for (const [service, image] of Object.entries(IMAGES)) {
    await deploy(gateway, {
      service,
      image,
      labels: {
        team: image.split('/')[0],
        ...(service === 'orders' && { 'com.openfaas.scale.min': '3' }),
      },
      annotations: {
        'com.openfaas.retry.attempts': '1',
        ...ANNOTATIONS[service as keyof typeof ANNOTATIONS],
      },
      envVars: { exec_timeout: '30s', log_level: 'info', PAYMENT_TOKEN: 'x' },
      ...(service === 'mailer' && { secrets: ['smtp-password'] }),
      ...(service === 'importer' && { envProcess: 'node missing.mjs' }),
    });
  }
  await gateway.api('POST', '/system/scale-function/archive', { body: { replicas: 0 } });
  return gateway;
}

/** Calls them for so long, some more than others; a few calls fail. */
export async function play(gateway: OfGateway, ms: number): Promise<void> {
  const end = performance.now() + ms;
  const call = async (path: string, pause: number): Promise<void> => {
    for (let at = 0; performance.now() < end; at += 1) {
      await gateway.request({ method: 'POST', path: `/function/${path}`, body: '{"item":"pear","count":2}' });
      await sleep(pause * (1 + 0.6 * Math.sin(at / 7)));
    }
  };
  await Promise.all([
    call('checkout?ms=18', 45),
    call('checkout?ms=35', 70),
    call('orders?ms=42', 80),
    call('orders?ms=90', 120),
    call('orders/status?code=503', 1900),
    call('thumbnails?ms=310', 200),
    call('search?ms=4', 60),
    call('mailer?ms=120', 900),
  ]);
}
