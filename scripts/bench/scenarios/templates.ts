import { loaded, type Request } from '../contenders.ts';
import type { Lab } from '../lab.ts';
import { numbers, type Group, type Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';
import { functionsFramework } from '../subjects/others.ts';
import type { Subject } from '../subjects/subject.ts';
import {
  alone,
  bareProgram,
  behindHttpMode,
  installTemplate,
  type Program,
} from '../subjects/template-programs.ts';

const GET = { method: 'GET' } as const;
const POST_JSON = { method: 'POST', body: '{"name":"Ada"}', type: 'application/json' } as const;

function group(
  id: string,
  title: string,
  about: string,
  request: Request,
  subjects: () => Promise<Subject>[],
): Group {
  return {
    id,
    title,
    about,
    axis: 'connections',
    points: numbers(50),
    rounds: 5,
    seconds: 2,
    columns: ['rate', 'p50', 'p99', 'cpu', 'resident', 'failures'],
    ratios: ['rate', 'cpu'],
    charts: [{ kind: 'bars', figure: 'rate', asRatio: true }],
    open: (stage: Stage) => loaded(stage, subjects(), request),
  };
}

function groupsOf(lab: Lab, bare: Program, programs: readonly Program[]): Group[] {
  const adapters = (): Promise<Subject>[] => [alone(bare), ...programs.map(alone), functionsFramework(lab)];
  const behind = (): Promise<Subject>[] => [
    alone(bare),
    ...[bare, ...programs].map((program) => behindHttpMode(lab, program)),
    functionsFramework(lab),
  ];
  const handler = 'A handler that greets by name, on a bare node:http server and in each';
  return [
    group(
      'adapters-get',
      "The templates' adapters: GET",
      `${handler} template, without a watchdog.`,
      GET,
      adapters,
    ),
    group(
      'adapters-post',
      "The templates' adapters: POST of JSON",
      `${handler} template, without a watchdog.`,
      POST_JSON,
      adapters,
    ),
    group(
      'templates',
      'Templates behind http mode: POST of JSON',
      `${handler} template, behind http mode; "bare" alone has no watchdog before it.`,
      POST_JSON,
      behind,
    ),
  ];
}

/** The same handler on a bare server, in each template, and in functions-framework. */
export const templates: Scenario = {
  name: 'templates',
  groups: async (lab) => {
    const bare = bareProgram(lab);
    const tsHttp = await installTemplate(lab, 'ts-http');
    if (!lab.isCheck) {
      return groupsOf(lab, bare, [
        await installTemplate(lab, 'node24'),
        tsHttp,
        await installTemplate(lab, 'ts-web'),
      ]);
    }
    const about = 'A handler that greets by name.';
    const subjects = () => [alone(bare), behindHttpMode(lab, tsHttp)];
    const quick = group('templates', 'Templates behind http mode: POST of JSON', about, POST_JSON, subjects);
    return [{ ...quick, rounds: 3, seconds: 1 }];
  },
};
