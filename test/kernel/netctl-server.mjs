// test/kernel/netctl-server.mjs — runs netctl again and again in one process, each time as a process of its own would
// run it: a node that has loaded and compiled the program does so in a third of the time.
//   node netctl-server.mjs DIRECTORY PROGRAM     DIRECTORY has two named pipes, `requests` and `answers`; lines of
//   JSON.
import { openSync, readSync, writeSync } from 'node:fs';
import process from 'node:process';
import { pathToFileURL } from 'node:url';

const [directory, program] = process.argv.slice(2);
const main = pathToFileURL(program.replace(/netctl\.js$/, 'main.mjs')).href;
const requests = openSync(`${directory}/requests`, 'r');
const answers = openSync(`${directory}/answers`, 'w');

/** Whoever listens now stays; what a run of netctl adds goes with it. */
const emitters = [process, process.stdout, process.stderr];
const listening = emitters.map((emitter) => new Map(names(emitter).map((name) => [name, emitter.rawListeners(name)])));
const exit = process.exit.bind(process);

let said = { out: '', err: '' };
for (const name of ['out', 'err'])
  process[`std${name}`].write = (chunk, encoding, callback) => {
    said[name] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
    const done = typeof encoding === 'function' ? encoding : callback;
    if (done !== undefined) process.nextTick(done);
    return true;
  };
// Ends this process, too: what is left of that run would disturb the next.
process.exit = (code) => {
  answer(code ?? process.exitCode ?? 0, true);
  exit(0);
};

let runs = 0;
let isOver = true;
// Nothing is left to wait for: there the process of that run would end.
process.on('beforeExit', () => {
  // As node says that it waits for what never comes.
  answer(isOver ? (process.exitCode ?? 0) : 13, false);
  next();
});
next();

/** Nobody else runs meanwhile: reading stops the process. */
function next() {
  const request = read();
  if (request === undefined) exit(0);
  for (const [i, emitter] of emitters.entries())
    for (const name of names(emitter))
      for (const listener of emitter.rawListeners(name))
        if (listening[i].get(name)?.includes(listener) !== true && name !== 'beforeExit')
          emitter.removeListener(name, listener);
  said = { out: '', err: '' };
  process.exitCode = undefined;
  process.argv = [process.execPath, program, ...request.args];
  for (const name of Object.keys(process.env)) if (!(name in request.env)) delete process.env[name];
  Object.assign(process.env, request.env);
  isOver = false;
  // The parts that it is made of stay loaded; only what runs when it starts is run anew.
  import(`${main}?${runs++}`).then(
    () => {
      isOver = true;
    },
    (error) => {
      isOver = true;
      said.err += `${error.stack}\n`;
      process.exitCode = 1;
    },
  );
}

function answer(code, isLast) {
  const bytes = Buffer.from(`${JSON.stringify({ code, ...said, isLast })}\n`);
  for (let at = 0; at < bytes.length;) at += writeSync(answers, bytes, at);
}

/** Nothing, once nobody asks any more. */
function read() {
  const parts = [];
  for (;;) {
    const part = Buffer.alloc(65_536);
    const length = readSync(requests, part);
    if (length === 0) return undefined;
    parts.push(part.subarray(0, length));
    if (part[length - 1] === 10) return JSON.parse(Buffer.concat(parts).toString());
  }
}

function names(emitter) {
  return emitter.eventNames();
}
