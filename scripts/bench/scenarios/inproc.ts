import { loaded } from '../contenders.ts';
import type { Lab } from '../lab.ts';
import { numbers, type Group, type Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';
import { direct, functionsFramework } from '../subjects/others.ts';
import { alone, bareProgram, installTemplate, type Program } from '../subjects/template-programs.ts';
import { httpMode, inprocMode } from '../subjects/watchdog.ts';

const POST_JSON = { method: 'POST', body: '{"name":"Ada"}', type: 'application/json' } as const;

const SHOWN = {
  axis: 'connections',
  columns: ['rate', 'p50', 'p99', 'cpu', 'resident', 'failures'],
  ratios: ['rate', 'p99', 'cpu'],
  charts: [{ kind: 'bars', figure: 'rate', asRatio: true }],
} as const satisfies Partial<Group>;

function functionGroup(lab: Lab): Group {
  return {
    id: 'inproc',
    title: 'A function in the watchdog’s own process',
    about:
      'The small GET of the first table, answered by the same listener: by a server of its own, and in inproc mode.',
    ...SHOWN,
    points: lab.isCheck ? numbers(50) : numbers(1, 50, 500),
    rounds: lab.isCheck ? 3 : 5,
    seconds: lab.isCheck ? 1 : 2,
    open: (stage: Stage) => {
      const listener = lab.programs['function-listener'];
      const subjects = [
        direct(lab),
        inprocMode(lab, 'inproc mode', listener),
        ...(lab.isCheck ? [] : [httpMode(lab)]),
      ];
      return loaded(stage, subjects, { method: 'GET' });
    },
  };
}

function templateGroup(lab: Lab, programs: readonly Program[]): Group {
  return {
    id: 'inproc-templates',
    title: 'Templates in the watchdog’s own process: POST of JSON',
    about:
      'A handler that greets by name: on a bare server, in functions-framework, and in templates in inproc mode.',
    ...SHOWN,
    points: numbers(50),
    rounds: lab.isCheck ? 3 : 5,
    seconds: lab.isCheck ? 1 : 2,
    ...(lab.isCheck
      ? {}
      : { duel: { names: programs.map(({ name }) => `${name}, inproc`), figure: 'rate' } as const }),
    open: (stage: Stage) => {
      const ours = programs.map(({ name, folder }) => inprocMode(lab, `${name}, inproc`, folder));
      return loaded(stage, [alone(bareProgram(lab)), functionsFramework(lab), ...ours], POST_JSON);
    },
  };
}

/** A handler in the watchdog's own process. */
export const inproc: Scenario = {
  name: 'inproc',
  groups: async (lab) => {
    if (!lab.has('handler_path')) return [];
    const names = lab.isCheck ? (['ts-http'] as const) : (['ts-http', 'node24', 'ts-web'] as const);
    const programs = await Promise.all(names.map((name) => installTemplate(lab, name)));
    return [functionGroup(lab), templateGroup(lab, programs)];
  },
};
