import { createRequire } from 'node:module';
import type { Reading, Refusal } from './reading.ts';

/** Node's parser as `http` has it. */
interface NodeParser {
  [callback: number]: unknown;
  initialize(type: number, resource: object, maxHeaderSize: number, lenient: number): void;
  execute(bytes: Buffer): number | Error;
  finish(): Error | undefined;
}

interface ParserClass {
  new (): NodeParser;
  readonly [constant: string]: number;
}

interface HeadArguments {
  readonly headers: readonly string[] | undefined;
  readonly method: number | undefined;
  readonly url: string | undefined;
  readonly status: number | undefined;
  readonly reason: string | undefined;
  readonly isPersistent: boolean;
}

// not documented: the parser without a connection around it reads a hundred times as many heads in a second
const { HTTPParser, methods } = createRequire(import.meta.url)('node:_http_common') as {
  HTTPParser: ParserClass;
  methods: readonly string[];
};

/** The returns by which a callback of Node's parser says whether a body follows, as Node's http uses them. */
const WITH_BODY = 0;
const WITHOUT_BODY = 1;

/** Reads one message with Node's parser, as its server or client does. */
class NodeReader {
  readonly #parser = new HTTPParser();
  #isRequest = false;
  #isForHead = false;
  #hints: string[][] = [];
  #line: readonly string[] | undefined;
  #headers: string[] = [];
  #trailers: string[] = [];
  #url = '';
  #body = '';
  #isPersistent = false;
  #isDone = false;

  constructor() {
    const parser = this.#parser;
    parser[constant('kOnHeaders')] = (fields: readonly string[], url = '') => {
      if (this.#isDone) return;
      (this.#line ? this.#trailers : this.#headers).push(...fields);
      this.#url += url; // where there are many fields, it comes with the first of them
    };
    parser[constant('kOnHeadersComplete')] = (...args: readonly unknown[]) =>
      this.#onHead({
        headers: args[2] as HeadArguments['headers'],
        method: args[3] as HeadArguments['method'],
        url: args[4] as HeadArguments['url'],
        status: args[5] as HeadArguments['status'],
        reason: args[6] as HeadArguments['reason'],
        isPersistent: args[8] as boolean,
      });
    parser[constant('kOnBody')] = (bytes: Buffer) => {
      if (!this.#isDone) this.#body += bytes.toString('latin1');
    };
    parser[constant('kOnMessageComplete')] = () => {
      if (this.#line) this.#isDone = true;
    };
  }

  read(bytes: Buffer, isRequest: boolean, isForHead: boolean): Reading | Refusal {
    this.#isRequest = isRequest;
    this.#isForHead = isForHead;
    this.#hints = [];
    this.#line = undefined;
    this.#headers = [];
    this.#trailers = [];
    this.#url = '';
    this.#body = '';
    this.#isDone = false;
    const parser = this.#parser;
    parser.initialize(constant(isRequest ? 'REQUEST' : 'RESPONSE'), {}, 1 << 20, 0);
    const fault = parser.execute(bytes);
    const endsByItself = this.#isDone;
    if (!endsByItself && !(fault instanceof Error)) parser.finish();
    if (!this.#isDone)
      return { refused: fault instanceof Error ? ((fault as { code?: string }).code ?? '') : 'not whole' };
    return {
      hints: this.#hints,
      line: this.#line ?? [],
      headers: this.#headers,
      body: this.#body,
      trailers: this.#trailers,
      endsByItself,
      isPersistent: this.#isPersistent,
    };
  }

  #onHead({ headers, method, url, status = 0, reason = '', isPersistent }: HeadArguments): number {
    if (this.#isDone) return WITH_BODY;
    const fields = [...this.#headers, ...(headers ?? [])];
    if (!this.#isRequest && status >= 100 && status < 200) {
      this.#hints.push([String(status), ...fields]);
      this.#headers = [];
      return WITHOUT_BODY;
    }
    this.#headers = fields;
    this.#line = this.#isRequest
      ? [methods[method ?? -1] ?? '', this.#url + (url ?? '')]
      : [String(status), reason];
    this.#isPersistent = isPersistent;
    return this.#isForHead || (!this.#isRequest && status === 304) ? WITHOUT_BODY : WITH_BODY;
  }
}

function constant(name: string): number {
  return HTTPParser[name] ?? Number.NaN;
}

const reader = new NodeReader();

export function readRequestByNode(bytes: Buffer): Reading | Refusal {
  return reader.read(bytes, true, false);
}

export function readResponseByNode(bytes: Buffer, isForHead: boolean): Reading | Refusal {
  return reader.read(bytes, false, isForHead);
}
