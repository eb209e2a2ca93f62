import { DEFAULT_NAMESPACE } from './deployment.ts';

interface Named {
  readonly name: string;
  readonly namespace: string;
}

/** A function as its user calls it: `NAME`, or `NAME.NAMESPACE` outside of the default namespace. */
export function shownName({ name, namespace }: Named): string {
  return namespace === DEFAULT_NAMESPACE ? name : `${name}.${namespace}`;
}

/** Where a function is called. */
export function functionUrl(gateway: string, named: Named): string {
  return `${gateway}/function/${shownName(named)}`;
}
