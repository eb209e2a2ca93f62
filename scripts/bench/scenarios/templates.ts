import type { Lab } from '../lab.ts';
import { atConnections, loaded, type Request } from '../loaded.ts';
import { numbers, type Group, type Scenario } from '../scenario.ts';
import { direct, functionsFramework } from '../subjects/others.ts';
import type { Subject } from '../subjects/subject.ts';
import { alone, bareProgram, behindHttpMode, installTemplate, type Program } from '../subjects/templates.ts';
import { httpMode, inprocMode } from '../subjects/watchdog.ts';

const POST_JSON = { method: 'POST', body: '{"name":"Ada"}', type: 'application/json' } as const;

const HANDLER = 'A handler that greets by name, on a bare node:http server and in each';

type Words = readonly [id: string, title: string, about: string];

function group(lab: Lab, words: Words, request: Request, subjects: () => Promise<Subject>[]): Group {
  const [id, title, about] = words;
  return {
    id,
    title,
    about,
    axis: 'connections',
    points: numbers(50),
    columns: ['rate', 'p50', 'p99', 'cpu', 'resident', 'failures'],
    ratios: ['rate', 'cpu'],
    open: () => loaded(lab, subjects(), atConnections(request)),
  };
}

/** What a handler costs in our templates, with the watchdog before it, around it, and without one. */
export const templates: Scenario = {
  name: 'templates',
  groups: async (lab) => {
    const bare = bareProgram(lab);
    const listener = lab.programs['function-listener'];
    const names = lab.isCheck ? (['ts-http'] as const) : (['node24', 'ts-http', 'ts-web'] as const);
    const programs = await Promise.all(names.map((name) => installTemplate(lab, name)));
    const framework = () => functionsFramework(lab);
    const inproc = ({ name, folder }: Program) => inprocMode(lab, `${name}, inproc`, folder);
    const adapters = () => [alone(bare), ...programs.map(alone), framework()];
    const behind = () => [
      alone(bare),
      ...(lab.isCheck ? programs : [bare, ...programs]).map((program) => behindHttpMode(lab, program)),
      ...(lab.isCheck ? [] : [framework()]),
    ];
    const adapterGroups: readonly (readonly [Words, Request])[] = [
      [
        ['adapters-get', 'The templates’ adapters: GET', `${HANDLER} template, without a watchdog.`],
        { method: 'GET' },
      ],
      [
        [
          'adapters-post',
          'The templates’ adapters: POST of JSON',
          `${HANDLER} template, without a watchdog.`,
        ],
        POST_JSON,
      ],
    ];
    const behindWords = [
      'templates',
      'Templates behind http mode: POST of JSON',
      `${HANDLER} template, behind http mode; the first "bare" has no watchdog before it.`,
    ] as const;
    const inprocWords = [
      'inproc-templates',
      'Templates in the watchdog’s own process: POST of JSON',
      'The handler on a bare server, in functions-framework, and in templates in inproc mode.',
    ] as const;
    const functionWords = [
      'inproc',
      'A function in the watchdog’s own process',
      'The small GET, answered by the same listener: by a server of its own, and in inproc mode.',
    ] as const;
    const function_ = () => [
      direct(lab),
      inprocMode(lab, 'inproc mode', listener),
      ...(lab.isCheck ? [] : [inprocMode(lab, 'inproc mode, 2 workers', listener, { workers: '2' })]),
      ...(lab.isCheck ? [] : [httpMode(lab)]),
    ];
    return [
      ...(lab.isCheck ? [] : adapterGroups.map(([words, request]) => group(lab, words, request, adapters))),
      group(lab, behindWords, POST_JSON, behind),
      group(lab, functionWords, {}, function_),
      group(lab, inprocWords, POST_JSON, () => [alone(bare), framework(), ...programs.map(inproc)]),
    ];
  },
};
