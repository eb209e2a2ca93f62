import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runFunction } from './dockerfile-function.ts';
import { Project } from './project.ts';

const DOCKERFILE = `FROM golang:1 AS go
WORKDIR /src
RUN go build -o /out/tool .
FROM node:20
WORKDIR /app
COPY --from=go /out/tool ./
COPY --from=alpine:3 /bin/busybox ./
ADD https://example.com/x.tar.gz ./
RUN apk add --no-cache ffmpeg && make all | tee log
RUN npm run absent
RUN test "$(printf ping | cat)" = ping && [ -n "$(date)" ]
RUN npm install -g npm@latest && ./make.sh
COPY package.json
RUN for name in a b; do mkdir $name && cp server.js $name; done && export A=$(date)
RUN cat <<END > lib.js && mkdir lib
npm run absent
mkdir wrong
END
RUN <<END
#!/usr/bin/env python3
mkdir wrong
END
COPY src ./
CMD ["node", "server.js"]
`;

test('what run cannot follow of a Dockerfile is told with its line', async (t) => {
  const running = await runFunction(t, { dockerfile: DOCKERFILE });
  assert.equal(await running.call('one'), 'server.js');
  const told = running.events.filter(({ event }) => event === 'note').map(({ text }) => text);
  assert.deepEqual(told, [
    'line 3 of the Dockerfile is not followed here: RUN go build -o /out/tool .',
    'line 6 of the Dockerfile is not followed here: COPY --from=go /out/tool ./',
    'line 7 of the Dockerfile is not followed here: COPY --from=alpine:3 /bin/busybox ./',
    'line 8 of the Dockerfile is not followed here: ADD https://example.com/x.tar.gz ./',
    'line 9 of the Dockerfile is not followed here: RUN apk add --no-cache ffmpeg',
    'line 9 of the Dockerfile is not followed here: RUN make all | tee log',
    'line 10 of the Dockerfile is not followed here: RUN npm run absent',
    'line 11 of the Dockerfile is not followed here: RUN test "$(printf ping | cat)" = ping',
    'line 12 of the Dockerfile is not followed here: RUN ./make.sh',
    'line 13 of the Dockerfile is not followed here: COPY package.json',
    'line 14 of the Dockerfile is not followed here: RUN for name in a b; do mkdir $name && cp server.js $name; done',
    'line 14 of the Dockerfile is not followed here: RUN export A=$(date)',
    'line 15 of the Dockerfile is not followed here: RUN cat <<END > lib.js',
    'line 19 of the Dockerfile is not followed here: RUN /usr/bin/env python3 <<END',
  ]);
});

test('a function that does not start tells the instructions that were not followed', async (t) => {
  const running = await runFunction(t, {
    dockerfile: 'FROM python:3\nRUN pip install flask\nCMD ["node", "missing.js"]\n',
  });
  const { text } = await running.until('note');
  assert.equal(text, 'line 2 of the Dockerfile is not followed here: RUN pip install flask');
  assert.equal((await running.untilEnded()).status, 11);
});

test('a path of COPY that the function does not have ends the run with its line', async (t) => {
  const project = await Project.create(t);
  await project.useTemplates('dockerfile');
  await project.writeStack({ one: 'lang: dockerfile' });
  await project.write('one/Dockerfile', 'FROM node:20\nCOPY lib ./lib\nCMD ["node", "lib/server.js"]\n');
  const { status, stderr } = await project.ofkit(['run', '-p', '0']);
  assert.equal(status, 9, stderr);
  assert.match(stderr, /one: line 2 of the Dockerfile copies lib, which is not in the build context/);
});

for (const [dockerfile, message] of [
  [
    'FROM node:20\nCOPYY src src\nCMD ["node", "src/server.js"]\n',
    /line 2 of the Dockerfile: COPYY is no instruction/,
  ],
  ['COPY src src\nCMD ["node", "src/server.js"]\n', /the Dockerfile has no FROM/],
] as const) {
  test(`a Dockerfile that no engine would build ends the run: ${message.source}`, async (t) => {
    const running = await runFunction(t, { dockerfile });
    const { status, stderr } = await running.untilEnded();
    assert.equal(status, 9, stderr);
    assert.match(stderr, message);
  });
}

test('a line of .dockerignore that is no pattern is named', async (t) => {
  const project = await Project.create(t);
  await project.useTemplates('dockerfile');
  await project.writeStack({ one: 'lang: dockerfile' });
  await project.write('one/Dockerfile', 'FROM node:20\nCOPY [b-a] .\nCMD ["node", "server.js"]\n');
  await project.write('one/.dockerignore', 'dist\n[b-a]*\n');
  const { status, stderr } = await project.ofkit(['run', '-p', '0']);
  assert.equal(status, 5, stderr);
  assert.match(stderr, /\.dockerignore has "\[b-a\]\*", which is no pattern/);
});
