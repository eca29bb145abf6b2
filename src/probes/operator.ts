// probes/operator.ts — who came by SSH to run this: told by our environment, or by that of who started us, since sudo
// does not hand it on.
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import type { Operator } from './model.ts';

/** More processes above each other than this are none of an operator's. */
const MOST_ANCESTORS = 64;

type Environment = Readonly<Record<string, string | undefined>>;

/** Undefined for whoever sits at the machine itself, and for a service. */
export function readOperator(
  environment: Environment = process.env,
  parent = process.ppid,
  proc = '/proc',
): Operator | undefined {
  const environments = [environment, ...ancestors(parent, proc)];
  return (
    first(environments, ({ SSH_CONNECTION }) => connectionIn(SSH_CONNECTION)) ??
    first(environments, ({ SSH_CLIENT }) => clientIn(SSH_CLIENT))
  );
}

function first(
  environments: readonly Environment[],
  find: (environment: Environment) => Operator | undefined,
): Operator | undefined {
  for (const environment of environments) {
    const found = find(environment);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `198.51.100.7 50022 203.0.113.11 22` */
function connectionIn(text = ''): Operator | undefined {
  const [peer = '', peerPort, local = '', localPort, ...rest] = text.split(' ');
  const ports = [Number(peerPort), Number(localPort)] as const;
  return isIP(peer) !== 0 && isIP(local) !== 0 && ports.every(isPort) && rest.length === 0
    ? { peer, peerPort: ports[0], local, localPort: ports[1] }
    : undefined;
}

/** `198.51.100.7 50022 22` */
function clientIn(text = ''): Operator | undefined {
  const [peer = '', peerPort, localPort, ...rest] = text.split(' ');
  const ports = [Number(peerPort), Number(localPort)] as const;
  return isIP(peer) !== 0 && ports.every(isPort) && rest.length === 0
    ? { peer, peerPort: ports[0], localPort: ports[1] }
    : undefined;
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port > 0 && port <= 65_535;
}

/** Their environments as they began, from the nearest up. One that has ended or is not ours to read ends the list. */
function* ancestors(pid: number, proc: string): Iterable<Environment> {
  let at = pid;
  for (let i = 0; i < MOST_ANCESTORS && at > 1; i++) {
    try {
      const variables = readFileSync(`${proc}/${at}/environ`, 'utf8')
        .split('\0')
        .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const);
      yield Object.fromEntries(variables);
      at = Number(/^PPid:\s*(\d+)$/m.exec(readFileSync(`${proc}/${at}/status`, 'utf8'))?.[1] ?? 0);
    } catch {
      return;
    }
  }
}
