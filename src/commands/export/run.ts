// commands/export/run.ts — prints what a host would hold, without a host.
import type { Op, Resource } from '../../core/resource.ts';
import { renderScript } from '../../driver/script.ts';
import type { BridgeChain } from '../../kinds/bridge-chain/model.ts';
import { textOf } from '../../kinds/bridge-chain/spelling.ts';
import type { Chain } from '../../kinds/chain/model.ts';
import { asData, renderSave } from '../../kinds/chain/iptables/render.ts';
import { inNamespace, isIpBatch } from '../../iproute2/batch.ts';
import { renderWaiting } from '../../report/plan.ts';
import { offline } from '../../pipeline/offline.ts';
import type { Offline } from '../../pipeline/offline.ts';
import { printData } from '../../report/print.ts';
import { exit } from '../../pipeline/world.ts';
import type { ExitCode, World } from '../../pipeline/world.ts';

export type Form = 'iptables-save' | 'ip-batch' | 'script' | 'files' | 'json';

export async function exportAs(world: World, form: Form, netns: string | undefined): Promise<ExitCode> {
  const built = await offline(world);
  // Only a host can tell.
  world.print.err(renderWaiting(built));
  switch (form) {
    case 'iptables-save':
      world.print.out(renderSave([...built.wanted.state.values()].filter(isChain)), 'exactly');
      break;
    case 'ip-batch':
      world.print.out(
        ipLines(opsOf(built))
          .map((line) => `${line}\n`)
          .join(''),
        'exactly',
      );
      break;
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
  if (isChain(resource)) return asData(resource);
  return isBridgeChain(resource) ? { ...resource, rules: resource.rules.map(textOf) } : resource;
}

function isBridgeChain(resource: Resource): resource is BridgeChain {
  return resource.kind === 'bridge-chain';
}

function isChain(resource: Resource): resource is Chain {
  return resource.kind === 'chain';
}

/** What `ip` is told, and nobody else. */
function ipLines(ops: readonly Op[]): readonly string[] {
  return ops.flatMap((op) =>
    isIpBatch(op) ? op.lines.map((line) => (op.netns === undefined ? line : inNamespace(line, op.netns))) : [],
  );
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
