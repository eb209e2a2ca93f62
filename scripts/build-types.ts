import { copyFileSync, mkdirSync } from 'node:fs';

/** Makes dist/types: what those who write functions import from the package, as the templates have it. */

const TYPES = {
  'event.d.ts': 'templates/node24/function/openfaas.d.ts',
  'web.d.ts': 'templates/ts-web/function/openfaas.d.ts',
};

mkdirSync('dist/types', { recursive: true });
for (const [name, source] of Object.entries(TYPES)) copyFileSync(source, `dist/types/${name}`);
