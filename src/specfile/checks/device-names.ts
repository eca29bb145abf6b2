// specfile/checks/device-names.ts — names of devices that whoever makes them gives out by itself: no spec can rely on
// one.
import type { Diagnostic } from '../../core/resource.ts';
import type { Draft } from '../draft.ts';

/** libvirt's own beginnings: such a name in `<target dev='…'/>` it takes for one of its own, and gives out another. */
const LIBVIRTS = /^(?:vnet|vif|macvtap|macvlan)/;

export function* libvirtsNames({ spec }: Draft): Iterable<Diagnostic> {
  for (const { nics } of spec.instances)
    for (const { device, path } of nics) {
      if (device.type !== 'external' || !LIBVIRTS.test(device.name)) continue;
      yield {
        severity: 'warning',
        code: 'libvirt-name',
        message: `libvirt gives out names like ${device.name} by itself: its guest may have another at its next start`,
        at: [[...path, 'device', 'name']],
        hint: "give it another name here and in the guest's XML, one that libvirt leaves alone: <target dev='lv-web-1'/>",
      };
    }
}
