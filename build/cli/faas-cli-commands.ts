/** The commands of faas-cli that ofkit lacks, each with the way to do its work with ofkit; '' where there is none. */
const WAYS: Readonly<Record<string, string>> = {
  deploy: '"ofkit up --detach" deploys to a gateway here',
  describe: '"ofkit ps" tells of the functions that run',
  delete: '"ofkit down" ends all functions',
  help: 'it is "ofkit COMMAND --help"',
  invoke: 'curl calls the URLs that "ofkit up" prints',
  list: '"ofkit ps" lists the functions that run',
  'local-run': '"ofkit run" runs a function here',
  ls: '"ofkit ps" lists the functions that run',
  publish: '"ofkit build" builds images, and the engine pushes them',
  push: 'the engine pushes images: docker push IMAGE',
  'registry-login': 'docker login is enough for the engine',
  remove: '"ofkit down" ends all functions',
  rm: '"ofkit down" ends all functions',
  secret: 'functions get their secrets from .secrets/',
  store: '"ofkit generate --from-store NAME" takes a function of the store',
  version: 'it is "ofkit --version"',
  auth: '',
  chart: '',
  completion: '',
  diff: '',
  login: '',
  logout: '',
  namespace: '',
  namespaces: '',
  ns: '',
  plugin: '',
  ready: '',
};

/**
 * Says how ofkit does the work of a command of faas-cli.
 * @param message commander's error
 * @returns undefined where the message is about something else
 */
export function wayForFaasCli(message: string): string | undefined {
  const name = /^unknown command '([\w-]+)'/.exec(message)?.[1] ?? '';
  const way = Object.hasOwn(WAYS, name) ? WAYS[name] : undefined;
  if (way === undefined) return undefined;
  const works = `faas-cli's own works with the gateway of "ofkit up" too`;
  return `unknown command '${name}', which is faas-cli's: ${way ? `${way}; ` : ''}${works}`;
}
