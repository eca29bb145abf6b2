// kinds/flow/index.ts — connections of floating addresses: established ones outlive their rules, so those of a pair
// that goes are cut.
import type { Change, HostReader, Kind, Memory, Op, Step } from '../../core/resource.ts';
import { cutLines, MANY } from './many.ts';
import type { Flow, Pair, Pairs } from './model.ts';
import { connectedPairs, flowOf } from './parse.ts';

export function createFlowKind(pairs: Pairs): Kind<Flow> {
  return {
    kind: 'flow',
    key: keyOf,
    // Removals that nobody waits for come last, so after the rules that would make such connections anew.
    needs: () => [],
    // Whatever is not translated has no connections.
    mayBe: async (host, wanted) => {
      const translated = new Set((await pairs.all(host)).map(keyOf));
      return wanted.filter((one) => translated.has(keyOf(one)));
    },
    watches: ['rules'],
    observe: async (host, wanted, memory) => await observe(host, wanted, memory, pairs),
    again: async (host, wanted, memory, names) => {
      const found = await pairs.inChains(host, names);
      return found === undefined
        ? await observe(host, wanted, memory, pairs)
        : [...wanted, ...besides(found, wanted).map(flowOf)];
    },
    steps,
    // What it leads to now is why it leads elsewhere no more.
    claims: ({ floating }) => [`connections of ${floating}`],
    // Once its rules are gone, nothing on the host tells which pair there was.
    recordBefore: (changes) =>
      Object.fromEntries(
        changes.filter(({ verb }) => verb === 'delete').map(({ ref }) => [ref.slice('flow '.length), 'to be cut']),
      ),
    disrupts: (change) =>
      change.verb === 'delete' ? { class: 'flows', of: [change.before.fixed] } : { class: 'none' },
    describe: ({ floating, fixed }) => `${floating} of ${fixed} (its connections are cut)`,
  };
}

function keyOf({ floating, fixed }: Pair): string {
  return `${floating} ${fixed}`;
}

/**
 * Those that may be count as there. Of the others those that have rules, and those put down that still have
 * connections.
 */
async function observe(
  host: HostReader,
  wanted: readonly Flow[],
  memory: Memory,
  pairs: Pairs,
): Promise<readonly Flow[]> {
  const may = new Set(wanted.map(keyOf));
  const translated = besides(await pairs.all(host), wanted);
  const left = Object.keys(memory).filter((pair) => !may.has(pair) && !translated.includes(pair));
  const connected = left.length === 0 ? [] : connectedPairs(await host.read(['conntrack', '-L']), left);
  return [...wanted, ...[...new Set([...translated, ...connected])].map(flowOf)];
}

function besides(pairs: readonly Pair[], wanted: readonly Flow[]): readonly string[] {
  const may = new Set(wanted.map(keyOf));
  return pairs.map(keyOf).filter((pair) => !may.has(pair));
}

/**
 * What may be is the world's to begin. Each line of `conntrack` looks through the whole table: of many pairs it is
 * first asked which have any.
 */
function steps(changes: readonly Change<Flow>[]): readonly Step[] {
  const cut = changes.flatMap((change) => (change.verb === 'delete' ? [change.before] : []));
  const rest = changes.filter(({ verb }) => verb !== 'delete').map((change): Step => ({ changes: [change], ops: [] }));
  if (cut.length === 0) return rest;
  const removals = changes.filter(({ verb }) => verb === 'delete');
  const op: Op =
    cut.length < MANY.from
      ? { op: 'batch', tool: ['conntrack', '-R', '-'], lines: cut.flatMap(cutLines) }
      : {
          op: 'run',
          argv: MANY.argv,
          calls: MANY.calls,
          stdin: cut.map(({ floating, fixed }) => `${floating} ${fixed}\n`).join(''),
        };
  return [...rest, { changes: removals, ops: [op] }];
}
