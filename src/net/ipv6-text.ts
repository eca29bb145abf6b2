// net/ipv6-text.ts — the text of an IPv6 address ↔ its 128 bits, as the tools of a host print it.

/** The text must be a valid address without a zone: `fd00::1`, `::ffff:10.0.0.1`. */
export function bitsOfText(text: string): bigint {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = groupsIn(text);
  // Three numbers that are exact: to make a bigint of each group costs five times as much.
  return (
    (BigInt(a * 2 ** 32 + b * 2 ** 16 + c) << 80n) |
    (BigInt(d * 2 ** 32 + e * 2 ** 16 + f) << 32n) |
    BigInt(g * 2 ** 16 + h)
  );
}

/** In the form of RFC 5952. */
export function textOfBits(bits: bigint): string {
  const [high, middle, low] = [Number(bits >> 80n), Number((bits >> 32n) & MIDDLE), Number(bits & LOW)];
  return spell([...threeOf(high), ...threeOf(middle), low >>> 16, low & 0xffff]);
}

const [MIDDLE, LOW] = [0xffff_ffff_ffffn, 0xffff_ffffn];
const [COLON, DOT, ZERO, NINE, LETTER] = [58, 46, 48, 57, 87];
const GROUPS = 8;

function threeOf(bits: number): readonly number[] {
  return [Math.floor(bits / 2 ** 32), Math.floor(bits / 2 ** 16) % 2 ** 16, bits % 2 ** 16];
}

function groupsIn(text: string): readonly number[] {
  const groups: number[] = [];
  let [group, digits, gap] = [0, 0, -1];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === DOT) {
      groups.push(...dotted(text.slice(text.lastIndexOf(':') + 1)));
      digits = 0;
      break;
    }
    if (code !== COLON) {
      // A letter of either case: its bit 32 makes it a small one.
      group = group * 16 + (code <= NINE ? code - ZERO : (code | 32) - LETTER);
      digits++;
      continue;
    }
    if (digits > 0) groups.push(group);
    [group, digits] = [0, 0];
    if (text.charCodeAt(i + 1) === COLON) {
      gap = groups.length;
      i++;
    }
  }
  if (digits > 0) groups.push(group);
  if (gap === -1) return groups;
  return [...groups.slice(0, gap), ...Array<number>(GROUPS - groups.length).fill(0), ...groups.slice(gap)];
}

/** The end of `::ffff:10.0.0.1`. */
function dotted(text: string): readonly number[] {
  const [a = 0, b = 0, c = 0, d = 0] = text.split('.').map(Number);
  return [a * 256 + b, c * 256 + d];
}

/** The longest run of zeros, and of equal ones the first, is `::`; one alone is no run. */
function spell(groups: readonly number[]): string {
  let [start, length] = [-1, 1];
  for (let i = 0; i < GROUPS; i++) {
    let end = i;
    while (groups[end] === 0) end++;
    if (end - i > length) [start, length] = [i, end - i];
    i = Math.max(i, end);
  }
  if (start === -1) return join(groups);
  // Of IPv4 addresses within IPv6 (`::ffff:10.0.0.1`), inet_ntop(3), and with it `ip`, prints the end dotted.
  const [g = 0, h = 0] = groups.slice(6);
  if (start === 0 && (length === 6 || (length === 5 && groups[5] === 0xffff)))
    return `${length === 5 ? '::ffff:' : '::'}${g >>> 8}.${g & 255}.${h >>> 8}.${h & 255}`;
  return `${join(groups.slice(0, start))}::${join(groups.slice(start + length))}`;
}

function join(groups: readonly number[]): string {
  return groups.map((group) => group.toString(16)).join(':');
}
