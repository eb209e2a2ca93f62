/** What a constraint of Docker Swarm compares, and the label of Kubernetes that means it. */
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
 * A constraint of stack.yaml as a node label: as it is, or of Docker Swarm (`node.platform.os == linux`).
 * @returns undefined for what no label means, which is Swarm's as well; a text for what is neither
 */
export function nodeLabel(
  constraint: string,
): readonly [key: string, value: string] | 'unreadable' | undefined {
  const [, key = '', sign = '', value = ''] =
    /^\s*([^\s=!]+)\s*(==?|!=)\s*([^\s=]+)\s*$/.exec(constraint) ?? [];
  const label =
    LABELS[key] ?? (key.startsWith('node.labels.') ? key.slice('node.labels.'.length) : undefined);
  const swarm = label !== undefined || /^(?:node|engine)\.(?:id|role|labels|platform|hostname)/.test(key);
  if (swarm && (label === undefined || sign === '!=')) return undefined;
  if (!key || sign === '!=') return 'unreadable';
  if (label === undefined) return [key, value];
  const known = label === 'kubernetes.io/arch' ? ARCHITECTURES[value.toLowerCase()] : undefined;
  return [label, known ?? value];
}

/** The constraints that no label means. */
export function unmeant(constraints: readonly string[]): string[] {
  return constraints.filter((constraint) => nodeLabel(constraint) === undefined);
}
