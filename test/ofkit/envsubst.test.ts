import assert from 'node:assert/strict';
import { test } from 'node:test';
import { substitute } from '../../build/stack/envsubst.ts';

const values: Record<string, string> = { NAME: 'openFaaS', PATH_OF: 'a/b/c.tar.gz', EMPTY: '' };

/** The results of faas-cli (2024-12), oddities included: it uses drone/envsubst. */
const table = [
  ['${NAME}', 'openFaaS'],
  ['${MISSING}', ''],
  ['${MISSING:-it}', 'it'],
  ['${EMPTY:-it}', 'it'],
  ['${NAME:-it}', 'openFaaS'],
  ['${MISSING:=it}', 'it'],
  ['${MISSING=it}', 'it'],
  ['${MISSING:-}', ''],
  ['${MISSING:-a:b c/d}', 'a:b c/d'],
  ['${MISSING:-${NAME}}', 'openFaaS'],
  ['${MISSING:-x-${ALSO:-y}-z}', 'x-y-z'],
  ['${NAME^}', 'OpenFaaS'],
  ['${NAME^^}', 'OPENFAAS'],
  ['${NAME,}', 'openFaaS'],
  ['${NAME,,}', 'openfaas'],
  ['${#NAME}', '8'],
  ['${NAME:4}', 'FaaS'],
  ['${NAME:0:4}', 'open'],
  ['${NAME:-4}', 'openFaaS'],
  ['${NAME:20}', ''],
  ['${PATH_OF#*/}', 'b/c.tar.gz'],
  ['${PATH_OF##*/}', 'c.tar.gz'],
  ['${PATH_OF%.*}', 'a/b/c.tar'],
  ['${PATH_OF%%.*}', 'a/b/c'],
  ['${PATH_OF#z*}', 'a/b/c.tar.gz'],
  ['${NAME/a/-}', 'openF-aS'],
  ['${NAME//a/-}', 'openF--S'],
  ['${NAME//a/}', 'openFS'],
  ['${NAME/#open/shut}', 'shutFaaS'],
  ['${NAME/%FaaS/x}', 'openx'],
  ['${NAME/%FaaS/}', 'openFaaS'],
  ['${PATH_OF%[a-z]*}', 'a/b/c.tar.gz'],
  ['${NAME: -3}', 'openFaaS'],
  ['$NAME $ { }', '$NAME $ { }'],
  ['$${NAME}', '${NAME}'],
  ['a$$b', 'a$b'],
  ['# ${NAME} in a comment', '# openFaaS in a comment'],
] as const;

for (const [text, expected] of table) {
  test(`${text} becomes ${JSON.stringify(expected)}`, () => {
    assert.equal(
      substitute(text, (name) => values[name] ?? '', 'stack.yaml'),
      expected,
    );
  });
}

for (const text of [
  '${',
  '${}',
  '${NAME',
  '${NAME-x}',
  '${NA ME}',
  '${NAME/x}',
  '${NAME:}',
  '${NAME:1:}',
  '${NAME//}',
  '${NAME#}',
]) {
  test(`${text} is an error that names its line`, () => {
    assert.throws(
      () => substitute(`one\n${text}`, () => '', 'stack.yaml'),
      /^KitError: stack\.yaml line 2: \$\{/,
    );
  });
}
