// commands/export/run.ts — prints what a host would hold, without a host.
import { isInNetns } from '../../core/in-netns.ts';
import type { Op, Resource } from '../../core/resource.ts';
import { renderScript } from '../../driver/script.ts';
import type { BridgeChain } from '../../kinds/bridge-chain/model.ts';
import { textOf } from '../../kinds/bridge-chain/spelling.ts';
import type { Chain } from '../../kinds/chain/model.ts';
import { asData, renderSave } from '../../kinds/chain/iptables/render.ts';
import { inNamespace, isIpBatch, quote } from '../../iproute2/batch.ts';
import { renderWaiting } from '../../report/plan.ts';
import { offline } from '../../pipeline/offline.ts';
import type { Offline } from '../../pipeline/offline.ts';
import { printData } from '../../report/print.ts';
import { exit } from '../../report/exit-codes.ts';
import type { ExitCode } from '../../report/exit-codes.ts';
import type { World } from '../../pipeline/world.ts';

export type Form = 'iptables-save' | 'ip6tables-save' | 'ip-batch' | 'script' | 'files' | 'json';

export async function exportAs(world: World, form: Form, netns: string | undefined): Promise<ExitCode> {
  const built = await offline(world);
  // Only a host can tell.
  world.print.err(renderWaiting(built));
  switch (form) {
    case 'iptables-save':
    case 'ip6tables-save':
      return printSave(world, built, form);
    case 'ip-batch':
      return printBatch(world, built, netns);
    case 'script':
      world.print.out(renderScript(opsOf(built), netns === undefined ? {} : { netns }), 'exactly');
      break;
    case 'files':
      printFiles(world, built);
      break;
    case 'json':
      printData(
        { ...world, output: 'json' },
        {
          apiVersion: 'netctl/v1',
          kind: 'Host',
          resources: Object.fromEntries([...built.wanted.state].map(([ref, one]) => [ref, inWords(one)])),
        },
      );
      break;
  }
  return exit.ok;
}

/** Rules in the words of the tools that are told them. */
function inWords(resource: Resource): object {
  if (isInNetns(resource)) return { ...resource, resource: inWords(resource.resource) };
  if (isChain(resource)) return asData(resource);
  return isBridgeChain(resource) ? { ...resource, rules: resource.rules.map(textOf) } : resource;
}

function isBridgeChain(resource: Resource): resource is BridgeChain {
  return resource.kind === 'bridge-chain';
}

function isChain(resource: Resource): resource is Chain {
  return resource.kind === 'chain' || resource.kind === 'chain6';
}

/** Rules of the host itself, of one family: `iptables-restore` knows no other. */
function printSave(world: World, { wanted }: Offline, form: 'iptables-save' | 'ip6tables-save'): ExitCode {
  const family = form === 'iptables-save' ? 4 : 6;
  const all = [...wanted.state.values()];
  const chains = all.filter(isChain);
  world.print.out(renderSave(chains.filter((one) => one.family === family)), 'exactly');
  if (family === 4 && chains.some((one) => one.family === 6))
    world.print.err('left out: the rules of IPv6, which --as ip6tables-save has\n');
  const inside = all.flatMap((one) =>
    isInNetns(one) && isChain(one.resource) && one.resource.family === family ? [one.netns] : [],
  );
  return leftOut(world, inside, (netns) => `the rules in the network namespace ${netns}, which --as script has`);
}

/** What `ip` is told, and nobody else. */
function printBatch(world: World, built: Offline, netns: string | undefined): ExitCode {
  const ops = opsOf(built);
  // What `ip -n` makes nobody else could enter: driver/namespace.ts.
  const made = netns === undefined ? [] : ops.flatMap((op) => namespaceLine(op) ?? []);
  const lines = ops.flatMap(ipLines).filter((line) => !made.includes(line));
  world.print.out(lines.map((line) => `${line}\n`).join(''), 'exactly');
  return leftOut(
    world,
    made,
    (line) => `"ip ${line}", which is to be run outside of ${netns ?? ''}, before the others`,
  );
}

function leftOut(world: World, all: readonly string[], words: (one: string) => string): ExitCode {
  for (const one of new Set(all)) world.print.err(`left out: ${words(one)}\n`);
  return all.length === 0 ? exit.ok : exit.failed;
}

function ipLines(op: Op): readonly string[] {
  if (isIpBatch(op)) return op.lines.map((line) => (op.netns === undefined ? line : inNamespace(line, op.netns)));
  const line = namespaceLine(op);
  return line === undefined ? [] : [line];
}

/** `netns add netctl-r1`: which is no line of the batch that netctl itself runs. */
function namespaceLine(op: Op): string | undefined {
  return op.op === 'run' && op.argv[0] === 'ip' && op.argv[1] === 'netns'
    ? op.argv.slice(1).map(quote).join(' ')
    : undefined;
}

function printFiles(world: World, built: Offline): void {
  const files = opsOf(built).flatMap((op) => (op.op === 'write' ? [[op.path, op.text] as const] : []));
  if (world.output === 'text')
    world.print.out(files.map(([path, text]) => `==> ${path} <==\n${text}`).join('\n'), 'exactly');
  else printData(world, { apiVersion: 'netctl/v1', kind: 'Files', files: Object.fromEntries(files) });
}

function opsOf({ plan }: Offline): readonly Op[] {
  return plan.steps.flatMap(({ ops }) => ops);
}
