import { Document, visit } from 'yaml';

/** Texts that need quotes: YAML 1.2 reads them as texts, but readers of YAML 1.1 as numbers or signs. */
const AMBIGUOUS = /^(?:0o[0-7]+|=|<<)$/;

/** Writes YAML documents for readers of YAML 1.1 and 1.2 alike: `kubectl` would not read yes and 0777 as texts. */
export function renderYaml(values: readonly object[]): string {
  return values.map((value) => `---\n${renderDocument(value)}`).join('');
}

function renderDocument(value: object): string {
  // The same labels stand in two places. Anchors would not help a reader.
  const document = new Document(value, { version: '1.1', aliasDuplicateObjects: false });
  visit(document, {
    Scalar(_key, node) {
      if (typeof node.value === 'string' && AMBIGUOUS.test(node.value)) node.type = 'QUOTE_DOUBLE';
    },
  });
  return document.toString({ lineWidth: 0 });
}

/** Writes one JSON value: the single manifest, or a List, which kubectl reads like several documents. */
export function renderJson(values: readonly object[], list: boolean): string {
  const value = list ? { apiVersion: 'v1', kind: 'List', items: values } : values[0];
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
