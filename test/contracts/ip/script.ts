// test/contracts/ip/script.ts — a script of lines for `ip` with what is there after it, and the bench that it runs on.
/** A host with one interface `up0`, up and with a carrier, and one guest's namespace; and nothing else. */
export interface Bench {
  readonly guest: string;
  batch(lines: readonly string[], netns?: string): Promise<{ readonly exitCode: number; readonly stderr: string }>;
  read(argv: readonly string[], netns?: string): Promise<string>;
  sysctl(argv: readonly string[]): Promise<number>;
  close(): Promise<void>;
}

export const BRIDGE = [
  'link add name br0 group 117 address 02:00:00:00:00:01 mtu 68 type bridge forward_delay 0 stp_state 0',
  'link set dev br0 mtu 1500 up',
];
export const IN_BRIDGE = [
  ...BRIDGE,
  'tuntap add dev t0 mode tap',
  'link set dev t0 group 117 alias "vm-1/lab 10.0.0.5" mtu 1400 master br0 up',
];
export const VETH =
  'link add name v0 group 117 mtu 1400 type veth peer name eth0 netns GUEST address 02:00:00:00:00:09 mtu 1400';
export const UP0 = 'address replace 10.0.0.5/24 brd 10.0.0.255 dev up0';

/** Lines, then what is there: devices, addresses, routes but the kernel's. `refused` is what the last line is told. */
export interface Script {
  readonly lines: readonly string[];
  readonly refused?: string;
  readonly there: readonly string[];
}
