import type { InstanceService } from '../features/instances/index.ts';
import type { ShellPlace } from '../features/terminals/index.ts';
import type { AppConfig } from './config.ts';

/** Says where a shell runs: in an instance's environment and folder, or in the user's home. */
export function createShellPlaces({ config, instances }: { config: AppConfig; instances: InstanceService }): (reference: string | undefined) => Promise<ShellPlace> {
  const { environment } = config;
  const command = process.platform === 'win32' ? environment['COMSPEC'] ?? 'cmd.exe' : environment['SHELL'] ?? '/bin/bash';
  const own = Object.fromEntries(Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined));
  return async (reference) => {
    if (reference === undefined) return { instanceId: null, title: 'shell', cwd: environment['HOME'] ?? config.home, env: own, command, args: [] };
    const { id, name } = instances.get(reference);
    const { env, cwd } = await instances.shellEnvironment(reference);
    return { instanceId: id, title: `${name} shell`, cwd, env, command, args: [] };
  };
}
