import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { Project } from './project.ts';

/** Contents of people's stack files, and the messages about them with their lines. */

const HEAD = 'provider: { name: openfaas }\nfunctions:\n';
const ONE = '  one: { lang: plain, handler: ./one, image: one }\n';

const faults: readonly [what: string, text: string, message: RegExp][] = [
  [
    'a misspelt alias that is merged',
    `${HEAD}  one:\n    <<: *comon\n`,
    /stack\.yaml line 4: \*comon names no anchor/,
  ],
  ['a misspelt alias for a value', `${HEAD}  one:\n    environment: *x\n`, /line 4: \*x names no anchor/],
  ['a misspelt alias in a list', `${HEAD}  one:\n    secrets: [*key]\n`, /line 4: \*key names no anchor/],
  ['an alias that nobody asks for', `x-mine: *gone\n${HEAD}${ONE}`, /line 1: \*gone names no anchor/],
  ['an anchor in itself', `${HEAD}  one: &a\n    environment: *a\n`, /line 4: \*a stands within &a itself/],
  ['a merge of itself', `${HEAD}  one: &a\n    <<: *a\n`, /line 4: \*a stands within &a itself/],
  [
    'a function that stands twice',
    `${HEAD}${ONE}${ONE}`,
    /line 4: function one stands twice, first on line 3/,
  ],
  [
    'a second merge',
    `${HEAD}  one:\n    <<: &a {}\n    <<: *a\n`,
    /line 5: functions\.one\.<< stands twice.*<<: \[\*a, \*b\]/,
  ],
  ['a key that is a list', `${HEAD}  ? [one]\n  : {}\n`, /line 3: a key of functions is to be a text/],
  ['nothing but a comment', '# mine\n', /stack\.yaml is empty/],
  [
    'another provider',
    'provider: { name: faas }\n',
    /stack\.yaml line 1: provider\.name is to be "openfaas", not "faas"/,
  ],
  ['a byte 0', `${HEAD}${ONE}# \0`, /stack\.yaml line 4 has a byte 0/],
  [
    'a variable with a byte 0',
    `${HEAD}  one: { lang: plain, image: one, environment: { A: "a\\0b" } }\n`,
    /stack\.yaml line 3: "A" in the environment of one cannot be a variable/,
  ],
  ['endless nesting', `${HEAD}  one: ${'['.repeat(20_000)}`, /nested too deep|not valid YAML/],
];

for (const [what, text, message] of faults) {
  test(`${what} is status 5, with its line`, async (t) => {
    const project = await Project.create(t);
    await project.write('stack.yaml', text);
    const { status, stderr } = await project.ofkit(['generate', '--target', 'openfaas']);
    assert.match(stderr, message);
    assert.equal(status, 5);
  });
}

test('a misspelt alias in template.yml and in an environment_file is status 5', async (t) => {
  const project = await Project.create(t);
  await project.write(
    'stack.yaml',
    `${HEAD}  one: { lang: bad, handler: ./one, image: one, environment_file: [env.yml] }\n`,
  );
  await project.write('template/bad/template.yml', 'language: bad\nfprocess: *gone\n');
  await project.write('env.yml', 'environment:\n  A: *gone\n');
  await project.write('one/handler.js', '');
  const built = await project.ofkit(['build', '--shrinkwrap']);
  assert.deepEqual([built.status, /template\.yml line 2: \*gone/.test(built.stderr)], [5, true]);
  const generated = await project.ofkit(['generate', '-t', 'openfaas']);
  assert.deepEqual([generated.status, /env\.yml line 2: \*gone/.test(generated.stderr)], [5, true]);
});

test('a file in another encoding is read, or its line is named', async (t) => {
  const project = await Project.create(t);
  const generate = (file: string) => project.ofkit(['generate', '-t', 'openfaas', '-f', file]);
  const wide = Buffer.from(`\uFEFF${HEAD}${ONE}`, 'utf16le');
  for (const [file, bytes] of [
    ['little.yaml', wide],
    ['big.yaml', Buffer.from(wide).swap16()],
  ] as const) {
    await writeFile(project.path(file), bytes);
    const { status, stdout, stderr } = await generate(file);
    assert.deepEqual([status, /\n {2}name: one\n/.test(stdout)], [0, true], stderr);
  }
  await writeFile(project.path('latin.yaml'), Buffer.from(`${HEAD}${ONE}# caf\u00e9\n`, 'latin1'));
  const { status, stderr } = await generate('latin.yaml');
  assert.deepEqual([status, /latin\.yaml line 4 is not UTF-8/.test(stderr)], [5, true], stderr);
  const url = await generate('https://example.com/stack.yml');
  assert.deepEqual([url.status, /is a URL, and a stack file is a file/.test(url.stderr)], [3, true]);
});

const ENVIRONMENTS: readonly [what: string, text: string, message: RegExp][] = [
  ['variables outside of environment', '# mine\nA: file\n', /env line 2: A stands outside of environment/],
  ['a blank in a name', 'A B=1\n', /env line 1: "A B" is no name of a variable/],
  ['a value of two lines', 'A="one\ntwo"\n', /env line 2: "two"" is no name of a variable.*in one line/],
  ['no name', '=1\n', /env line 1: "" is no name of a variable/],
  ['a byte 0', 'A=1\nB=\0\n', /environment_file env of one line 2 has a byte 0/],
];

for (const [what, text, message] of ENVIRONMENTS) {
  test(`an environment_file with ${what} is status 5, with its line`, async (t) => {
    const project = await Project.create(t);
    await project.write('stack.yaml', `${HEAD}  one: { lang: plain, image: one, environment_file: [env] }\n`);
    await project.write('env', text);
    const { status, stderr } = await project.ofkit(['generate', '--target', 'openfaas']);
    assert.match(stderr, message);
    assert.equal(status, 5);
  });
}

test('lang dockerfile may be written in any case', async (t) => {
  const project = await Project.create(t);
  await project.writeStack({ one: 'lang: DockerFile' });
  await project.write('one/Dockerfile', 'FROM x\n');
  const { status, stdout, stderr } = await project.ofkit(['build', '--shrinkwrap']);
  assert.deepEqual([status, stdout], [0, 'one: build/one\n'], stderr);
});

test('merges of merges take no time, and an explicit or earlier key wins', async (t) => {
  const project = await Project.create(t);
  const levels = Array.from(
    { length: 60 },
    (_, n) => `x${n + 1}: &x${n + 1} { <<: [*x${n}, *x${n}], k${n}: "${n}", A: "${n}" }\n`,
  );
  await project.write(
    'stack.yaml',
    `x0: &x0 { A: zero }\n${levels.join('')}${HEAD}  one: { lang: plain, handler: ./one, image: one, environment: { <<: *x60, k3: mine } }\n`,
  );
  const { status, stdout, stderr } = await project.ofkit(['generate', '-t', 'openfaas']);
  assert.equal(status, 0, stderr);
  assert.match(stdout, /\n {4}A: "59"\n/);
  assert.match(stdout, /\n {4}k3: mine\n/);
});

for (const rest of [
  '---\n',
  '---\nfunctions: [ not, looked, at\n',
  '...\n---\nprovider: { name: other }\n',
]) {
  test(`the first document counts: ${JSON.stringify(rest)} behind it`, async (t) => {
    const project = await Project.create(t);
    await project.useTemplates('plain');
    await project.write('stack.yaml', `${HEAD}${ONE}${rest}`);
    await project.write('one/handler.js', '');
    const { status, stdout, stderr } = await project.ofkit(['build', '--shrinkwrap']);
    assert.deepEqual([status, stdout], [0, 'one: build/one\n'], stderr);
  });
}

const NAMED = `${HEAD}  with_go_modules: { lang: plain, handler: ./one, image: a, secrets: [My_Secret] }\n${ONE}  ${'x'.repeat(64)}: { lang: plain, handler: ./one, image: c }\n`;

test('a name that is no DNS label is refused where it matters, and harms no other function', async (t) => {
  const project = await Project.create(t);
  await project.useTemplates('plain');
  await project.write('stack.yaml', NAMED);
  await project.write('one/handler.js', '');
  const built = await project.ofkit(['build', '--shrinkwrap']);
  assert.equal(built.status, 0, built.stderr);
  for (const target of ['compose', 'openfaas', 'kubernetes', 'knative']) {
    const other = await project.ofkit(['generate', 'one', '-t', target]);
    assert.equal(other.status, 0, other.stderr);
    const { status, stderr } = await project.ofkit(['generate', 'with_go_modules', '-t', target]);
    const strict = target === 'kubernetes' || target === 'knative';
    assert.equal(status, strict ? 5 : 0, stderr);
    if (strict) assert.match(stderr, /stack\.yaml line 3: function name "with_go_modules" can only contain/);
    const long = await project.ofkit(['generate', 'x'.repeat(64), '-t', target]);
    assert.equal(long.status, strict ? 5 : 0, long.stderr);
  }
  const made = await project.ofkit(['new', 'x'.repeat(64), '--lang', 'plain', '--append', 'stack.yaml']);
  assert.equal(made.status, 2);
});

test('what cannot be made here is left out with a note, and refused by its name', async (t) => {
  const project = await Project.create(t);
  await project.useTemplates('plain');
  const others =
    '  ready: { image: ready }\n  skipped: { lang: plain, handler: ./one, image: s, skip_build: true }\n';
  await project.write('stack.yaml', `${HEAD}${ONE}${others}`);
  await project.write('one/handler.js', "module.exports = () => 'one';");
  const built = await project.ofkit(['build', '--shrinkwrap']);
  assert.deepEqual([built.status, built.stdout], [0, 'one: build/one\n'], built.stderr);
  assert.match(built.stderr, /note: ready has no lang, .*stack\.yaml line 4/);
  assert.match(built.stderr, /note: skipped has skip_build: .*stack\.yaml line 5/);
  for (const command of ['build', 'run', 'up']) {
    for (const [name, line] of [
      ['ready', 4],
      ['skipped', 5],
    ]) {
      const { status, stderr } = await project.ofkit([command, String(name)]);
      assert.deepEqual(
        [status, stderr.startsWith(`ofkit: stack.yaml line ${line}: ${name} `)],
        [5, true],
        stderr,
      );
    }
  }
  const running = project.start(['up', '--json', '-p', '0']);
  assert.equal(await running.call('one'), 'one');
  await running.until('note', (event) => event.function === 'ready');
  await running.until('note', (event) => event.function === 'skipped');
  await running.interrupt();
});

test('a function whose name no gateway takes is run alone, left out of up, and refused there by its name', async (t) => {
  const project = await Project.create(t);
  await project.useTemplates('plain');
  await project.write('stack.yaml', NAMED.replace('[My_Secret]', '[]'));
  await project.write('one/handler.js', "module.exports = () => 'one';");
  for (const name of ['with_go_modules', 'x'.repeat(64)]) {
    const alone = project.start(['run', name, '--json', '-p', '0']);
    assert.equal(await alone.call(name), 'one');
    await alone.interrupt();
  }
  const { status, stderr } = await project.ofkit(['up', 'with_go_modules', '-p', '0']);
  assert.match(stderr, /^ofkit: stack\.yaml line 3: with_go_modules has a name that no gateway takes/);
  assert.equal(status, 5);
  const running = project.start(['up', '--json', '-p', '0']);
  assert.equal(await running.call('one'), 'one');
  await running.until('note', (event) => event.function === 'with_go_modules');
  await running.interrupt();
});

for (const [what, lines, message] of [
  [
    'a quantity',
    'limits: { memory: lots }',
    /stack\.yaml line 6: one cannot be deployed: limits\.memory: "lots"/,
  ],
  ['a namespace', 'namespace: My NS', /stack\.yaml line 6: one cannot be deployed: name "My NS"/],
] as const) {
  test(`what the gateway refuses, such as ${what}, has the function's line`, async (t) => {
    const project = await Project.create(t);
    await project.useTemplates('plain');
    await project.writeStack({ one: `lang: plain\n${lines}` });
    await project.write('one/handler.js', "module.exports = () => 'one';");
    const { status, stderr } = await project.ofkit(['run', '-p', '0']);
    assert.match(stderr, message);
    assert.equal(status, 5);
  });
}
