import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runFunction, type FunctionParts } from './dockerfile-function.ts';

const WATCHDOG = 'FROM ghcr.io/openfaas/of-watchdog:0.10.1 AS watchdog\n';
const HTTP = 'ENV mode=http upstream_url=http://127.0.0.1:3000\nCMD ["fwatchdog"]\n';

/** Functions in the forms that public ones have, and what their working folders have in the end. */
const cases: readonly (FunctionParts & { readonly what: string; readonly answer: string })[] = [
  {
    what: 'a compiled folder becomes the working folder',
    dockerfile: `${WATCHDOG}FROM node:20 AS build
WORKDIR /app
COPY package.json ./
COPY src ./src
RUN npm ci && npm run build
FROM node:20
COPY --from=watchdog /fwatchdog /usr/bin/fwatchdog
WORKDIR /srv/fn
COPY --from=build /app/dist ./
ENV fprocess="node server.js"
${HTTP}`,
    scripts: { build: 'mkdir dist && cp -r src/. dist && touch dist/built' },
    files: { 'src/extra.txt': '', 'unused.txt': '' },
    answer: 'built extra.txt server.js',
  },
  {
    what: 'folders that lie elsewhere in the image',
    dockerfile: `FROM node:20
COPY src/ /opt/app/lib/
COPY package*.json *.txt /opt/app/
WORKDIR /opt/app
EXPOSE 8080
CMD ["node", "/opt/app/lib/server.js"]
`,
    files: { 'one.txt': '', 'two.md': '' },
    answer: 'lib/server.js one.txt package.json',
  },
  {
    what: 'a program outside of the working folder',
    dockerfile: `FROM node:20
COPY src /srv/code
COPY --chmod=755 start.sh /usr/local/bin/start
WORKDIR /data
RUN mkdir -p cache && chmod 777 cache
COPY one.txt cache/
ENV HOME=/data PATH=/usr/local/bin:$PATH
ENTRYPOINT ["start"]
CMD ["/srv/code/server.js"]
`,
    files: { 'start.sh': '#!/bin/sh\nexec node "$@"\n', 'one.txt': '' },
    answer: 'cache/one.txt',
  },
  {
    what: 'arguments and variables in every place',
    dockerfile: `ARG BASE=build
ARG OUT
FROM node:\${VERSION:-20} AS build
ARG OUT=out
ARG APP_DIR=/home/\${USER_NAME:-app}
ENV SOURCE=src
WORKDIR $APP_DIR
COPY \${SOURCE}/ \${APP_DIR}/code/
COPY package.json .
ARG SCRIPT
RUN npm run \${SCRIPT:-missing}
FROM \${BASE} AS final
COPY --from=build \${APP_DIR}/code/\${NAME:-server.js} ./
ENV fprocess="node \${SOURCE:+server.js}"
${HTTP}`,
    scripts: { bundle: 'touch $OUT' },
    buildArgs: 'build_args:\n  SCRIPT: bundle\n  OUT: given',
    answer: 'code/server.js given package.json server.js',
  },
  {
    what: 'commands in a folder, one after another, in JSON, and as a text for a shell',
    dockerfile: `FROM node:20
WORKDIR /app
COPY . .
RUN cd function && npm run one
RUN (cd function && npm run --silent two) ; npm run three -- more
RUN ["npm", "--prefix", "function", "run", "four"]
RUN ["/bin/sh", "-c", "cd function && npm run five"]
RUN sh -ec 'npm run six'
RUN --mount=type=cache,target=/root/.npm \\
    # between
    set -eux; \\
    NAME=seven npm run named
CMD node src/server.js
`,
    scripts: { three: 'touch three', six: 'touch six', named: 'touch $NAME' },
    files: {
      'function/package.json': JSON.stringify({
        scripts: { one: 'touch one', two: 'touch two', four: 'touch four', five: 'touch five' },
      }),
    },
    answer:
      'Dockerfile function/five function/four function/one function/package.json function/two more ' +
      'package.json seven six src/server.js three',
  },
  {
    what: 'files that .dockerignore keeps out',
    dockerfile: 'FROM node:20\nWORKDIR /app\nCOPY . .\nCMD ["node", "src/server.js"]\n',
    files: {
      '.dockerignore':
        '# not for the image\nDockerfile\n**/*.md\n!docs/kept.md\n/out/\n**/secret?\n.dockerignore\n',
      'docs/kept.md': '',
      'docs/gone.md': '',
      'gone.md': '',
      'out/gone.js': '',
      'src/out/kept.js': '',
      'src/deep/secret1': '',
    },
    answer: 'docs/kept.md package.json src/out/kept.js src/server.js',
  },
  {
    what: 'only what the Dockerfile runs, and the branch of a condition that holds',
    dockerfile: `FROM node:20 AS unused
RUN npm run unused
FROM node:20
WORKDIR /app
COPY . ./
ENV WITH_TYPES=yes
RUN if [ "$WITH_TYPES" = "yes" ] && [ -f package.json ]; then npm run yes; else npm run no; fi
RUN if [ -f /app/none ]; then npm run no; elif [ -d /app/src ]; then npm run elif; fi
RUN [ -f none ] && npm run no || npm run or
ARG ADDITIONAL_PACKAGE
RUN [[ -f none || -d "/app/src" ]] && npm run double && apk --no-cache add \${ADDITIONAL_PACKAGE}
RUN npm run broken || true
RUN npm run absent --if-present
CMD ["node", "src/server.js"]
`,
    scripts: {
      yes: 'touch yes',
      no: 'touch no',
      elif: 'touch elif',
      or: 'touch or',
      double: 'touch double',
      unused: 'touch unused',
      broken: 'exit 1',
      build: 'touch wrong',
    },
    answer: 'Dockerfile double elif or package.json src/server.js yes',
  },
  {
    what: 'a package of the lock-file, its program by npx and by its path, and packages that a stage hands on',
    dockerfile: `FROM node:20 AS deps
WORKDIR /deps
COPY package.json ./
COPY tool ./tool
RUN npm install --production || :
FROM node:20 AS build
WORKDIR /deps
COPY --from=deps /deps/node_modules ./node_modules
COPY src src
COPY tool tool
RUN npm install --global ./tool && own-tool third
RUN npx --no-install own-tool first && ./node_modules/.bin/own-tool second
FROM node:20
RUN apk --no-cache add nodejs-current tini && mkdir -p /app/node_modules
WORKDIR /app
COPY --from=deps /deps/node_modules/ ./node_modules/
COPY --from=1 /deps/first /deps/second /deps/third /deps/src/server.js ./
CMD ["node", "server.js"]
`,
    files: {
      'tool/package.json': JSON.stringify({ name: 'own-tool', version: '1.0.0', bin: 'tool.js' }),
      'tool/tool.js': "#!/usr/bin/env node\nrequire('node:fs').writeFileSync(process.argv[2], '');\n",
      'package.json': JSON.stringify({ dependencies: { 'own-tool': 'file:./tool' } }),
    },
    answer: 'first node_modules second server.js third',
  },
  {
    what: 'files that are mounted for a command, and a document of commands',
    dockerfile: `FROM node:20
WORKDIR /app
RUN --mount=type=bind,source=package.json,target=package.json --mount=type=cache,target=/root/.npm \\
    npm ci --omit=dev && npm run mounted; exit 0
COPY src ./
RUN --mount=type=bind,source=package.json,target=package.json <<END
set -e
npm run first
npm run second
END
CMD ["node", "server.js"]
`,
    scripts: { mounted: 'touch mounted', first: 'touch first', second: 'touch second' },
    // what is mounted is not in the image
    answer: 'first mounted second server.js',
  },
  {
    what: 'a stage that begins with another, a file of its own for Node, and files that are moved',
    dockerfile: `FROM node:20-alpine AS base
ENV NODE_ENV=production OUT=/work/out
WORKDIR /work
COPY . .
FROM base AS build
RUN node make.js $OUT && cp -r src/server.js out/ && mv out/made out/moved
FROM base
WORKDIR /app
COPY --from=build --chown=node:node /work/out .
CMD ["node", "server.js"]
`,
    files: {
      'make.js':
        "const { mkdirSync, writeFileSync } = require('node:fs');\nmkdirSync(process.argv[2]);\n" +
        "writeFileSync(process.argv[2] + '/made', '');\n" +
        "writeFileSync(process.argv[2] + '/' + process.env.NODE_ENV, '');\n",
    },
    answer: 'moved production server.js',
  },
];

for (const { what, answer, ...parts } of cases) {
  test(`run follows a Dockerfile: ${what}`, async (t) => {
    const running = await runFunction(t, parts);
    assert.equal(await running.call('one'), answer);
    assert.deepEqual(
      running.events.filter(({ event }) => event === 'note'),
      [],
    );
  });
}
