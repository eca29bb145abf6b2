// specfile/dhcp-options.ts — DHCP options in dnsmasq's words: what it does not know keeps it from starting, and what it
// does not take it only logs.
import { BY_NAME, optionOf, RESERVED, SILENCED } from './dhcp-table.ts';
import type { Option } from './dhcp-table.ts';
import { measure } from './dhcp-values.ts';
import type { Wrong } from './dhcp-values.ts';
import { didYouMean } from './suggest.ts';

const QUOTES = 'put the whole option in quotes: "option:ntp-server,192.168.50.1"';
/** dnsmasq cuts a longer line. */
const LONGEST_LINE = 1000;

/** What is wrong with an option, if anything is. */
export function optionProblem(whole: string): Wrong | undefined {
  // A line break would begin another line of dnsmasq's file; behind a blank and a `#` is a comment.
  if (/[\0-\x1f\x7f]/.test(whole)) return { message: 'a DHCP option is one line', hint: 'make a list entry of each' };
  if (/(^|\s)#/.test(whole))
    return {
      message: "dnsmasq reads what follows a '#' as a comment",
      hint: "leave out the blank before '#', or the comment",
    };
  if (whole.length > LONGEST_LINE)
    return { message: `an option of ${whole.length} characters`, hint: `dnsmasq reads ${LONGEST_LINE} of a line` };
  const head = headOf(whole.trim());
  if ('message' in head) return head;
  const found = named(head.option, whole);
  if ('message' in found) return found;
  const { value } = head;
  if (value === undefined)
    return isFitEmpty(head, found)
      ? undefined
      : {
          message: `${head.option} has no value, and dnsmasq would send it empty`,
          hint: `write its value behind a comma, all in quotes, or leave it out: ${found.code === 26 ? 'what is sent is the mtu of the network' : 'nothing is sent of itself'}`,
        };
  if (value === '')
    return {
      message: `${head.option} has a comma and no value`,
      hint: `write its value${isFitEmpty(head, found) ? `, or ${head.option} alone${SILENCED.has(found.code) ? ', which sends none' : ''}` : ''}`,
    };
  // Within another option, dnsmasq knows a type by its name only.
  const bytes = sizeOf(head, found, value);
  if (typeof bytes !== 'number') return { message: `${head.option}: ${bytes.message}`, hint: bytes.hint };
  return bytes > head.room
    ? {
        message: `${head.option} has ${bytes} bytes, and dnsmasq sends no more than ${head.room} in an option`,
        hint: 'say less: dnsmasq does not send long options (RFC 3396)',
      }
    : undefined;
}

/** In bytes, without its code and length. */
function sizeOf({ room, option }: Head, { type }: Option, value: string): number | Wrong {
  return measure(room < 255 && !option.startsWith('option:') ? { is: 'any' } : type, value);
}

/** What a line says that is right: of what, and to whom. */
export interface Line {
  readonly code: number;
  /** Without `tag:`. */
  readonly tags: readonly string[];
  readonly value: string | undefined;
  /** Of the option as it is sent, with its code and length. */
  readonly bytes: number;
}

/** Of an option within another, nothing; nor of what is wrong. */
export function lineOf(whole: string): Line | undefined {
  const head = optionProblem(whole) === undefined ? headOf(whole.trim()) : undefined;
  if (head === undefined || 'message' in head || head.room < 255) return undefined;
  const found = named(head.option, whole);
  if ('message' in found) return undefined;
  const size = head.value === undefined ? 0 : sizeOf(head, found, head.value);
  return { code: found.code, tags: head.tags, value: head.value, bytes: 2 + (typeof size === 'number' ? size : 0) };
}

/** Whether dnsmasq then sends none, or an empty one may be meant. */
function isFitEmpty({ room }: Head, { code, type }: Option): boolean {
  return room < 255 || SILENCED.has(code) || type.is === 'any';
}

interface Head {
  /** `option:mtu`, or a number. */
  readonly option: string;
  readonly value: string | undefined;
  readonly tags: readonly string[];
  /** In bytes. */
  readonly room: number;
}

/** Tags and what the option is put into come first, in any order. */
function headOf(whole: string): Head | Wrong {
  let [rest, room]: [string, number] = [whole, 255];
  const tags: string[] = [];
  for (;;) {
    const at = rest.indexOf(',');
    const [word, behind] = at === -1 ? [rest.trim(), undefined] : [rest.slice(0, at).trim(), rest.slice(at + 1).trim()];
    const modifier = /^(tag:!?|net:!?|encap:|vi-encap:|vendor:)(.*)$/.exec(word);
    if (modifier === null) return { option: word, value: behind, tags, room };
    const [, kind = '', name = ''] = modifier;
    if (name === '')
      return {
        message: `${word} names nothing`,
        hint: `write what it stands for behind the colon: ${kind}${kind.includes('encap') ? '43' : 'name'}`,
      };
    if (kind === 'encap:' && !(isNumber(name) && Number(name) >= 1 && Number(name) <= 254))
      return {
        message: `there is no DHCP option ${name} to put another into`,
        hint: 'options are numbered 1 to 254: encap:43',
      };
    if (kind === 'vi-encap:' && !(isNumber(name) && Number(name) < 2 ** 32))
      return {
        message: `${name} is not the number of an enterprise`,
        hint: 'write the number that IANA has given it: vi-encap:2',
      };
    if (kind === 'encap:' || kind === 'vendor:') room = Math.min(room, 253);
    if (kind === 'vi-encap:') room = Math.min(room, 250);
    if (/^(tag|net):/.test(kind)) tags.push(`${kind.endsWith('!') ? '!' : ''}${name}`);
    if (behind === undefined)
      return {
        message: `${whole} is not a DHCP option`,
        hint: `write a number or option:<name> behind ${word}; ${QUOTES}`,
      };
    rest = behind;
  }
}

function isNumber(text: string): boolean {
  return /^\d{1,10}$/.test(text);
}

function named(option: string, whole: string): Option | Wrong {
  if (isNumber(option)) {
    const [code, reserved] = [Number(option), RESERVED.get(Number(option))];
    if (reserved !== undefined) return { message: `DHCP option ${code} cannot be given`, hint: reserved };
    return code >= 1 && code <= 254
      ? optionOf(code)
      : { message: `there is no DHCP option ${option}`, hint: 'options are numbered 1 to 254' };
  }
  if (option.startsWith('option6:'))
    return { message: `${option} is an option of DHCPv6`, hint: 'IPv6 comes with a later version; leave it out' };
  const name = /^option:(.*)$/.exec(option)?.[1];
  if (name === undefined) {
    return {
      message: `${whole === '' ? "''" : whole} is not a DHCP option`,
      hint: BY_NAME.has(option)
        ? `write option:${option}`
        : `write a number or option:<name>, and its value behind a comma; ${QUOTES}`,
    };
  }
  const found = BY_NAME.get(name.toLowerCase());
  if (found !== undefined) return found;
  return {
    message: `dnsmasq knows no DHCP option ${name}`,
    hint:
      didYouMean(
        name,
        new Set(BY_NAME.keys()),
        'dnsmasq --help dhcp lists those it knows; any other can be given by number',
      ) ?? QUOTES,
  };
}
