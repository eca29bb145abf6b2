// test/fake-host/perl.ts — the programs that netctl has perl run: one announces addresses, one cuts connections, one
// tries whether ports are free.
import { announcer } from '../../src/kinds/address/announce.ts';
import type { Conntrack } from './conntrack.ts';
import type { FakeIp } from './ip.ts';
import type { FakeSockets } from './sockets.ts';
import type { Tool } from './tool.ts';

/** Only an address that the link has can be announced there. */
export function createPerl(ip: FakeIp, conntrack: Conntrack, sockets: FakeSockets): Tool {
  return {
    run: (call) => {
      const bound = sockets.bound(call.argv);
      if (bound !== undefined) return { exitCode: 0, stdout: bound, stderr: '' };
      const link = call.argv.at(-1) ?? '';
      if (call.argv.join('\0') !== announcer(link).join('\0')) return conntrack.many.run(call);
      const has =
        ip.kernel
          .namespace(call.netns ?? '')
          .devices.get(link)
          ?.addresses.all()
          .map(({ cidr }) => cidr.split('/')[0]) ?? [];
      const wrong = (call.stdin ?? '')
        .trimEnd()
        .split('\n')
        .filter((address) => !has.includes(address));
      if (wrong.length > 0) throw new Error(`${link} does not have ${wrong.join(', ')}, which is announced there`);
      return { exitCode: 0, stdout: '', stderr: '' };
    },
  };
}
