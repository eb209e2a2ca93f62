/** The attributes that constraints of Docker Swarm compare, with the labels of Kubernetes that mean the same. */
const LABELS: Readonly<Record<string, string>> = {
  'node.platform.os': 'kubernetes.io/os',
  'node.platform.arch': 'kubernetes.io/arch',
  'node.hostname': 'kubernetes.io/hostname',
};

const ARCHITECTURES: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  aarch64: 'arm64',
  armv7l: 'arm',
  armhf: 'arm',
};

/**
 * Turns a constraint of stack.yaml into a node label: a label itself, or one of Docker Swarm (`node.platform.os == linux`).
 * @returns undefined for a constraint of Swarm that no label means; `unreadable` for a constraint of neither form
 */
export function nodeLabel(
  constraint: string,
): readonly [key: string, value: string] | 'unreadable' | undefined {
  const [, key = '', sign = '', value = ''] =
    /^\s*([^\s=!]+)\s*(==?|!=)\s*([^\s=](?:[^=]*[^\s=])?)\s*$/.exec(constraint) ?? [];
  const label =
    LABELS[key] ?? (key.startsWith('node.labels.') ? key.slice('node.labels.'.length) : undefined);
  const swarm = label !== undefined || /^(?:node|engine)\.(?:id|role|labels|platform|hostname)/.test(key);
  const isNoLabel = sign === '!=' || /\s/.test(value); // the value of a label has no blank
  if (swarm && (label === undefined || isNoLabel)) return undefined;
  if (!key || isNoLabel) return 'unreadable';
  if (label === undefined) return [key, value];
  const known = label === 'kubernetes.io/arch' ? ARCHITECTURES[value.toLowerCase()] : undefined;
  return [label, known ?? value];
}

/** Lists the constraints that no label means. */
export function unmeant(constraints: readonly string[]): string[] {
  return constraints.filter((constraint) => nodeLabel(constraint) === undefined);
}
