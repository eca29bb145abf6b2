// kinds/process/namespaces.ts — in which network namespaces daemons run, or have left their files: also in one that
// somebody has removed.
import { netnsIn, runIn } from '../../core/marks.ts';
import type { HostReader } from '../../core/resource.ts';

export async function namespacesLeft(host: HostReader, run: string): Promise<readonly string[]> {
  const [files, running] = await Promise.all([host.files(run), host.processes(`--pid-file=${runIn(run, '')}`)]);
  const paths = [...files.keys(), ...running.flatMap(({ argv }) => argv.flatMap((word) => word.split('=').slice(1)))];
  return paths.flatMap((path) => netnsIn(run, path) ?? []);
}
