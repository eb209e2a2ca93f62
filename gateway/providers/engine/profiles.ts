import type { Deployment } from '../../functions/deployment.ts';

const PROFILE = 'com.openfaas.profile';

/** The runtime that a function's profile asks for; '' for the engine's own. The first profile that has one counts. */
export function runtimeOf({ annotations }: Deployment, profiles: ReadonlyMap<string, string>): string {
  return names(annotations).flatMap((name) => profiles.get(name) ?? [])[0] ?? '';
}

/** A line for each profile that is none. */
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
