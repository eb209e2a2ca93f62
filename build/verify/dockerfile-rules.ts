import { expandVariables } from '../dockerfile/expand.ts';
import { instructionsOf, npmInstalls, shippedInstructions, type Rule, type Subject } from './subject.ts';

/** The rules for a Dockerfile. They make its image lean, let it run anywhere, and keep secrets out of it. */
export const DOCKERFILE_RULES: readonly Rule[] = [
  {
    id: 'multi-stage',
    asks: 'the image is built in several stages',
    breach: ({ dockerfile }) =>
      dockerfile.stages.length > 1 ? undefined : `it has ${dockerfile.stages.length} stage`,
  },
  {
    id: 'base-argument',
    asks: 'the base image is a build argument with a default',
    breach: (subject) =>
      argumentStages(subject).length > 0 ? undefined : 'no FROM takes its image from an ARG',
  },
  {
    id: 'watchdog',
    asks: 'the watchdog is copied from an image that a build argument with a default names',
    breach: watchdogBreach,
  },
  {
    id: 'non-root',
    asks: 'the image runs as a user that is not root',
    breach: (subject) => {
      const user = shippedInstructions(subject, 'USER').at(-1)?.text.split(':')[0];
      if (user === undefined) return 'the last stage sets no USER';
      return ['root', '0'].includes(user) ? `its USER is ${user}` : undefined;
    },
  },
  {
    id: 'no-distribution-packages',
    asks: 'no package of the distribution is installed',
    breach: (subject) => {
      const found = instructionsOf(subject, 'RUN').find(({ text }) =>
        /\b(?:apk|apt-get|apt|dnf|yum)\b/.test(text),
      );
      return found && `line ${found.line} installs one`;
    },
  },
  {
    id: 'npm-ci',
    asks: 'npm ci installs where there is a lock-file',
    breach: (subject) => {
      const installs = npmInstalls(subject);
      const exact = installs.some(({ text }) => /\bnpm ci\b/.test(text));
      return installs.length === 0 || exact
        ? undefined
        : `line ${installs[0]?.line ?? 0} installs without npm ci`;
    },
  },
  {
    id: 'no-dev-dependencies',
    asks: 'devDependencies stay out of the last stage',
    breach: (subject) => {
      if (npmInstalls(subject).length === 0) return undefined;
      const omits = instructionsOf(subject, 'RUN').some(({ text }) =>
        /--omit[= ]dev|\bnpm prune\b/.test(text),
      );
      return omits ? undefined : 'nothing is installed with --omit=dev';
    },
  },
  {
    id: 'no-npm-cache',
    asks: 'npm runs in earlier stages alone, so that its cache stays there',
    breach: (subject) => {
      const found = shippedInstructions(subject, 'RUN').find(({ text }) => /\bnp[mx]\b/.test(text));
      return found && `line ${found.line} runs npm in the last stage`;
    },
  },
  {
    id: 'registry-secret',
    asks: "a private registry's settings are a build secret, in no layer",
    breach: (subject) => {
      const open = npmInstalls(subject).find(({ text }) => !text.includes('--mount=type=secret'));
      if (open) return `line ${open.line} installs without --mount=type=secret`;
      const copied = instructionsOf(subject, 'COPY').find(({ text }) => text.includes('.npmrc'));
      return copied && `line ${copied.line} copies .npmrc into a layer`;
    },
  },
  {
    id: 'tests-run',
    asks: "the function's tests run when the image is built",
    breach: (subject) => {
      if (npmInstalls(subject).length === 0) return undefined;
      const tests = instructionsOf(subject, 'RUN').some(({ text }) => /\bnpm (?:run )?test\b/.test(text));
      return tests ? undefined : 'no RUN calls npm test';
    },
  },
  {
    id: 'healthcheck',
    asks: "the health check reads the watchdog's lock-file",
    breach: (subject) => {
      const [check] = shippedInstructions(subject, 'HEALTHCHECK');
      if (!check) return 'the last stage has no HEALTHCHECK';
      return check.text.includes('.lock') ? undefined : `line ${check.line} does not read the lock-file`;
    },
  },
  {
    id: 'starts-watchdog',
    asks: 'the image starts the watchdog',
    breach: (subject) => {
      const start = [...shippedInstructions(subject, 'ENTRYPOINT'), ...shippedInstructions(subject, 'CMD')];
      return start.some(({ text }) => text.includes('fwatchdog'))
        ? undefined
        : 'neither CMD nor ENTRYPOINT names it';
    },
  },
];

/** Lists the stages whose image is an argument with a default. */
function argumentStages({ dockerfile }: Subject): { name: string | undefined }[] {
  return dockerfile.stages.filter(
    ({ base }) =>
      base.includes('$') && /^[\w./:@-]+$/.test(expandVariables(base, dockerfile.globalArguments)),
  );
}

function watchdogBreach(subject: Subject): string | undefined {
  const copies = instructionsOf(subject, 'COPY').filter(({ text }) => text.includes('fwatchdog'));
  if (copies.length === 0) return 'no COPY takes fwatchdog from an image';
  const names = argumentStages(subject).map(({ name }) => name);
  const named = copies.some(({ text }) => names.includes(/--from=(\S+)/.exec(text)?.[1]));
  return named ? undefined : `line ${copies[0]?.line ?? 0} copies it from elsewhere`;
}
