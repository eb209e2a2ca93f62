import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Project } from './project.ts';

const HEAD = 'version: 1.0\nprovider:\n  name: openfaas\n  gateway: http://127.0.0.1:8080\n';
const ONE = '  one:\n    lang: plain\n    handler: ./one\n    image: one:latest\n';
const TWO = '  two:\n    lang: plain\n    handler: ./two\n    image: two:latest\n';

/** The content of the file before and after. */
const cases = [
  ['as faas-cli leaves it', `${HEAD}functions:\n${ONE}\n`, `${HEAD}functions:\n${ONE}\n${TWO}\n`],
  [
    'with comments, quotes and substitutions',
    `# mine\n${HEAD}functions:\n${ONE}    environment: # why\n      key: 'it''s' # so\n      tag: \${TAG:-none}\n`,
    `# mine\n${HEAD}functions:\n${ONE}    environment: # why\n      key: 'it''s' # so\n      tag: \${TAG:-none}\n${TWO}\n`,
  ],
  [
    'with functions that are not last',
    `functions:\n${ONE}\n# where they go\n${HEAD}`,
    `functions:\n${ONE}\n${TWO}\n# where they go\n${HEAD}`,
  ],
  [
    'with another indentation',
    `${HEAD}functions:\n    one:\n        lang: plain\n`,
    `${HEAD}functions:\n    one:\n        lang: plain\n${TWO.replaceAll(/^ {2}/gm, '    ')}\n`,
  ],
  [
    'without a line break at its end',
    `${HEAD}functions:\n${ONE.trimEnd()}`,
    `${HEAD}functions:\n${ONE}${TWO}\n`,
  ],
  ['without functions', `# none yet\n${HEAD}`, `# none yet\n${HEAD}functions:\n${TWO}`],
  [
    'with comments right below the last function',
    `${HEAD}functions:\n${ONE}    # fprocess: x\n  # of one\n`,
    `${HEAD}functions:\n${ONE}    # fprocess: x\n  # of one\n${TWO}\n`,
  ],
  [
    'with a comment under no functions',
    `${HEAD}functions:\n  # add them here\n`,
    `${HEAD}functions:\n  # add them here\n${TWO}`,
  ],
  [
    'with a second document',
    `${HEAD}functions:\n${ONE}---\nx: 1\n`,
    `${HEAD}functions:\n${ONE}${TWO}\n---\nx: 1\n`,
  ],
  [
    'with lines of Windows',
    `${HEAD}functions:\n${ONE}`.replaceAll('\n', '\r\n'),
    `${HEAD}functions:\n${ONE}${TWO}\n`.replaceAll('\n', '\r\n'),
  ],
  [
    'with functions that are an alias',
    `${HEAD}x: &all\n${ONE}functions: *all\n`,
    `${HEAD}x: &all\n${ONE}functions:\n  <<: *all\n${TWO}`,
  ],
  ['with functions in one line', `${HEAD}functions: {}\n`, `${HEAD}functions:\n${TWO}`],
] as const;

for (const [what, before, after] of cases) {
  test(`new --append adds to a stack file ${what}`, async (t) => {
    const project = await Project.create(t);
    await project.useTemplates('plain');
    await project.write('stack.yaml', before, 0o640);
    const { status, stderr } = await project.ofkit([
      'new',
      'two',
      '--lang',
      'plain',
      '--append',
      'stack.yaml',
    ]);
    assert.equal(stderr, '');
    assert.equal(status, 0);
    assert.equal(await project.read('stack.yaml'), after);
  });
}

test('new --append sees a duplicate behind a substitution, and refuses a file that is no stack', async (t) => {
  const project = await Project.create(t);
  await project.useTemplates('plain');
  await project.write('bad.yml', 'functions: [\n');
  const bad = await project.ofkit(['new', 'two', '--lang', 'plain', '--append', 'bad.yml']);
  assert.deepEqual([bad.status, bad.stderr.includes('bad.yml line 2')], [5, true], bad.stderr);
  await project.write('other.yml', 'provider:\n  name: faas\n');
  const other = await project.ofkit(['new', 'two', '--lang', 'plain', '--append', 'other.yml']);
  assert.deepEqual([other.status, other.stderr.includes('provider.name is to be "openfaas"')], [5, true]);
});
