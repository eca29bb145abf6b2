// kinds/chain/iptables/value.ts — what a rule of iptables says, from its words: of ours all, of others' what ours could
// say as well.
import { TAG_PREFIX } from '../../../core/marks.ts';
import { wordsOf } from '../../../iptables/rule-text.ts';
import { isOwn } from '../model.ts';
import { REJECT_WITH } from '../rule.ts';
import type { Match, OtherMatch, OtherVerdict, RejectWith, Said, Verdict } from '../rule.ts';

export function valueOf(text: string): Said {
  const options = optionsIn(wordsOf(text));
  const at = options.findIndex(({ name }) => name === '-j' || name === '-g');
  const asking = at === -1 ? options : options.slice(0, at);
  return {
    match: asking.flatMap((option) => matchesOf(option, asking)),
    then: at === -1 ? NOTHING : verdictOf(options.slice(at)),
    why: reasonIn(asking),
  };
}

/** It only counts. */
const NOTHING: OtherVerdict = { target: 'other', name: 'a rule' };

/** `! --ctstate DNAT` */
interface Option {
  readonly name: string;
  readonly not: boolean;
  readonly values: string[];
}

function optionsIn(words: readonly string[]): readonly Option[] {
  const options: Option[] = [];
  let not = false;
  for (const word of words) {
    const last = options.at(-1);
    // A comment may begin with anything.
    const isValue = !word.startsWith('-') || (last?.name === '--comment' && last.values.length === 0);
    if (word === '!' && !(last?.name === '--comment' && last.values.length === 0)) {
      not = true;
    } else if (isValue) {
      last?.values.push(word);
    } else {
      options.push({ name: word, not, values: [] });
      not = false;
    }
  }
  return options;
}

/** They only announce the options behind them. */
const MODULES: readonly string[] = ['comment', 'conntrack', 'addrtype', 'statistic', 'tcp', 'udp', 'icmp', 'icmp6'];

/** None of an option that is part of another's match. */
function matchesOf(option: Option, all: readonly Option[]): readonly (Match | OtherMatch)[] {
  const { name, not, values } = option;
  const [value = ''] = values;
  const other: OtherMatch = { match: 'other', words: [...(not ? ['!'] : []), name, ...values].join(' ') };
  if (values.length !== 1) return [other];
  const negated = not ? ({ not: true } as const) : {};
  switch (name) {
    case '-s':
      return [{ match: 'source', cidr: value, ...negated }];
    case '-d':
      return [{ match: 'destination', cidr: value, ...negated }];
    case '-i':
      return [{ match: 'in', link: value, ...negated }];
    case '-o':
      return [{ match: 'out', link: value, ...negated }];
    case '--ctstate':
      return [{ match: 'ctstate', states: value.split(','), ...negated }];
    case '--every':
      return [{ match: 'every', nth: Number(value) }];
    case '-p':
      return [protocolIn(all) ?? icmpIn(all) ?? other];
    case '--sport':
    case '--dport':
      return portIn(all, name) !== undefined && protocolIn(all) !== undefined ? [] : [other];
    case '--icmp-type':
    case '--icmpv6-type':
      return icmpIn(all) === undefined ? [other] : [];
    case '--dst-type':
      return [value === 'LOCAL' && !not ? { match: 'local' } : other];
    case '-m':
      return MODULES.includes(value) ? [] : [other];
    case '--comment':
      return [];
    case '--mode':
      return value === 'nth' ? [] : [other];
    case '--packet':
      return value === '0' ? [] : [other];
    default:
      return [other];
  }
}

function protocolIn(all: readonly Option[]): Match | undefined {
  const { not, values: [protocol] = [] } = all.find(({ name }) => name === '-p') ?? {};
  if ((protocol !== 'tcp' && protocol !== 'udp') || not === true) return undefined;
  const [sourcePort, destinationPort] = [portIn(all, '--sport'), portIn(all, '--dport')];
  return {
    match: 'protocol',
    protocol,
    ...(sourcePort === undefined ? {} : { sourcePort }),
    ...(destinationPort === undefined ? {} : { destinationPort }),
  };
}

/** A type is read where it is a number, as `iptables-save` prints it. */
function icmpIn(all: readonly Option[]): Match | undefined {
  const of = (name: string): Option | undefined => all.find((option) => option.name === name);
  const { not, values: [protocol] = [] } = of('-p') ?? {};
  if ((protocol !== 'icmp' && protocol !== 'ipv6-icmp') || not === true) return undefined;
  const option = of(protocol === 'icmp' ? '--icmp-type' : '--icmpv6-type');
  const match = protocol === 'icmp' ? 'icmp' : 'icmpv6';
  if (option === undefined) return { match };
  const [, type, code] = /^(\d+)(?:\/(\d+))?$/.exec(option.values[0] ?? '') ?? [];
  if (option.not || type === undefined) return undefined;
  return { match, type: Number(type), ...(code === undefined ? {} : { code: Number(code) }) };
}

/** A single one; ranges are others'. */
function portIn(all: readonly Option[], side: '--sport' | '--dport'): number | undefined {
  const { not, values: [port] = [] } = all.find(({ name }) => name === side) ?? {};
  const number = Number(port);
  return not === false && Number.isInteger(number) ? number : undefined;
}

/** From the target and its own options. */
function verdictOf([jump, ...options]: readonly Option[]): Verdict | OtherVerdict {
  const [name = ''] = jump?.values ?? [];
  const other: OtherVerdict = { target: 'other', name };
  const [option, ...more] = options;
  const value = option?.values.join(' ') ?? '';
  if (more.length > 0) return other;
  switch (`${name} ${option?.name ?? ''}`) {
    case 'ACCEPT ':
      return { target: 'accept' };
    case 'DROP ':
      return { target: 'drop' };
    case 'RETURN ':
      return { target: 'return' };
    case 'REJECT --reject-with':
      return isRejectWith(value) ? { target: 'reject', answer: value } : other;
    case 'CHECKSUM --checksum-fill':
      return { target: 'checksum-fill' };
    case 'SNAT --to-source':
      return { target: 'snat', to: value };
    case 'DNAT --to-destination':
      return { target: 'dnat', to: value };
    case 'REDIRECT --to-ports':
      return Number.isInteger(Number(value)) ? { target: 'redirect', port: Number(value) } : other;
    default:
      return isOwn(name) && option === undefined ? { target: 'jump', chain: name } : other;
  }
}

function isRejectWith(word: string): word is RejectWith {
  return REJECT_WITH.some((one) => one === word);
}

/** What a comment of ours says after the tag: `networks.lab.forward`. */
function reasonIn(options: readonly Option[]): string {
  const comment = options.find(({ name }) => name === '--comment')?.values.join(' ') ?? '';
  const end = comment.indexOf(' ');
  return comment.startsWith(TAG_PREFIX) ? (end === -1 ? '' : comment.slice(end + 1)) : comment;
}
