import type { Rule } from './subject.ts';

const MOST_WELCOME_LINES = 5;

/** The rules for a template.yml and the folder around it. */
export const TEMPLATE_RULES: readonly Rule[] = [
  {
    id: 'language',
    asks: 'template.yml names its language',
    breach: ({ language }) => (language.language ? undefined : 'language is missing'),
  },
  {
    id: 'fprocess',
    asks: 'template.yml says which command the watchdog starts',
    breach: ({ language }) => (language.fprocess ? undefined : 'fprocess is missing'),
  },
  {
    id: 'welcome-message',
    asks: `template.yml says what to do next, in at most ${MOST_WELCOME_LINES} lines`,
    breach: ({ language }) => {
      const lines = language.welcomeMessage.trim().split('\n').length;
      if (!language.welcomeMessage.trim()) return 'welcome_message is missing';
      return lines > MOST_WELCOME_LINES ? `welcome_message has ${lines} lines` : undefined;
    },
  },
  {
    id: 'handler-folder',
    asks: "the folder of the function's files is there",
    breach: ({ hasHandlerFolder, language }) =>
      hasHandlerFolder
        ? undefined
        : `${language.handlerFolder}/ is missing: name another with handler_folder`,
  },
  {
    id: 'dockerfile',
    asks: 'a Dockerfile is there',
    breach: ({ dockerfilePath }) => (dockerfilePath ? undefined : 'Dockerfile is missing'),
  },
  {
    id: 'dockerignore',
    asks: 'a .dockerignore keeps node_modules and secrets out of the build',
    breach: ({ hasDockerignore }) => (hasDockerignore ? undefined : '.dockerignore is missing'),
  },
];
