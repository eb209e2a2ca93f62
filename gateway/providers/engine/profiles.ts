import type { Deployment } from '../../functions/deployment.ts';

const PROFILE = 'com.openfaas.profile';

/** @returns the runtime of the function's first profile that has one; '' for the engine's default */
export function runtimeOf({ annotations }: Deployment, profiles: ReadonlyMap<string, string>): string {
  return names(annotations).flatMap((name) => profiles.get(name) ?? [])[0] ?? '';
}

/** @returns a line for the status for each profile that the gateway does not know */
export function profileNotes({ annotations }: Deployment, profiles: ReadonlyMap<string, string>): string[] {
  return names(annotations)
    .filter((name) => !profiles.has(name))
    .map((name) => `the profile ${JSON.stringify(name)} has no effect: engine_profiles does not name it`);
}

function names(annotations: Readonly<Record<string, string>>): string[] {
  return (annotations[PROFILE] ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
