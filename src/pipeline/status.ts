// pipeline/status.ts — how each network and instance of a host stands, for people and as data.
import { kindIn } from '../core/ref.ts';
import type { Path } from '../core/resource.ts';
import { UNREAD } from '../conflicts/unread.ts';
import { fixedOf } from '../parts/fixed-ip.ts';
import { columns } from '../report/columns.ts';
import { listed } from '../report/format.ts';
import { namesOf } from '../report/disruption.ts';
import { planAsData, howItDiffers, describe, renderPosition } from '../report/plan.ts';
import type { Strangers } from './preflight/behind.ts';
import type { Prepared } from './plan-from.ts';
import type { World } from './world.ts';

interface Condition {
  readonly state: 'ok' | 'differs' | 'missing' | 'blocked';
  /**
   * Why what only somebody else can bring is missing, why it is not who it should be, or why what is there is of no
   * use.
   */
  readonly why?: string;
}

/** Somebody stops traffic of the spec on a host that is as netctl makes it. */
export function isBlocked({ conflicts }: Pick<Prepared, 'conflicts'>): boolean {
  return conflicts.some(({ stops = [] }) => stops.length > 0);
}

export type View = Omit<Prepared, 'problems'> & { readonly strangers: Strangers };
export function isSettled({ plan, strangers }: View): boolean {
  return plan.changes.length === 0 && strangers.size === 0;
}

/** One document. */
export function statusData(view: View, { kinds }: Pick<World, 'kinds'>): object {
  return {
    ...planAsData({ ...view, kinds, names: namesOf(view) }),
    kind: 'Status',
    settled: isSettled(view),
    networks: networksOf(view),
    nics: nicsOf(view),
  };
}

function networksOf(view: View) {
  return view.spec.networks.map(({ name, mode, bridge, cidr, path }) => ({
    name,
    mode,
    bridge,
    cidr,
    ...orBlocked(conditionOf(path, view), [path], view),
  }));
}

function nicsOf(view: View) {
  const places = new Map(view.spec.networks.map(({ name, path }) => [name, path]));
  return view.spec.instances
    .filter(({ host }) => host === view.self)
    .flatMap((instance) =>
      instance.nics.map((nic) => {
        const { ip, mac } = fixedOf(instance, nic, view.stored.allocations);
        return {
          name: nic.holder,
          instance: instance.name,
          network: nic.network,
          address: ip,
          mac,
          device: nic.device,
          ...orBlocked(conditionOf(nic.path, view), [places.get(nic.network) ?? [], nic.path], view),
          ...guestOf(nic.holder, view),
        };
      }),
    );
}

/** Where it is not the guest that it should be. */
function guestOf(holder: string, { strangers }: View): Condition | undefined {
  const macs = strangers.get(holder);
  return macs === undefined ? undefined : { state: 'differs', why: `${listed(macs, 3)} is seen behind it` };
}

/** Of everything that is wanted for the sake of this place of the spec. */
function conditionOf(place: Path, { plan, wanted }: View): Condition {
  const serves = (paths: readonly Path[]): boolean => paths.some((path) => place.every((part, i) => path[i] === part));
  const waiting = wanted.waiting.find(({ because }) => serves(because));
  if (waiting !== undefined) return { state: 'missing', why: waiting.why };
  return { state: plan.changes.some(({ ref }) => serves(wanted.because.get(ref) ?? [])) ? 'differs' : 'ok' };
}

/** What is as it is to be, at one of these places whose traffic somebody stops. */
function orBlocked(condition: Condition, places: readonly Path[], { conflicts }: View): Condition {
  if (condition.state !== 'ok') return condition;
  const codes = conflicts
    .filter(({ stops = [] }) => stops.some((path) => places.some((place) => path.join('\0') === place.join('\0'))))
    .map(({ code }) => code);
  return codes.length === 0 ? condition : { state: 'blocked', why: [...new Set(codes)].join(', ') };
}

export function statusText(view: View, world: Pick<World, 'kinds'>): string {
  const networks = networksOf(view).map(({ name, mode, bridge, cidr, ...condition }) => [
    name,
    mode,
    bridge,
    cidr,
    wordsOf(condition),
  ]);
  const nics = nicsOf(view).map(({ name, address, mac, device, ...condition }) => [
    name,
    address,
    mac,
    `${device.type} ${device.name}`,
    wordsOf(condition),
  ]);
  return `${view.title}: ${headline(view)}\n${section('networks', networks)}${section('instances', nics)}${section('differs', differences(view, world))}`;
}

function headline(view: View): string {
  const { plan, wanted, strangers } = view;
  const differing = plan.changes.length + strangers.size;
  const { waiting } = wanted;
  const waits =
    waiting.length === 0
      ? ''
      : `; ${waiting.length} waiting: ${listed(
          waiting.map((one) => one.waiting),
          3,
        )}`;
  return `${differing === 0 ? 'in sync with the spec' : `${differing} ${differing === 1 ? 'thing differs' : 'things differ'} from the spec`}${waits}${isBlocked(view) ? '; traffic is blocked by what others have on this host' : ''}${view.conflicts.some(({ code }) => code === UNREAD) ? '; not all that others have on this host could be read' : ''}`;
}

function wordsOf({ state, why }: Condition): string {
  return why === undefined ? state : `${state}: ${why}`;
}

function differences(view: View, world: Pick<World, 'kinds'>): readonly (readonly string[])[] {
  const { plan, wanted, locate, strangers } = view;
  const changes = plan.changes.map((change) => {
    const path = wanted.because.get(change.ref)?.[0];
    return [
      howItDiffers(change),
      kindIn(change.ref),
      describe(change, world.kinds),
      path === undefined ? '' : renderPosition(path, locate),
    ];
  });
  const paths = new Map(view.spec.instances.flatMap(({ nics }) => nics.map(({ holder, path }) => [holder, path])));
  const guests = nicsOf(view).flatMap(({ name, mac, device }) => {
    const [macs, path] = [strangers.get(name), paths.get(name)];
    return macs === undefined || path === undefined
      ? []
      : [
          [
            'differs',
            'mac',
            `behind ${device.name} is ${listed(macs, 3)}, not ${mac}: give the instance that one, or the spec the instance's`,
            renderPosition(path, locate),
          ],
        ];
  });
  return [...changes, ...guests];
}

function section(title: string, rows: readonly (readonly string[])[]): string {
  return rows.length === 0 ? '' : `\n${title}\n${columns(rows)}`;
}
