import { KitError } from '../errors.ts';
import type { Language } from './language.ts';

/** The build argument that carries the packages of the build options. */
const ADDITIONAL_PACKAGE = 'ADDITIONAL_PACKAGE';

/**
 * Adds the packages of the chosen `build_options` to the build arguments. template.yml declares them.
 * @throws KitError NOT_FOUND for an option that template.yml does not declare
 */
export function withAdditionalPackages(
  buildArgs: Readonly<Record<string, string>>,
  options: readonly string[],
  lang: string,
  { buildOptions }: Language,
): Record<string, string> {
  const packages = options.flatMap((name) => {
    const option = buildOptions.find((candidate) => candidate.name === name);
    if (option) return option.packages;
    const known = buildOptions.map((candidate) => candidate.name).join(', ') || 'none';
    throw new KitError(
      'NOT_FOUND',
      `build option ${name} is unavailable for ${lang}: its template.yml has ${known}`,
    );
  });
  const given = (buildArgs[ADDITIONAL_PACKAGE] ?? '').split(/\s+/).filter(Boolean);
  return { ...buildArgs, [ADDITIONAL_PACKAGE]: [...new Set([...packages, ...given])].sort().join(' ') };
}
