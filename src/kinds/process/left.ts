// kinds/process/left.ts — in which places daemons run, or have left their files: also in one that somebody has removed.
import { placeIn, runIn } from '../../core/marks.ts';
import type { HostReader } from '../../core/resource.ts';

export async function placesLeft(host: HostReader, run: string): Promise<readonly string[]> {
  const [files, running] = await Promise.all([host.files(run), host.processes(`--pid-file=${runIn(run, '')}`)]);
  const paths = [...files.keys(), ...running.flatMap(({ argv }) => argv.flatMap((word) => word.split('=').slice(1)))];
  return paths.flatMap((path) => placeIn(run, path) ?? []);
}
