// commands/export/index.ts — netctl export.
import { option } from '../verb.ts';
import type { Call, Verb } from '../verb.ts';
import type { World } from '../../pipeline/world.ts';
import type { Form } from './run.ts';

const FORMS: readonly Form[] = ['iptables-save', 'ip6tables-save', 'ip-batch', 'script', 'files', 'json'];

export const exportVerb: Verb = {
  name: 'export',
  description: 'print what the host would hold, without a host',
  options: [option('--as <form>', 'what to print').choices(FORMS).default('script')],
  async load() {
    const run = await import('./run.ts');
    return (world: World, { as }: { readonly as: Form }, { settings: { netns } }: Call) =>
      run.exportAs(world, as, netns);
  },
};
