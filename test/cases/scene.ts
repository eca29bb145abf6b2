// test/cases/scene.ts — the host of a golden case: what it has beforehand, what befalls it, and what it then holds, as
// text.
import { createWhole } from '../fake-host/whole.ts';
import type { Whole } from '../fake-host/whole.ts';
import { PATHS } from '../world.ts';

/**
 * A host as `host.txt` says it, line by line: `interface eth1`, a section of `iptables-save`, `dhcp BRIDGE MAC` for a
 * guest that asks for its address, and else what `ip -batch` understands. Comments begin with `#`.
 */
export class Scene {
  readonly whole: Whole;

  constructor(text: string) {
    const lines = linesOf(text);
    this.whole = createWhole({
      interfaces: lines.flatMap((line) => (line.startsWith('interface ') ? [line.slice('interface '.length)] : [])),
    });
    this.befall(lines.filter((line) => !line.startsWith('interface ')).join('\n'));
  }

  befall(text: string): void {
    const table: string[] = [];
    for (const line of linesOf(text)) {
      const [word = '', link = '', mac = ''] = line.split(' ');
      if (table.length > 0 || line.startsWith('*')) table.push(line);
      else if (word === 'dhcp') this.askFor(link, mac);
      else this.whole.ip.do(line);
      if (line === 'COMMIT') this.whole.iptables.load(`${table.splice(0).join('\n')}\n`);
    }
  }

  /** What the case keeps under `want/`, by name. */
  held(): ReadonlyMap<string, string> {
    const { host, ip, iptables, ebtables, sysctl } = this.whole;
    const files = ['networks', 'guests']
      .flatMap((room) => [...host.disk.below(`${PATHS.state}/${room}`)])
      .map(([path, text]) => [`files${path.slice(PATHS.state.length)}`, text] as const);
    const frames = ebtables.text().includes('\n-A ') ? ebtables.text() : '';
    return new Map([
      ['ip-addr.txt', ip.snapshot()],
      ...(frames === '' ? [] : [['ebtables-save.txt', frames] as const]),
      ['iptables-save.txt', ofUsed(iptables.text())],
      ['processes.txt', host.daemons.text().replaceAll(' --', '\n  --')],
      [
        'sysctl.txt',
        [...sysctl.values]
          .map(([name, value]) => `${name} = ${value}\n`)
          .sort()
          .join(''),
      ],
      ...files,
    ]);
  }

  /** Everything, to be compared: also what should never have been there. */
  snapshot(): string {
    return [...this.held()].map(([name, text]) => `-- ${name}\n${text}`).join('') + this.whole.host.disk.text();
  }

  private askFor(bridge: string, mac: string): void {
    if (this.whole.dnsmasq.ask(bridge, mac) === undefined)
      throw new Error(`nobody on ${bridge} has an address for ${mac}`);
  }
}

function linesOf(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/** Without the tables in which there is nothing: whether they were ever looked at is nobody's concern. */
function ofUsed(save: string): string {
  return save
    .split(/(?<=^COMMIT\n)/m)
    .filter((table) => /^-A |^:\S+ (?!ACCEPT )/m.test(table))
    .join('');
}
