// probes/forms.ts — texts of a probe: whom it asks, and how long; each read once, and one that has not its form
// says why.
import { isIP, isIPv4, isIPv6 } from 'node:net';
import { parseIp } from '../net/ip.ts';
import type { Form, FormatError } from '../specfile/forms.ts';

/** `_` is in names of services. */
const LABEL = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/;
/** Milliseconds. */
const [SHORTEST, LONGEST] = [100, 30_000];
const QUOTED = 'write host and port in quotes: "10.9.8.7:443", "[2001:db8::7]:443" or "db.example.org:5432"';

/** An address, IPv4 or IPv6, or a name. */
export const host: Form<string> = (text) => {
  const found = hostIn(text);
  if (found !== undefined) return { value: found };
  const bad = (message: string, hint: string): FormatError => ({
    code: 'bad-probe-host',
    message: `${text === '' ? "''" : text} ${message}`,
    hint,
  });
  if (isIPv6(text))
    return bad(
      'is good on one link only, and does not say which',
      `write ${text}%eth1, or what the interface is called`,
    );
  if (isIPv6(text.replace(/^\[(.*)\]$/, '$1'))) return bad('has brackets', `write ${text.slice(1, -1)}`);
  if (text.includes('/'))
    return bad(
      'is neither an address nor a name',
      isIP(text.split('/')[0] ?? '') === 0 ? 'a URL is for http' : `write ${text.split('/')[0] ?? ''}`,
    );
  if (hostIn(text.replace(/:\d+$/, '')) !== undefined)
    return bad('has a port', 'a port is for tcp: { tcp: "host:port" }');
  return bad('is neither an address nor a name', 'write 203.0.113.1, 2001:db8::1 or gateway.example.org');
};

/** `10.9.8.7:443`, `[2001:db8::7]:443`, `db.example.org:5432`. */
export const endpoint: Form<{ readonly host: string; readonly port: number }> = (text) => {
  const bad = (message: string): FormatError => ({
    code: 'bad-probe-endpoint',
    message: `${text === '' ? "''" : text} ${message}`,
    hint: QUOTED,
  });
  const [, bracketed, bare, digits] = /^(?:\[([^\]]*)\]|([^:]*)):(.*)$/.exec(text) ?? [];
  if (digits === undefined) return bad(isIPv6(text) ? 'has no brackets around its address' : 'has no port');
  const port = portIn(digits);
  if (port === undefined)
    return bad(isIPv6(text) ? 'has no brackets around its address' : 'has no port from 1 to 65535 behind the colon');
  const found = hostIn(bracketed ?? bare ?? '');
  return found === undefined || (bracketed !== undefined && !isIPv6(bracketed))
    ? bad('has no address or name before the port')
    : { value: { host: found, port } };
};

/** What DNS is asked for. */
export const name: Form<string> = (text) => {
  const found = nameIn(text);
  if (found !== undefined) return { value: found };
  return {
    code: 'bad-probe-name',
    message: `${text === '' ? "''" : text} is not a DNS name`,
    hint:
      isIP(text) === 0
        ? 'write labels with dots between them: www.example.org'
        : `a name is asked for; the server has a key of its own: server: ${text}`,
  };
};

/** `192.0.2.53`, `192.0.2.53:5353`, `[2001:db8::53]:53`, as node takes it. */
export const server: Form<string> = (text) => {
  if (isIP(text) !== 0) return { value: isIPv4(text) ? text : `[${text}]` };
  const [, six, four, digits = ''] = /^(?:\[([^\]]*)\]|([^:]*)):(.*)$/.exec(text) ?? [];
  const port = portIn(digits);
  if (port !== undefined && (isIPv6(six ?? '') || isIPv4(four ?? '')))
    return { value: six === undefined ? `${four ?? ''}:${port}` : `[${six}]:${port}` };
  return {
    code: 'bad-probe-server',
    message: `${text === '' ? "''" : text} is not the address of a DNS server`,
    hint: 'write 192.0.2.53, "192.0.2.53:5353" or "[2001:db8::53]:53"',
  };
};

export const url: Form<string> = (text) => {
  const bad = (message: string, hint: string): FormatError => ({
    code: 'bad-probe-url',
    message: `${text === '' ? "''" : text} ${message}`,
    hint,
  });
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text))
    return bad('is not a URL of http or https', 'write "http://10.9.8.7/health"');
  const parsed = new URL(text);
  // It would be shown whenever the probe is spoken of.
  if (parsed.username !== '' || parsed.password !== '')
    return bad('has a name or password in it', 'name a page that needs none');
  return { value: parsed.href };
};

/** Milliseconds. */
export const timeout: Form<number> = (text) => {
  const [, digits, unit] = /^(\d+)(ms|s)$/.exec(text) ?? [];
  if (digits === undefined)
    return {
      code: 'bad-timeout',
      message: `${text === '' ? "''" : text} is not a timeout`,
      hint: `write a number and its unit${/^\d+$/.test(text) ? `: ${text}s` : ': 500ms, 2s'}`,
    };
  const value = Number(digits) * (unit === 's' ? 1_000 : 1);
  return value >= SHORTEST && value <= LONGEST
    ? { value }
    : {
        code: 'bad-timeout',
        message: `${text} is too ${value < SHORTEST ? 'short' : 'long'} for a probe`,
        hint: 'give it 100ms to 30s',
      };
};

function hostIn(text: string): string | undefined {
  if (isIPv4(text)) return text;
  if (!isIPv6(text)) return nameIn(text);
  // The kernel sends to a link-local address on the link that it names.
  if (/^fe[89ab]/i.test(text)) return text.includes('%') ? text : undefined;
  return parseIp(text, 6);
}

/** One whose last label is a number would be taken for an address by some programs. */
function nameIn(text: string): string | undefined {
  const plain = text.toLowerCase().replace(/\.$/, '');
  const labels = plain.split('.');
  return plain.length <= 253 && labels.every((label) => LABEL.test(label)) && !/^\d+$/.test(labels.at(-1) ?? '')
    ? plain
    : undefined;
}

function portIn(digits: string): number | undefined {
  return /^[1-9]\d{0,4}$/.test(digits) && Number(digits) <= 65_535 ? Number(digits) : undefined;
}
