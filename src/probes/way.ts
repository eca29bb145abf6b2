// probes/way.ts — by which gateway and from which address the host would send to somebody far away: asked of the
// kernel, which sends nothing.
import { readRecords, partOf, textOf } from '../iproute2/fields.ts';
import { DriverError } from '../core/resource.ts';
import type { Answer, Way } from './model.ts';
import { capture } from '../driver/child.ts';
import { inNamespace } from '../driver/namespace.ts';
import { Hopeless, retry } from './retry.ts';
import type { Family } from '../net/ip.ts';

/** Where nothing is known of before, the first answer tells; else it is asked until it is what it was. */
export async function wayFrom(
  way: Way,
  timeout: number,
  { netns }: { readonly netns?: string | undefined },
  signal?: AbortSignal,
): Promise<Omit<Answer, 'probe'>> {
  const { family, to, any, was } = way;
  let said = '';
  const answer = await retry(
    async () => {
      try {
        said = await decided(family, to, netns);
      } catch (error) {
        if (!(error instanceof DriverError)) throw error;
        const why = `nothing leads to ${to}: ${reasonIn(error)}`;
        throw was === undefined ? new Hopeless(why) : new Error(`${why}; before, it was ${was}`, { cause: error });
      }
      if (was !== undefined && any !== true && !(await isAsBefore(said, was, way, netns)))
        throw new Error(`what is for far away goes ${said}; before, it went ${was}`);
    },
    timeout,
    { signal, waits: true },
  );
  return answer.answered ? { ...answer, said } : answer;
}

async function decided(family: Family, to: string, netns: string | undefined): Promise<string> {
  const [route = {}] = readRecords(
    await capture(inNamespace(['ip', ...(family === 6 ? ['-6'] : []), '-j', 'route', 'get', to], netns)),
  );
  if (textOf(route, 'type') === 'local') throw new Hopeless(`${to} is an address of this host itself`);
  const via = textOf(route, 'gateway') ?? textOf(partOf(route, 'via'), 'host');
  return [...(via === undefined ? [] : [`via ${via}`]), `from ${textOf(route, 'prefsrc') ?? NO_ADDRESS}`].join(' ');
}

/**
 * A host that had no address of its own to speak from loses nothing by one of netctl's, nor with it; nor does one that
 * gets its own again, as long as it has the one from which it spoke meanwhile.
 */
async function isAsBefore(
  said: string,
  was: string,
  { going = [], back = [] }: Pick<Way, 'going' | 'back'>,
  netns: string | undefined,
): Promise<boolean> {
  if (said === was) return true;
  const [[way, source = ''], [newWay, newSource = '']] = [was.split('from '), said.split('from ')];
  if (newWay !== way) return false;
  return source === NO_ADDRESS || going.includes(source) || (back.includes(newSource) && (await isHere(source, netns)));
}

async function isHere(ip: string, netns: string | undefined): Promise<boolean> {
  return readRecords(await capture(inNamespace(['ip', '-j', 'address', 'show', 'to', ip], netns))).some(
    (record) => textOf(record, 'ifname') !== undefined,
  );
}

/** All that it has are of a narrower scope than the route. */
const NO_ADDRESS = 'no address';

function reasonIn({ stderr, message }: DriverError): string {
  return stderr.trim().replace(/^RTNETLINK answers: /, '') || message;
}
