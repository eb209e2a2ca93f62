import { createHmac } from 'node:crypto';

/**
 * The answers of functions in the forms of public ones. A row without a remark is also the answer of OpenFaaS's own
 * template, or of the server behind its watchdog (seen by running node22's); `differs` describes theirs where it is
 * different.
 */
export interface Row {
  /** The function, by its name in test/fixtures/handlers/stack.yaml. */
  readonly of: string;
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly status?: number;
  /** Content type; undefined where there is none. */
  readonly type?: string;
  readonly text: string | RegExp;
  readonly answers?: Readonly<Record<string, string>>;
  readonly differs?: string;
}

const HTML = 'text/html; charset=utf-8';
const JSON_TYPE = 'application/json; charset=utf-8';
const TEXT = 'text/plain; charset=utf-8';
const BYTES = 'application/octet-stream';
const FORM = 'application/x-www-form-urlencoded';

const PUSH = '{ "action": "push",  "name": "Zoë" }';
const SIGNATURE = `sha256=${createHmac('sha256', 'key of the test').update(PUSH).digest('hex')}`;
const SIGNED = { 'content-type': 'application/json', 'x-hub-signature-256': SIGNATURE };
const FORGED = { ...SIGNED, 'x-hub-signature-256': SIGNATURE.replace(/.$/, 'x') };
const UNSIGNED = { status: 401, type: HTML, text: 'unsigned' };
const ACTION = { type: JSON_TYPE, text: '{"action":"push"}', differs: 'sends JSON as text/html' };

const post = (of: string, type: string | undefined, body: string, path = '/') => {
  return { of, method: 'POST', path, body, headers: type === undefined ? {} : { 'content-type': type } };
};

export const ROWS: readonly Row[] = [
  {
    ...post('callback', 'text/plain', 'hé'),
    type: JSON_TYPE,
    text: '{"status":"You said: \\"hé\\"","content-type":"text/plain"}',
    differs: 'sends JSON as text/html',
  },
  {
    ...post('callback', '', '{"a":1}'),
    type: JSON_TYPE,
    text: '{"status":"You said: \\"{\\\\\\"a\\\\\\":1}\\"","content-type":"text/plain"}',
    differs: 'sends JSON as text/html',
  },
  { of: 'callback', method: 'DELETE', status: 405, type: HTML, text: 'DELETE is not known here' },

  {
    ...post('context', 'application/json', '{"a":[1]}', '/?q=x&q=y'),
    type: JSON_TYPE,
    text: '{"body":"{\\"a\\":[1]}","method":"POST","query":{"q":["x","y"]}}',
  },
  {
    of: 'context',
    path: '/redirect',
    status: 302,
    type: HTML,
    text: '',
    answers: { location: '/elsewhere' },
  },
  { of: 'context', path: '/fail', status: 400, type: HTML, text: 'a name is missing' },
  {
    of: 'context',
    path: '/accepted',
    status: 202,
    text: '',
    type: 'text/plain; charset=utf-8',
    differs: 'sends the context as JSON',
  },

  { of: 'late', path: '/?id=1', status: 201, type: TEXT, text: 'Hello, Ada', differs: 'sends an empty 200' },
  {
    of: 'late',
    path: '/?id=2',
    status: 404,
    type: HTML,
    text: 'there is no user 2',
    differs: 'sends an empty 200',
  },

  { of: 'signed', method: 'POST', headers: SIGNED, body: PUSH, ...ACTION },
  { of: 'signed', method: 'POST', headers: FORGED, body: PUSH, ...UNSIGNED },
  { of: 'webhook', method: 'POST', headers: FORGED, body: PUSH, ...UNSIGNED },
  { of: 'webhook', method: 'POST', headers: SIGNED, body: PUSH, ...ACTION, differs: 'has no rawBody: 401' },

  {
    of: 'form',
    type: HTML,
    text: '<form method="post"><input name="user[name]"><input name="tags[]"></form>',
  },
  {
    ...post('form', FORM, 'user[name]=Ada+L&tags[]=a&tags[]=%C3%A9'),
    type: TEXT,
    text: 'Ada L: a é',
    answers: { 'content-disposition': 'inline; filename="Ada L.txt"' },
  },
  {
    ...post('form', `${FORM}; charset=ISO-8859-1`, 'user[name]=Ren%E9&tags[]=%FC'),
    type: TEXT,
    text: 'René: ü',
    answers: { 'content-disposition': 'inline; filename="René.txt"' },
    differs: 'has ý, the byte 0xfd, for the é of the file name',
  },
  {
    ...post('form', `${FORM}; charset="windows-1252"`, 'user%5Bname%5D=Zo%EB&tags[]=5+%80'),
    type: TEXT,
    text: 'Zoë: 5 €',
    answers: { 'content-disposition': 'inline; filename="Zoë.txt"' },
    differs: 'is a 415',
  },
  {
    ...post('form', `${FORM}; charset=klingon`, 'user[name]=x'),
    status: 415,
    type: JSON_TYPE,
    text: '{"error":"charset klingon is not supported"}',
    differs: 'sends a page with the stack',
  },

  {
    of: 'site',
    type: HTML,
    text: '<!doctype html>\n<p>café</p>\n',
  },
  { of: 'site', path: '/style.css', type: 'text/css; charset=utf-8', text: 'p {\n  color: teal;\n}\n' },
  { of: 'site', path: '/data.json', type: JSON_TYPE, text: '{ "name": "site" }\n' },
  {
    of: 'site',
    path: '/icon.svg',
    type: 'image/svg+xml',
    text: '<svg xmlns="http://www.w3.org/2000/svg"/>\n',
  },
  { of: 'site', path: '/LICENCE', type: BYTES, text: 'neither text nor known\n' },
  { of: 'site', path: '/gone.css', status: 404, type: TEXT, text: 'no such file' },

  { of: 'express', path: '/users/7?q=caf%C3%A9', type: JSON_TYPE, text: '{"id":"7","q":"café"}' },
  { ...post('express', FORM, 'a[b]=1', '/form'), status: 201, type: JSON_TYPE, text: '{"a":{"b":"1"}}' },
  {
    of: 'express',
    path: '/file',
    type: TEXT,
    text: 'content',
    answers: { 'x-name': 'é' },
  },
  {
    of: 'express',
    path: '/old',
    status: 302,
    type: TEXT,
    text: 'Found. Redirecting to /users/1',
    answers: { location: '/users/1' },
  },
  { of: 'fastify', path: '/users/7?q=1', type: JSON_TYPE, text: '{"id":"7","q":"1"}' },
  {
    ...post('fastify', 'application/json', '{"é":1}', '/echo'),
    status: 201,
    type: JSON_TYPE,
    text: '{"é":1}',
  },
  {
    of: 'fastify',
    path: '/fail',
    status: 500,
    type: JSON_TYPE,
    text: '{"statusCode":500,"error":"Internal Server Error","message":"broken"}',
  },

  {
    ...post('python', 'text/plain', 'olleh\n', '/a/b?c=d'),
    type: 'text/plain',
    text: 'POST /a/b?c=d: hello\n',
  },
  {
    ...post('python', 'application/json', 'fail'),
    status: 500,
    type: TEXT,
    text: /^exit status 1\n[^]*\nValueError: no such request\n$/,
  },
];
