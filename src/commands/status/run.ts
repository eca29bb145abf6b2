// commands/status/run.ts — what is wanted, what is there, and what differs, per network and instance.
import { MASS_DELETE } from '../../guards/mass-delete.ts';
import { strangersBehind } from '../../pipeline/preflight/behind.ts';
import { prepare } from '../../pipeline/prepare.ts';
import { printData } from '../../report/print.ts';
import { say } from '../../report/say.ts';
import { exit } from '../../report/exit-codes.ts';
import type { StatusReply } from '../../watch/status-reply.ts';
import type { ExitCode } from '../../report/exit-codes.ts';
import type { World } from '../../pipeline/world.ts';
import { statusText, statusData, isSettled, isBlocked } from '../../pipeline/status.ts';

/** A running watch knows, where `askWatch` gets an answer about this spec; without one the host is looked at. */
export async function status(
  world: World,
  askWatch: () => Promise<StatusReply | undefined> = () => Promise.resolve(undefined),
): Promise<ExitCode> {
  const answer = await askWatch();
  if (answer === undefined) return await lookAt(world);
  if (world.output === 'text') world.print.out(answer.text);
  else printData(world, answer.data);
  return answer.exit;
}

async function lookAt(world: World): Promise<ExitCode> {
  const { problems, ...found } = await prepare(world);
  const prepared = {
    ...found,
    strangers: await strangersBehind(world.driver, found, (why) => {
      world.print.err(`${why}\n`);
    }),
  };
  // What an apply would have to be allowed is nothing that is wrong.
  const wrong = problems.filter(({ code, asks }) => code !== MASS_DELETE && asks !== true);
  if (world.output === 'text') world.print.out(statusText(prepared, world));
  else if (!wrong.some(({ severity }) => severity === 'error')) printData(world, statusData(prepared, world));
  say(world, wrong);
  say(world, prepared.conflicts);
  if (wrong.some(({ severity }) => severity === 'error')) return exit.failed;
  return isSettled(prepared) && !isBlocked(prepared) ? exit.ok : exit.differs;
}
