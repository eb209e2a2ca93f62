import type { Logger } from '../log/logger.ts';
import type { Settings } from '../settings/table.ts';
import { StartError } from '../start-error.ts';
import type { Provider } from './provider.ts';

/**
 * Makes the provider that the settings name; it is not started yet.
 * @throws StartError
 */
export async function loadProvider(settings: Settings, _logger: Logger): Promise<Provider> {
  const { provider, functionsProviderUrl } = settings;
  if (provider === 'remote' || (provider === 'auto' && functionsProviderUrl)) {
    const { RemoteProvider } = await import('./remote/remote-provider.ts');
    return RemoteProvider.create(settings);
  }
  throw new StartError('the process provider is not there yet');
}
