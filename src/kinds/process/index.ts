// kinds/process/index.ts — daemons: how netctl knows its own, and when one must read its files again or be started anew.
import type { Change, Kind, Op, Running } from '../../core/resource.ts';
import type { Process } from './model.ts';

/** The mark of a process is its pid file below `run`, among its arguments. What it has loaded is put down beside the pid file. */
export function createProcessKind(run: string): Kind<Process> {
  const pidFile = (name: string): string => `${run}/${name}.pid`;
  const loaded = (name: string): string => `${run}/${name}.loaded`;
  const mark = `--pid-file=${run}/`;

  /**
   * Signalled because what it has loaded is not what it should have, never because a file has just changed: a netctl that dies in
   * between would leave it stale for ever. So what it has loaded is put down last.
   */
  const opsFor = (change: Change<Process>): readonly Op[] => {
    const name = change.verb === 'delete' ? change.before.name : change.after.name;
    const stop: Op = { op: 'signal', pidFile: pidFile(name), signal: 'TERM' };
    if (change.verb === 'delete') return [stop, { op: 'remove', path: loaded(name) }, { op: 'remove', path: pidFile(name) }];
    const { argv, config } = change.after;
    const put: Op = { op: 'write', path: loaded(name), text: `${config}\n` };
    const start: Op = { op: 'start', argv, pidFile: pidFile(name) };
    if (change.verb === 'create') return [start, put];
    return sameArguments(change.before, change.after) ? [{ op: 'signal', pidFile: pidFile(name), signal: 'HUP' }, put] : [stop, start, put];
  };

  return {
    kind: 'process',
    key: ({ name }) => name,
    needs: ({ on }) => on,
    observe: async (host, wanted) => {
      const running = await host.processes(mark);
      const texts = await host.files(run);
      const on = new Map(wanted.map((process) => [process.name, process.on]));
      return [...byName(running, mark)].map(([name, found]): Process => ({
        kind: 'process', name, argv: found.length === 1 ? (found[0]?.argv ?? []) : [], config: texts.get(loaded(name))?.trim() ?? '', on: on.get(name) ?? [],
      }));
    },
    same: (observed, wanted) => sameArguments(observed, wanted) && observed.config === wanted.config,
    spares: () => true,
    describe: ({ name, argv }, before) => (before === undefined ? name : `${name} ${sameArguments(before, { argv }) ? 'reads its files again' : 'is restarted with other arguments'}`),
    steps: (changes) => changes.map((change) => ({ changes: [change], ops: opsFor(change) })),
  };
}

/** More than one with the same mark is one too many: no arguments match, so all are ended and one is started. */
function byName(running: readonly Running[], mark: string): ReadonlyMap<string, readonly Running[]> {
  const found = new Map<string, Running[]>();
  for (const process of running) {
    const name = process.argv.find((argument) => argument.startsWith(mark) && argument.endsWith('.pid'))?.slice(mark.length, -'.pid'.length);
    if (name !== undefined && !name.includes('/')) found.set(name, [...(found.get(name) ?? []), process]);
  }
  return found;
}

function sameArguments(a: Pick<Process, 'argv'>, b: Pick<Process, 'argv'>): boolean {
  return a.argv.length === b.argv.length && a.argv.every((argument, i) => argument === b.argv[i]);
}
