import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runFunction, type FunctionParts } from './dockerfile-function.ts';

/** Forms of Dockerfiles and of their commands, and what their working folders have in the end. */
const cases: readonly (FunctionParts & { readonly what: string; readonly answer: string })[] = [
  {
    what: 'lines that the escape directive continues, several ARGs in a line, and CMD before ENTRYPOINT',
    dockerfile: `# escape=\`
FROM node:20
ARG SOURCE=src TARGET="my code"
ARG NAME OTHER
WORKDIR /app
COPY src \`
  src
RUN mkdir "$TARGET" && \`
    # between
    cp src/server.js "$TARGET/$NAME"
CMD ["src/server.js"]
ENTRYPOINT ["node"]
`,
    buildArgs: 'build_args:\n  NAME: given.js',
    answer: 'my code/given.js src/server.js',
  },
  {
    what: 'ONBUILD of an earlier stage',
    dockerfile: `FROM node:20 AS base
WORKDIR /app
ONBUILD COPY src src
ONBUILD ENV OUT=made
ONBUILD RUN mkdir $OUT && cp src/server.js $OUT/
FROM base
ONBUILD COPY package.json .
CMD ["node", "src/server.js"]
`,
    answer: 'made/server.js src/server.js',
  },
  {
    what: 'variables that the command of the image sets, as a line for a shell',
    dockerfile: `FROM ghcr.io/openfaas/of-watchdog:0.10.1 AS watchdog
FROM node:20
COPY --from=watchdog /fwatchdog /usr/bin/fwatchdog
WORKDIR /app
COPY src .
ENV FILE=server.js
CMD export mode=http && upstream_url=http://127.0.0.1:3000 fprocess="node $FILE" exec fwatchdog
`,
    answer: 'server.js',
  },
  {
    what: 'variables that the command of the image sets by env',
    dockerfile: `FROM ghcr.io/openfaas/of-watchdog:0.10.1 AS watchdog
FROM node:20
WORKDIR /app
COPY src .
ENTRYPOINT ["/usr/bin/tini", "--", "env", "mode=http", "upstream_url=http://127.0.0.1:3000"]
CMD ["fprocess=node server.js", "fwatchdog"]
`,
    answer: 'server.js',
  },
  {
    what: 'an init process before a plain server',
    dockerfile: `FROM node:20
WORKDIR /app
COPY src .
ENTRYPOINT ["/sbin/tini", "-g", "--"]
CMD ["node", "server.js"]
`,
    answer: 'server.js',
  },
  {
    what: 'files that are removed, made empty, and linked',
    dockerfile: `FROM node:20
WORKDIR /app
COPY . .
RUN rm -rf Dockerfile package.json /var/lib/apt/lists/* && touch made /var/log/unmade
RUN ln -s /app/src/server.js /usr/local/bin/start && ln -sf src/server.js start.js
CMD ["node", "start.js"]
`,
    answer: 'made src/server.js start.js',
  },
  {
    what: 'a document for a shell that is named',
    dockerfile: `FROM node:20
WORKDIR /app
COPY src src
RUN bash -e <<"END"
mkdir out
cp src/server.js out/
END
CMD ["node", "src/server.js"]
`,
    answer: 'out/server.js src/server.js',
  },
  {
    what: 'groups of commands that a condition runs or does not, and variables that nobody has set',
    dockerfile: `ARG MISSING=outside
FROM node:20
WORKDIR /app
COPY src src
RUN [ -d src ] || (mkdir wrong; cp src/server.js wrong/ && exit 1) ; mkdir right$MISSING
RUN [ -d gone ] && { mkdir wrong; cp src/server.js wrong/; } || cp src/server.js right/
RUN A=more B=over; mkdir $A$B && cp src/server.js $A$B/
CMD ["node", "src/server.js"]
`,
    answer: 'moreover/server.js right/server.js src/server.js',
  },
  {
    what: "a program by its path in the base image, and a .dockerignore of the Dockerfile's own",
    dockerfile: `FROM gcr.io/distroless/nodejs20
WORKDIR /app
COPY . .
CMD ["/nodejs/bin/node", "/app/src/server.js"]
`,
    files: { 'Dockerfile.dockerignore': '\uFEFFpackage.json\r\nDockerfile*\r\n', '.dockerignore': 'src\n' },
    answer: '.dockerignore src/server.js',
  },
  {
    what: 'texts within the Dockerfile, paths that keep their folders, and paths that are left out',
    dockerfile: `FROM node:20
ARG FILE=server.js
WORKDIR /app
COPY --chmod=u=rwx,go=rx <<-"END" /usr/local/bin/start
\t#!/bin/sh
\t# $FILE stays
\tset -- \\
\t  node "$1"
\tshift 0; exec "$@"
\tEND
COPY <<made.txt <<-more.txt ./texts/
$FILE
made.txt
\tEND
\tmore.txt
COPY <<END names.txt
$FILE
END
RUN grep -q server.js names.txt && mv names.txt checked.txt
COPY --parents ./lib/**/package.json ./a/./b/c.txt ./
COPY --exclude=*.md --exclude=**/deep docs README.md docs/
COPY src .
CMD ["start", "server.js"]
`,
    files: {
      'lib/one/package.json': '{}',
      'lib/one/index.js': '',
      'a/b/c.txt': '',
      'docs/a.md': '',
      'docs/a.txt': '',
      'docs/deep/b.txt': '',
      'README.md': '',
    },
    answer: 'b/c.txt checked.txt docs/a.txt lib/one/package.json server.js texts/made.txt texts/more.txt',
  },
  {
    what: 'programs that start another, commands that nobody waits for, and files without an extension',
    dockerfile: `FROM node:20
WORKDIR /app
COPY . .
RUN node --version && command -v yarn && env OUT=one npm run touch
RUN time nice -n 5 npm run touch two && su - node -c "npm run touch three" && gosu node npm run touch four
RUN npm run touch five >/dev/null 2>&1 & npm run touch "six & seven"; wait
RUN node scripts/make && pnpm fetch --prod && pnpm install -r --offline
RUN rm -r scripts Dockerfile package.json
CMD ["node", "src/server.js"]
`,
    scripts: { touch: 'touch $OUT' },
    files: { 'scripts/make.js': "require('node:fs').writeFileSync('made', '');\n" },
    answer: 'five four made one six & seven src/server.js three two',
  },
  {
    what: "packages of the base image, or of the developer's disk, that a script and the function use",
    dockerfile: `FROM registry.example.com/with-packages AS build
WORKDIR /app
COPY . .
RUN npm run build
FROM registry.example.com/with-packages
WORKDIR /app
COPY package.json .
COPY tool tool
COPY --from=build /app/dist .
CMD ["node", "server.js"]
`,
    files: {
      'tool/package.json': JSON.stringify({ name: 'own-tool', version: '1.0.0', bin: 'tool.js' }),
      'tool/tool.js': "#!/usr/bin/env node\nrequire('node:fs').cpSync('src', 'dist', { recursive: true });\n",
      'package.json': JSON.stringify({
        scripts: { build: 'own-tool' },
        dependencies: { 'own-tool': 'file:./tool' },
      }),
    },
    answer: 'node_modules package.json server.js tool/package.json tool/tool.js',
  },
];

for (const { what, answer, ...parts } of cases) {
  test(`run reads a Dockerfile as an engine does: ${what}`, async (t) => {
    const running = await runFunction(t, parts);
    assert.equal(await running.call('one'), answer);
    assert.deepEqual(
      running.events.filter(({ event }) => event === 'note'),
      [],
    );
  });
}
