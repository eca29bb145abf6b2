// test/fake-host/ebtables.ts — ebtables-nft-save and -restore over table nat in memory: whole or not at all.
import type { Call, Reply, Tool } from './tool.ts';

type Chains = Map<string, { policy: string; readonly rules: string[] }>;

export interface Ebtables {
  readonly save: Tool;
  readonly restore: Tool;
  /** Somebody else's commands: what `ebtables-restore --noflush` understands of table nat. */
  load(text: string): void;
  text(): string;
}

const KERNELS = ['PREROUTING', 'OUTPUT', 'POSTROUTING'];
/** Whose words: of Debian 12, of Debian 13. */
export type Release = '1.8.9' | '1.8.11';

/** As the real one says rules back, negations in front of their option. */
const RULE =
  /^(?:-i \S+ )?(?:-p IPv4 (?:-d Unicast )?(?:--ip-src \S+ )?(?:(?:! )?--ip-dst \S+ )?)?-j (redirect(?: --redirect-target CONTINUE)?|RETURN|DROP|ACCEPT|\S+)$/;
const TARGETS = ['RETURN', 'DROP', 'ACCEPT'];

class Refused extends Error {
  override readonly name = 'Refused';
}

export function createEbtables(release: Release = '1.8.9'): Ebtables {
  let chains: Chains = new Map();
  const restore = (text: string): void => {
    const [table, ...lines] = text.trimEnd().split('\n');
    if (table !== '*nat') throw new Error(`the fake ebtables does not know ${table ?? ''}`);
    const next: Chains = new Map(
      [...(chains.size === 0 ? fresh() : chains)].map(([name, { policy, rules }]) => [
        name,
        { policy, rules: [...rules] },
      ]),
    );
    for (const line of lines) obey(next, line);
    chains = next;
  };
  return {
    save: { run: (call) => answer(call, 'ebtables-nft-save', () => textOf(chains, release)) },
    restore: { run: (call) => answer(call, 'ebtables-nft-restore --noflush', () => (restore(call.stdin ?? ''), '')) },
    load: restore,
    text: () => textOf(chains, release),
  };
}

function answer({ argv }: Call, expected: string, run: () => string): Reply {
  if (argv.join(' ') !== expected) throw new Error(`the fake ebtables does not know ${argv.join(' ')}`);
  try {
    return { exitCode: 0, stdout: run(), stderr: '' };
  } catch (error) {
    if (error instanceof Refused) return { exitCode: 1, stdout: '', stderr: `${error.message}\n` };
    throw error;
  }
}

function fresh(): Chains {
  return new Map(KERNELS.map((name) => [name, { policy: 'ACCEPT', rules: [] }]));
}

function obey(chains: Chains, line: string): void {
  const [, declared, policy = ''] = /^:(\S+) (\S+)$/.exec(line) ?? [];
  if (declared !== undefined) {
    chains.set(declared, { policy, rules: [] });
    return;
  }
  const [, verb = '', name = '', at, rule = ''] =
    /^(-[AIDFX]) (\S+)(?: (\d+))?(?: (.+))?$/.exec(line.replace(/(--ip-dst) !/, '! $1')) ?? [];
  const rules = chains.get(name)?.rules;
  if (rules === undefined) throw new Refused(`Chain '${name}' does not exist`);
  switch (verb) {
    case '-A':
      rules.push(known(chains, rule));
      break;
    case '-I':
      rules.splice(Number(at ?? 1) - 1, 0, known(chains, rule));
      break;
    case '-D': {
      if (!rules.includes(rule)) throw new Refused('no such rule');
      rules.splice(rules.indexOf(rule), 1);
      break;
    }
    case '-F':
      rules.splice(0);
      break;
    case '-X': {
      if (
        rules.length > 0 ||
        [...chains.values()].some((chain) => chain.rules.some((other) => other.endsWith(`-j ${name}`)))
      )
        throw new Refused(`${name} is in use`);
      chains.delete(name);
      break;
    }
    default:
      throw new Error(`the fake ebtables does not know ${line}`);
  }
}

function known(chains: Chains, rule: string): string {
  const [, target = ''] = RULE.exec(rule) ?? [];
  if (target === '') throw new Error(`the fake ebtables does not know ${rule}`);
  if (!target.startsWith('redirect') && !TARGETS.includes(target) && !chains.has(target))
    throw new Refused(`no chain ${target}`);
  return rule;
}

/** A table that nobody has used is not there. */
function textOf(chains: Chains, release: Release): string {
  if (chains.size === 0) return '';
  const others = [...chains.keys()].filter((name) => !KERNELS.includes(name)).sort();
  const names = [...KERNELS, ...others];
  return [
    '*nat',
    ...names.map((name) => `:${name} ${chains.get(name)?.policy ?? ''}`),
    ...names.flatMap((name) => (chains.get(name)?.rules ?? []).map((rule) => `-A ${name} ${said(rule, release)}`)),
    '',
  ].join('\n');
}

function said(rule: string, release: Release): string {
  const text = release === '1.8.9' ? rule.replace(/! (--ip-dst)/, '$1 !') : rule;
  return rule.endsWith('redirect') ? `${text} ` : text;
}
