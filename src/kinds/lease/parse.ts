// kinds/lease/parse.ts — dnsmasq's lease file, and its file of guests.

export interface Held {
  readonly ip: string;
  readonly mac: string;
}

/** `<expiry> <mac> <ip> <hostname> <client id>` a line; lines of DHCPv6 and of the server itself have another form. */
export function parseLeases(text: string): readonly Held[] {
  return text.split('\n').flatMap((line) => {
    const [, mac, ip] =
      /^\d+ (?:\d{2}-)?((?:[0-9a-f]{2}:){5}[0-9a-f]{2}) (\d+\.\d+\.\d+\.\d+) \S+ \S+$/i.exec(line) ?? [];
    return mac === undefined || ip === undefined ? [] : [{ ip, mac: mac.toLowerCase() }];
  });
}

/** `<mac>,<ip>,<hostname>` a line. */
export function parseGuests(text: string): readonly Held[] {
  return [...text.matchAll(/^((?:[0-9a-f]{2}:){5}[0-9a-f]{2}),(\d+\.\d+\.\d+\.\d+),/gim)].map(
    ([, mac = '', ip = '']) => ({ ip, mac: mac.toLowerCase() }),
  );
}
