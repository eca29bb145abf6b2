// test/fake-host/per-netns.ts — tools that hold something for each network namespace: another in each, and gone with
// it.
import type { Namespace } from './ip/device.ts';
import type { Kernel } from './ip/kernel.ts';
import { Refused } from './ip/refused.ts';
import { createIptables } from './iptables.ts';
import type { Iptables } from './iptables.ts';
import { createSysctl } from './sysctl.ts';
import type { Call, Reply, Tool } from './tool.ts';

/** What a namespace other than the host's holds beside its devices. */
export interface Inside {
  readonly iptables: Iptables;
  readonly ip6tables: Iptables;
  readonly sysctl: Tool;
}

export class PerNetns {
  private readonly perNetns = new WeakMap<Namespace, Inside>();
  private readonly kernel: Kernel;

  constructor(kernel: Kernel) {
    this.kernel = kernel;
  }

  /** Made again by the same name it is another, and empty. */
  in(netns: string): Inside {
    const namespace = this.kernel.namespace(netns);
    const inside = this.perNetns.get(namespace) ?? {
      iptables: createIptables(),
      ip6tables: createIptables('ip6tables'),
      sysctl: createSysctl(this.kernel, { 'net.ipv4.ip_forward': '0' }, netns),
    };
    this.perNetns.set(namespace, inside);
    return inside;
  }

  /** The host's own tool, and in a namespace the one of that. */
  tool(own: Tool, of: (inside: Inside) => Tool): Tool {
    return {
      run: ({ netns, ...call }: Call): Reply => {
        if (netns === undefined) return own.run(call);
        try {
          return of(this.in(netns)).run(call);
        } catch (error) {
          if (error instanceof Refused) return { exitCode: 255, stdout: '', stderr: `${error.message}\n` };
          throw error;
        }
      },
    };
  }
}
