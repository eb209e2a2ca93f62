import { Document, visit } from 'yaml';

/** Plain, these are texts in YAML as it is now, but numbers and signs to an older or another reader. */
const AMBIGUOUS = /^(?:0o[0-7]+|=|<<)$/;

/** YAML documents, each behind `---`, for readers of YAML 1.1 and 1.2 alike: `kubectl` takes yes and 0777 for no text. */
export function renderYaml(values: readonly object[]): string {
  return values.map((value) => `---\n${renderDocument(value)}`).join('');
}

function renderDocument(value: object): string {
  // The same labels stand in two places; anchors would be no help to a reader.
  const document = new Document(value, { version: '1.1', aliasDuplicateObjects: false });
  visit(document, {
    Scalar(_key, node) {
      if (typeof node.value === 'string' && AMBIGUOUS.test(node.value)) node.type = 'QUOTE_DOUBLE';
    },
  });
  return document.toString({ lineWidth: 0 });
}

/** One JSON value: what there is one of, or a List, which kubectl takes as it takes many documents. */
export function renderJson(values: readonly object[], list: boolean): string {
  const value = list ? { apiVersion: 'v1', kind: 'List', items: values } : values[0];
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
