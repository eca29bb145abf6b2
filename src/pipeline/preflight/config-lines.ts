// pipeline/preflight/config-lines.ts — lines of an operator's dnsmasq configuration with which its server is not
// netctl's, or is asked by more than its network.
import type { Diagnostic } from '../../core/resource.ts';
import { means } from '../../uplinks/interface-rules.ts';

/** What a server is told by netctl, and a line of the file would tell it otherwise: that is read last. */
export interface Served {
  readonly network: string;
  readonly bridge: string;
  readonly server: string;
}

export type Odd = Pick<Diagnostic, 'severity' | 'code' | 'message' | 'hint'>;

/** Only the file itself is looked at, not what it includes. */
export function oddLines(config: string, text: string, served: Served): readonly Odd[] {
  return text.split('\n').flatMap((line, i): readonly Odd[] => {
    const [word, value] = wordsOf(line);
    const at = `dhcp.config ${config}, line ${i + 1}: ${word}${value === '' ? '' : `=${value}`}`;
    const breaks = BREAKS[word]?.(value);
    const opens = OPENS[word]?.(value, served);
    const denies = DENIES[word]?.(value, served);
    const hint = `remove the line from ${config}`;
    if (breaks !== undefined) return [{ severity: 'error', code: 'config-unfit', message: `${at}: ${breaks}`, hint }];
    if (denies !== undefined)
      return [{ severity: 'warning', code: 'config-denies', message: `${at}: ${denies}`, hint }];
    if (opens === undefined) return [];
    return [
      {
        severity: 'warning',
        code: 'config-listens',
        message: `${at}: ${opens}`,
        hint: 'a server for others is one that you start yourself',
      },
    ];
  });
}

/** A comment begins a line or follows a blank; blanks around the sign of equality count for nothing. */
export function wordsOf(line: string): readonly [word: string, value: string] {
  const [word = '', ...value] = line.replace(/(^|\s)#.*$/, '').split('=');
  return [word.trim(), value.join('=').trim()];
}

const STAYS = 'netctl waits until the server is in the background, where this keeps it from going';

const BREAKS: Readonly<Record<string, (value: string) => string | undefined>> = {
  'pid-file': () => 'netctl knows the server by the file that it names itself',
  'keep-in-foreground': () => STAYS,
  'no-daemon': () => STAYS,
  user: (value) => (value === 'root' ? undefined : 'the server reads files of root alone, again and again'),
  'bind-dynamic': () => 'dnsmasq does not take it beside --bind-interfaces, which netctl gives it',
  'listen-address': (value) =>
    onlyIf(
      listed(value).includes('0.0.0.0'),
      'dnsmasq does not start: it opens port 53 of the network, which is one of all addresses, a second time',
    ),
};

const NO_LEASES = 'the server gives no addresses on the bridge of its network, and no instance gets one';

/** Lines after which the server runs, and does not do what it is there for. */
const DENIES: Readonly<Record<string, (value: string, served: Served) => string | undefined>> = {
  'no-dhcp-interface': withoutLeases,
  'no-dhcpv4-interface': withoutLeases,
  'dhcp-alternate-port': () =>
    'the server listens at another port than 67, where clients ask, and no instance gets an address',
  'dhcp-relay': (value, { server }) =>
    onlyIf(
      listed(value)[0] === server,
      'what clients ask on the network is sent on to another server, and no instance gets an address from this one',
    ),
  // Tags that a request of each instance has: dnsmasq's own, and those of its range.
  'dhcp-ignore': (value, { network, bridge }) =>
    onlyIf(
      listed(value).every((tag) => ['tag:known', `tag:${network}`, `tag:${bridge}`].includes(tag)),
      NO_LEASES,
    ),
};

const OPENS: Readonly<Record<string, (value: string, served: Served) => string | undefined>> = {
  interface: (value, { bridge }) =>
    onlyIf(value !== bridge, 'the server answers there, too, and not to its network alone'),
  'listen-address': (value, { server }) =>
    onlyIf(value !== server, 'the server answers DNS there, too, and not to its network alone'),
  'auth-server': () => 'the server answers DNS to others than its network',
  port: (value) =>
    onlyIf(
      value !== '53',
      value === '0' ? 'the network has no DNS' : 'clients ask DNS at port 53, where nobody answers them',
    ),
};

function withoutLeases(value: string, { bridge }: Served): string | undefined {
  return onlyIf(
    listed(value).some((pattern) => means(pattern, bridge)),
    NO_LEASES,
  );
}

function listed(value: string): readonly string[] {
  return value.split(',').map((one) => one.trim());
}

function onlyIf(is: boolean, what: string): string | undefined {
  return is ? what : undefined;
}
