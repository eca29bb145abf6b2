// kinds/bridge-chain/spelling.ts — one rule, one spelling: releases of ebtables say the same rule back in other words.
import { parseCidr, parseIp, toNumber } from '../../net/ip.ts';
import type { BridgeRule } from './model.ts';

/**
 * A rule as netctl writes it. 1.8.11 says a negation in front of the option, as we do; 1.8.9 says it behind, and takes
 * both.
 */
function render({ from, to, not, then }: BridgeRule): string {
  return `-p IPv4 -d Unicast --ip-src ${wordOf(from)} ${not ? '! ' : ''}--ip-dst ${wordOf(to)} -j ${TARGETS[then]}`;
}

/** What a rule says that one of ours can say, whichever words stand there; another as it stands. */
export function valueOf(text: string): BridgeRule | string {
  return meaningOf(text.split(' ').filter((word) => word !== '')) ?? text;
}

/** As it is written. */
export function textOf(rule: BridgeRule | string): string {
  return typeof rule === 'string' ? rule : render(rule);
}

/** Goes on after the redirect: rules of others, against spoofing for one, are still to have their say. */
const TARGETS = { route: 'redirect --redirect-target CONTINUE', bridge: 'RETURN' } as const;

const NAMES: Readonly<Record<string, string>> = {
  '--protocol': '-p',
  '--destination': '-d',
  '--dst': '-d',
  '--ip-source': '--ip-src',
  '--ip-destination': '--ip-dst',
  '--jump': '-j',
};
const PROTOCOL = /^(?:ipv4|(?:0x)?0?800)$/i;
const UNICAST = /^(?:unicast|0?0(?::0?0){5}\/0?1(?::0?0){5})$/i;
const ANY = '0.0.0.0/0';

interface Value {
  readonly value: string;
  readonly not: boolean;
}

function meaningOf(words: readonly string[]): BridgeRule | undefined {
  const {
    '-p': protocol,
    '-d': station,
    '--ip-src': source,
    '--ip-dst': destination,
    '-j': target,
    '--redirect-target': next,
    ...more
  } = optionsIn(words);
  const isOfOurs =
    protocol !== undefined && PROTOCOL.test(protocol.value) && station !== undefined && UNICAST.test(station.value);
  if (!isOfOurs || Object.keys(more).length > 0 || [protocol, station, source, target, next].some((one) => one?.not))
    return undefined;
  const [from, to] = [source, destination].map((one) => cidrOf(one?.value ?? ANY));
  const then =
    target?.value === 'RETURN' && next === undefined
      ? 'bridge'
      : target?.value === 'redirect' && next?.value === 'CONTINUE'
        ? 'route'
        : undefined;
  if (from === undefined || to === undefined || then === undefined) return undefined;
  return { from, to, ...(destination?.not ? { not: true } : {}), then };
}

/**
 * Each option has one value; `!` stands in front of the option or of the value. What is not said so is kept as an
 * option that nobody knows.
 */
function optionsIn(words: readonly string[]): Readonly<Record<string, Value>> {
  const options: Record<string, Value> = {};
  for (let i = 0; i < words.length; i++) {
    const isBefore = words[i] === '!';
    const option = words[isBefore ? ++i : i] ?? '';
    const isBehind = words[i + 1] === '!';
    const value = words[isBehind ? (i += 2) : ++i];
    const name = NAMES[option] ?? option;
    const isClear = value !== undefined && !(isBefore && isBehind) && !(name in options);
    options[isClear ? name : `${i} ${name}`] = { value: value ?? '', not: isBefore || isBehind };
  }
  return options;
}

/** `10.0.0.3`, `10.0.0.0/24`, `10.0.0.0/255.255.255.0`. */
function cidrOf(text: string): string | undefined {
  const [address = '', mask = '32', ...rest] = text.split('/');
  const dotted = parseIp(mask, 4);
  const size = dotted === undefined ? 0 : Math.log2(2 ** 32 - toNumber(dotted));
  return rest.length > 0 ? undefined : parseCidr(`${address}/${dotted === undefined ? mask : 32 - size}`, 4);
}

function wordOf(cidr: string): string {
  return cidr.endsWith('/32') ? cidr.slice(0, -'/32'.length) : cidr;
}
