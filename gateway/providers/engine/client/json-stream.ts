import { readAs, type Shape } from '../../../json/shape.ts';

/** Longer documents are skipped. In characters. */
const LONGEST_DOCUMENT = 1 << 20;

/**
 * Reads a stream of JSON documents, one per line, such as events and the progress of a pull. Documents that cannot be
 * read are skipped.
 */
export async function* jsonStream<T>(stream: AsyncIterable<Buffer>, shape: Shape<T>): AsyncGenerator<T> {
  let rest = '';
  for await (const chunk of stream) {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LONGEST_DOCUMENT) rest = '';
    for (const line of lines) yield* parsed(line, shape);
  }
  yield* parsed(rest, shape);
}

function parsed<T>(line: string, shape: Shape<T>): T[] {
  if (line.trim() === '') return [];
  try {
    return [readAs(shape, JSON.parse(line))];
  } catch {
    return [];
  }
}
