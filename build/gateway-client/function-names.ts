import { DEFAULT_NAMESPACE } from './deployment.ts';

interface Named {
  readonly name: string;
  readonly namespace: string;
}

/** Gives the name by which users call a function: `NAME`, or `NAME.NAMESPACE` outside of the default namespace. */
export function shownName({ name, namespace }: Named): string {
  return namespace === DEFAULT_NAMESPACE ? name : `${name}.${namespace}`;
}

/** Gives the URL of a function behind a gateway. */
export function functionUrl(gateway: string, named: Named): string {
  return `${gateway}/function/${shownName(named)}`;
}
