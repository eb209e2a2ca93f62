import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
import type { Answer } from './request.ts';

interface Operation {
  readonly responses: Readonly<
    Record<string, { readonly $ref?: string; readonly content?: Record<string, unknown> }>
  >;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly responses: Readonly<Record<string, { readonly content?: Record<string, unknown> }>>;
  };
}

const FILE = path.resolve(import.meta.dirname, '../../docs/openapi.yaml');

export const openapi = parse(readFileSync(FILE, 'utf8'), { maxAliasCount: -1 }) as Document;

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema(openapi, 'openapi');

/** The place of an operation in the document, its names escaped as in a JSON pointer (RFC 6901). */
interface Place {
  readonly template: string;
  readonly method: string;
}

/** Checks an answer against docs/openapi.yaml. Paths and methods that are no operation are left alone. */
export function holdToDocument(method: string, target: string, answer: Answer): void {
  const place = placeOf(method, target);
  if (!place) return;
  const operation = openapi.paths[place.template]?.[place.method];
  const what = `${method} ${target}: ${answer.status}`;
  const key = operation?.responses[answer.status] ? String(answer.status) : 'default';
  const declared = operation?.responses[key];
  assert.ok(declared, `${what} is not in docs/openapi.yaml`);
  const named = declared.$ref?.split('/').at(-1);
  const response = named === undefined ? declared : openapi.components.responses[named];
  const type = answer.headers['content-type']?.split(';')[0];
  if (!response?.content) return;
  assert.ok(
    type !== undefined && response.content[type],
    `${what} is ${type}, which docs/openapi.yaml does not know`,
  );
  const base =
    named === undefined
      ? pointer('paths', place.template, place.method, 'responses', key)
      : pointer('components', 'responses', named);
  const validate = ajv.getSchema(`openapi#${base}${pointer('content', type, 'schema')}`);
  assert.ok(validate, `${what} has no schema`);
  for (const value of valuesOf(type, answer)) {
    assert.ok(validate(value), `${what}: ${ajv.errorsText(validate.errors)} in ${JSON.stringify(value)}`);
  }
}

/** Holds a value to one of the document's schemas. */
export function holdToSchema(name: string, value: unknown): void {
  const validate = ajv.getSchema(`openapi#/components/schemas/${name}`);
  assert.ok(validate, `docs/openapi.yaml has no schema ${name}`);
  assert.ok(validate(value), `${name}: ${ajv.errorsText(validate.errors)} in ${JSON.stringify(value)}`);
}

function valuesOf(type: string, { text }: Answer): unknown[] {
  if (type === 'application/json') return [JSON.parse(text)];
  if (type === 'application/x-ndjson') {
    const lines = text.split('\n').filter((line) => line !== '');
    return lines.map((line) => JSON.parse(line) as unknown);
  }
  return [text];
}

function placeOf(method: string, target: string): Place | undefined {
  const asked = target.split('?')[0] ?? '';
  const template = Object.keys(openapi.paths).find((one) =>
    new RegExp(`^${one.replaceAll('.', String.raw`\.`).replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(asked),
  );
  const name = method.toLowerCase();
  return template !== undefined && openapi.paths[template]?.[name] ? { template, method: name } : undefined;
}

function pointer(...words: string[]): string {
  return words.map((word) => `/${word.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
