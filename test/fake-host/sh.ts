// test/fake-host/sh.ts — `sh -c` for the lines that netctl says with it: loads br_netfilter, which no bridge is to
// notice; reads settings, of which an interface that is borrowed has none here.
import { DELETE_IF_THERE } from '../../src/kinds/link/steps.ts';
import { READ_OF_DEVICES } from '../../src/kinds/sysctl/goes-with.ts';
import { readSettings } from '../../src/conflicts/settings.ts';
import { READ_ELSEWHERE } from '../../src/uplinks/elsewhere.ts';
import { READ_ENDPOINTS, readSettingsOf } from '../../src/uplinks/read.ts';
import type { Files } from './files.ts';
import type { Kernel } from './ip/kernel.ts';
import type { Tool } from './tool.ts';

const SETTINGS = '/proc/sys/net/bridge';
const OFF =
  'sysctl -e -q -w net.bridge.bridge-nf-call-iptables=0 net.bridge.bridge-nf-call-ip6tables=0 net.bridge.bridge-nf-call-arptables=0';
const LINE = `[ -e ${SETTINGS} ] || { modprobe br_netfilter && ${OFF} && { nsenter --target 1 --net ${OFF} || :; }; }`;

/** Shows in what the kernel lists below /proc, as a real one would. */
export function createSh(files: Files, kernel: Kernel): Tool {
  return {
    run({ argv }) {
      if (argv[2] === readSettings([])[2])
        return {
          exitCode: 0,
          stdout: argv
            .slice(4)
            .map((path) => (files.read(path) ?? '').replaceAll(/^(?=.)/gm, `${path} `))
            .join(''),
          stderr: '',
        };
      if (argv[2] === READ_OF_DEVICES)
        return {
          exitCode: 0,
          stdout: argv
            .slice(4)
            .flatMap((link) => settingsOf(link, kernel))
            .join(''),
          stderr: '',
        };
      if ([readSettingsOf([])[2], READ_ENDPOINTS[2], READ_ELSEWHERE[2]].includes(argv[2]))
        return { exitCode: 0, stdout: '', stderr: '' };
      if (argv[2] === DELETE_IF_THERE) {
        const device = kernel.namespace('').devices.get(argv[4] ?? '');
        if (device !== undefined) kernel.remove(device);
        return { exitCode: 0, stdout: '', stderr: '' };
      }
      if (argv.join(' ') !== `sh -c ${LINE}`) throw new Error(`the fake sh does not know: ${argv.join(' ')}`);
      if (files.below(SETTINGS).size === 0)
        for (const tool of ['arptables', 'ip6tables', 'iptables'])
          files.write(`${SETTINGS}/bridge-nf-call-${tool}`, '0\n', 0o644);
      return { exitCode: 0, stdout: '', stderr: '' };
    },
  };
}

function settingsOf(link: string, kernel: Kernel): readonly string[] {
  const settings = kernel.namespace('').devices.get(link)?.settings ?? new Map<string, string>();
  return [...settings].map(([name, value]) => `/proc/sys/net/${name.replace('.', `/conf/${link}/`)}:${value}\n`);
}
