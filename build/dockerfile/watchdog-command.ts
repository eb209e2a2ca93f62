import { WATCHDOG_COMMAND } from '../../common/local-image.ts';
import { expandVariables } from './expand.ts';
import { splitShellLine } from './shell-line.ts';
import { ASSIGNMENT, assignmentsOf, shellWords } from './words.ts';

type Values = Readonly<Record<string, string>>;

const ENV = /^(?:\/usr)?(?:\/bin\/)?env$/;

/**
 * Reads the variables that an image's command sets for its watchdog: `CMD fprocess="node index.js" fwatchdog`, or
 * `CMD ["env", "mode=http", "fwatchdog"]`.
 * @param words the command; a line for a shell is one of its words
 * @param variables the environment of the image, which such a line may name
 */
export function watchdogVariables(words: readonly string[], variables: Values): Values {
  const at = words.findIndex((word) => word.includes(WATCHDOG_COMMAND));
  const word = words[at];
  if (word === undefined) return {};
  if (!/\s/.test(word)) {
    const before = words.slice(0, at);
    return before.some((one) => ENV.test(one)) ? assignmentsOf(before) : {};
  }
  let found: Values = {};
  for (const { text } of splitShellLine(word)) {
    const known = { ...variables, ...found };
    const parts = text.split(/('[^']*')/);
    const expanded = parts.map((part) =>
      part.startsWith("'") ? part : expandVariables(part, known, 'kept'),
    );
    const inner = shellWords(expanded.join(''));
    const isForIt = inner[0] === 'export' || text.includes(WATCHDOG_COMMAND);
    if (isForIt) found = { ...found, ...assignmentsOf(leading(inner)) };
  }
  return found;
}

/** Gives the words before the program that a command starts. */
function leading(words: readonly string[]): readonly string[] {
  const end = words.findIndex(
    (word) => !ASSIGNMENT.test(word) && !/^(?:exec|export)$/.test(word) && !ENV.test(word),
  );
  return end === -1 ? words : words.slice(0, end);
}
