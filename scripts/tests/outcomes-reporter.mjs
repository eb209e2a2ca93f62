/**
 * A reporter of node:test for programs: a line of JSON for each test that stands in a file by itself or has failed.
 * (Plain JavaScript, as Node loads a reporter before it can read TypeScript.)
 */
// oxlint-disable-next-line import/no-default-export -- it is what Node asks for
export default async function* outcomes(source) {
  for await (const { type, data } of source) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const failed = type === 'test:fail' && data.todo === undefined;
    if (data.nesting > 0 && !failed) continue;
    const { file, name, nesting, details } = data;
    yield `${JSON.stringify({ file, name, nesting, failed, ms: details.duration_ms })}\n`;
  }
}
