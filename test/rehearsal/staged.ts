// test/rehearsal/staged.ts — a stage that answers what a test wants, and a host in memory that has nothing to say to
// what only a rehearsal reads.
import type { Driver } from '../../src/core/resource.ts';
import type { World } from '../../src/pipeline/world.ts';
import type { Answer, Request } from '../../src/pipeline/sandbox.ts';
import type { Bench } from '../commands/bench.ts';

/** What it was asked is kept. */
export function staged(
  bench: Bench,
  answerTo: (request: Request) => Partial<Answer> = () => ({}),
): Pick<World, 'driver' | 'sandbox'> & { readonly asked: readonly Request[] } {
  const asked: Request[] = [];
  return {
    asked,
    driver: silent(bench.scene.whole.host),
    sandbox: (request) => {
      // As it arrives on the other side.
      const arrived = JSON.parse(JSON.stringify(request)) as Request;
      asked.push(arrived);
      return Promise.resolve({
        outcomes: request.plan.steps.map(() => 'done'),
        refused: [],
        residual: [],
        unlike: [],
        lost: [],
        ...answerTo(arrived),
      });
    },
  };
}

const REHEARSALS = /^(nft|ss)\b|^ip (-6 )?-N -o /;

function silent(host: Driver): Driver {
  return {
    read: (argv, netns) => (REHEARSALS.test(argv.join(' ')) ? Promise.resolve('') : host.read(argv, netns)),
    files: (path) => host.files(path),
    processes: (having, netns) => host.processes(having, netns),
    perform: (op) => host.perform(op),
    invalidate: () => {
      host.invalidate();
    },
  };
}
