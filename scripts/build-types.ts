import { copyFileSync, mkdirSync } from 'node:fs';

/** Makes dist/types: the types that authors of functions import from the package, made from those of the templates. */

const TYPES = {
  'event.d.ts': 'templates/node24/function/openfaas.d.ts',
  'web.d.ts': 'templates/ts-web/function/openfaas.d.ts',
};

mkdirSync('dist/types', { recursive: true });
for (const [name, source] of Object.entries(TYPES)) copyFileSync(source, `dist/types/${name}`);
