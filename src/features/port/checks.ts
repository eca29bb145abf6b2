// features/port/checks.ts — names of devices: those that whoever makes them gives out by itself, on which no spec can
// rely, and two of one name in a namespace.
import type { Diagnostic, Path } from '../../core/resource.ts';
import type { Draft } from '../../specfile/draft.ts';
import { wrong } from '../../specfile/problem.ts';

export function* check(draft: Draft): Iterable<Diagnostic> {
  yield* farEndTwice(draft);
  yield* libvirtsNames(draft);
}

/** libvirt's own beginnings: such a name in `<target dev='…'/>` it takes for one of its own, and gives out another. */
const LIBVIRTS = /^(?:vnet|vif|macvtap|macvlan)/;

function* libvirtsNames({ spec }: Draft): Iterable<Diagnostic> {
  for (const { nics } of spec.instances)
    for (const { device, path } of nics) {
      if (device.type !== 'external' || !LIBVIRTS.test(device.name)) continue;
      yield {
        severity: 'warning',
        code: 'libvirt-name',
        message: `libvirt gives out names like ${device.name} by itself: its instance may have another at its next start`,
        at: [[...path, 'device', 'name']],
        hint: "give it another name here and in the guest's XML, one that libvirt leaves alone: <target dev='lv-web-1'/>",
      };
    }
}

function* farEndTwice({ spec }: Draft): Iterable<Diagnostic> {
  const holders = new Map<string, Path>();
  for (const { host, nics } of spec.instances)
    for (const { device, path } of nics) {
      if (device.type !== 'veth') continue;
      const key = `${host} ${device.netns} ${device.peer}`;
      const other = holders.get(key);
      if (other === undefined) holders.set(key, path);
      else
        yield wrong(
          'peer-twice',
          `the namespace ${device.netns} would have two interfaces named ${device.peer}`,
          [
            [...path, 'device', 'peer'],
            [...other, 'device', 'peer'],
          ],
          'give one of them another `peer`',
        );
    }
}
