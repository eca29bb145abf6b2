// test/fake-host/ip.ts — `ip` over a kernel in memory: one command, or a batch that ends at the first line refused.
import { runAddress } from './ip/address.ts';
import { Kernel } from './ip/kernel.ts';
import type { Namespace } from './ip/device.ts';
import { runLink, runTuntap } from './ip/link.ts';
import { runNeigh, showNeighbours } from './ip/neigh.ts';
import { Refused } from './ip/refused.ts';
import { runRoute } from './ip/route.ts';
import { showAllRoutes, showLinks, showModes, showNamespaces, showRouteLines } from './ip/show.ts';
import { snapshot } from './ip/snapshot.ts';
import { splitLine, Words } from './ip/words.ts';
import type { Call, Reply, Tool } from './tool.ts';

export interface FakeIp extends Tool {
  readonly kernel: Kernel;
  /** What the host holds, as text for goldens. */
  snapshot(): string;
  /** Runs batch lines that a test needs to set its scene; throws when one is refused. */
  do(...lines: readonly string[]): void;
}

/** A host with physical interfaces, up and with a carrier, and with guests' namespaces. */
export function createIp({
  interfaces = [],
  namespaces = [],
}: { readonly interfaces?: readonly string[]; readonly namespaces?: readonly string[] } = {}): FakeIp {
  const kernel = new Kernel();
  const host = kernel.namespace('');
  kernel.setUp(kernel.device(host, 'lo'), true);
  for (const [i, name] of interfaces.entries())
    kernel.setUp(kernel.addDevice(host, { name, type: 'physical', mac: `02:00:00:00:ff:0${i + 1}` }), true);
  for (const name of namespaces) kernel.addNamespace(name);
  kernel.settle();
  const run = (call: Call): Reply => answer(kernel, call);
  return {
    kernel,
    run,
    snapshot: () => snapshot(kernel),
    do(...lines) {
      const { exitCode, stderr } = run({ argv: ['ip', '-batch', '-'], stdin: `${lines.join('\n')}\n` });
      if (exitCode !== 0) throw new Error(stderr);
    },
  };
}

function answer(kernel: Kernel, { argv, stdin = '', netns = '' }: Call): Reply {
  const words = argv.slice(1);
  try {
    if (words.join(' ') === '-batch -') return batch(kernel, kernel.namespace(netns), stdin);
    const stdout = one(kernel, kernel.namespace(netns), words);
    kernel.settle();
    return { exitCode: 0, stdout, stderr: '' };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { exitCode: error.exitCode, stdout: '', stderr: `${error.message}\n` };
  }
}

function batch(kernel: Kernel, netns: Namespace, stdin: string): Reply {
  for (const [i, line] of stdin.split('\n').entries()) {
    const words = splitLine(line);
    if (words === 'unterminated') return { exitCode: 1, stdout: '', stderr: 'Unterminated quoted string\n' };
    if (words.length === 0) continue;
    try {
      obey(kernel, netns, words);
      kernel.settle();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      kernel.settle();
      // A word that `ip` itself finds wrong ends it at once.
      if (error.exitCode === 255) return { exitCode: 255, stdout: '', stderr: `${error.message}\n` };
      return { exitCode: 1, stdout: '', stderr: `${error.message}\nCommand failed -:${i + 1}\n` };
    }
  }
  return { exitCode: 0, stdout: '', stderr: '' };
}

function one(kernel: Kernel, netns: Namespace, words: readonly string[]): string {
  switch (words.join(' ')) {
    case '-j -d addr show':
      return showLinks(netns);
    case '-j -d link show':
      return showModes(netns);
    case '-4 -N -j rule show':
      return JSON.stringify(
        [
          [0, '255'],
          [32766, '254'],
          [32767, '253'],
        ].map(([priority, table]) => ({ priority, src: 'all', table })),
      );
    case '-d -N -o route show table all':
      return showRouteLines(netns);
    case '-j netns list':
      return showNamespaces(kernel, netns);
    case '-d -N -j route show table all':
      return showAllRoutes(netns);
    case '-d -N -j neigh show nud all':
    case '-d -N -j neigh show nud permanent':
      return showNeighbours(netns, false);
    case '-d -N -j neigh show proxy':
      return showNeighbours(netns, true);
    // Not in this kernel, but asked for of an interface that is about to be borrowed.
    case '-d -N route show table all':
    case 'xfrm policy show':
    case '-d -N -j rule show':
    case '-6 -d -N -j rule show':
    case '-d -N -j nexthop show':
    case '-j maddr show':
    case '-j token show':
    case '-j addrlabel list':
      return '';
    default:
      return obey(kernel, netns, words);
  }
}

function obey(kernel: Kernel, netns: Namespace, all: readonly string[]): string {
  const words = new Words(all);
  switch (words.next()) {
    case 'link':
      runLink(kernel, netns, words);
      break;
    case 'tuntap':
      runTuntap(kernel, netns, words);
      break;
    case 'address':
      runAddress(kernel, netns, words);
      break;
    case 'route':
      runRoute(kernel, netns, words);
      break;
    case 'neigh':
      runNeigh(kernel, netns, words);
      break;
    case 'netns':
      runNetns(kernel, words, all);
      break;
    default:
      throw words.unknown();
  }
  if (words.more()) {
    words.next();
    throw words.unknown();
  }
  return '';
}

function runNetns(kernel: Kernel, words: Words, all: readonly string[]): void {
  const verb = words.next();
  const name = words.next();
  if (verb === 'add') {
    if (kernel.has(name)) throw new Refused(`Cannot create namespace file "/run/netns/${name}": File exists`, 1);
    kernel.addNamespace(name);
  } else if (verb === 'del' || verb === 'delete') kernel.removeNamespace(name);
  else if (verb === 'exec' && words.next() === 'ip') {
    obey(kernel, kernel.namespace(name), all.slice(4));
    while (words.more()) words.next();
  } else throw words.unknown();
}
