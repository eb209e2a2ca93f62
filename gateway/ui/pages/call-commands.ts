import type { TestCall } from './test-call.ts';
import { headersOf, targetOf } from './send-call.ts';

/** Quotes a word for a shell where it needs quotes. */
function quoted(text: string): string {
  return /^[\w./:@=-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** @returns a command of curl that makes the call */
export function curlOf(origin: string, name: string, call: TestCall): string {
  const method = call.isAsync ? 'POST' : call.method;
  const words = ['curl', '-i', '-X', method, quoted(origin + targetOf(name, call))];
  for (const [header, value] of headersOf(call)) words.push('-H', quoted(`${header}: ${value}`));
  if (method !== 'GET' && method !== 'HEAD') words.push('--data-binary', quoted(call.body));
  return words.join(' ');
}

/** @returns a command of faas-cli that makes the call. It leaves out the path, as faas-cli has no option for it. */
export function faasCliOf(origin: string, name: string, call: TestCall): string {
  const dot = name.lastIndexOf('.');
  const words = ['faas-cli', 'invoke', name.slice(0, dot), '-n', name.slice(dot + 1), '-g', origin];
  if (call.isAsync) words.push('--async');
  if (call.method !== 'POST' && !call.isAsync) words.push('--method', call.method);
  for (const [header, value] of headersOf(call)) words.push('-H', quoted(`${header}=${value}`));
  for (const pair of new URLSearchParams(/\?(.*)$/s.exec(call.path)?.[1] ?? ''))
    words.push('--query', quoted(pair.join('=')));
  return `printf %s ${quoted(call.body)} | ${words.join(' ')}`;
}
