// test/fake-host/conntrack.ts — the kernel's table of connections, as `conntrack` lists it and removes from it.
import { MANY } from '../../src/kinds/flow/many.ts';
import type { Call, Reply, Tool } from './tool.ts';

/** Both directions of a connection: whom it went to and who answers differ where an address is translated. */
export interface Connection {
  readonly from: string;
  readonly to: string;
  readonly answers: string;
  readonly answered: string;
}

export interface Conntrack {
  readonly tool: Tool;
  /** The program that cuts many at once; run by perl. */
  readonly many: Tool;
  connections: readonly Connection[];
}

export function createConntrack(): Conntrack {
  const self: Conntrack = { connections: [], tool: { run: answer }, many: { run: cutMany } };
  return self;

  function answer({ argv, stdin = '' }: Call): Reply {
    if (argv.join(' ') === 'conntrack -L')
      return { exitCode: 0, stdout: self.connections.map(lineOf).join(''), stderr: '' };
    if (argv.join(' ') !== 'conntrack -R -') throw new Error(`the fake conntrack does not know ${argv.join(' ')}`);
    for (const line of stdin.trimEnd().split('\n')) self.connections = self.connections.filter(keptBy(line));
    return { exitCode: 0, stdout: '', stderr: '' };
  }

  function cutMany({ argv, stdin = '' }: Call): Reply {
    if (argv.join('\0') !== MANY.argv.join('\0')) throw new Error(`the fake perl does not know ${argv.join(' ')}`);
    const pairs = new Set(stdin.trimEnd().split('\n'));
    self.connections = self.connections.filter(
      ({ from, to, answers, answered }) => !pairs.has(`${to} ${answers}`) && !pairs.has(`${answered} ${from}`),
    );
    return { exitCode: 0, stdout: '', stderr: '' };
  }
}

function lineOf({ from, to, answers, answered }: Connection): string {
  return `udp      17 29 src=${from} dst=${to} sport=5000 dport=53 src=${answers} dst=${answered} sport=53 dport=5000 [ASSURED] mark=0 use=1\n`;
}

function keptBy(line: string): (connection: Connection) => boolean {
  const [, side, first, other, second] = /^-D --orig-(src|dst) (\S+) --reply-(src|dst) (\S+)$/.exec(line) ?? [];
  if (side === undefined || first === undefined || other === undefined || second === undefined)
    throw new Error(`the fake conntrack does not know ${line}`);
  return ({ from, to, answers, answered }) =>
    (side === 'src' ? from : to) !== first || (other === 'src' ? answers : answered) !== second;
}
