// test/kernel/nova/probe.mjs — one end of a flow: `serve PORT…` answers each request with the addresses that its socket
// sees, `call JSON` asks and prints the answers, `flood ADDRESS RATE` sends numbered datagrams until its input ends,
// and prints who answered which.
import { execFile } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { connect, createServer } from 'node:net';
import { networkInterfaces } from 'node:os';

const PATIENCE = 3000;
const UDP_PORT = 7;

async function serve(ports) {
  for (const port of ports) {
    const server = createServer((socket) => {
      socket.on('error', () => socket.destroy());
      socket.end(`${socket.remoteAddress} → ${socket.localAddress}`);
    });
    await new Promise((listening) => server.listen(port, '0.0.0.0', listening));
  }
  // A datagram does not say where it was sent to, so each address has its own socket.
  for (const { address } of Object.values(networkInterfaces())
    .flat()
    .filter(({ family }) => family === 'IPv4')) {
    const socket = createSocket('udp4');
    socket.on('message', (message, from) =>
      socket.send(`${from.address} → ${address} ${message}`.trim(), from.port, from.address, () => {}),
    );
    await new Promise((listening) => socket.bind(UDP_PORT, address, listening));
  }
  console.log('ready');
}

/**
 * Each resolves to what the other end saw, or to `refused`, or to `silence`; of a ping, whether the one that was asked
 * answers.
 */
const ASK = {
  tcp({ to, port, as }) {
    return new Promise((answer) => {
      const socket = connect({ host: to, port, localAddress: as, timeout: PATIENCE });
      let said = '';
      socket.setEncoding('utf8').on('data', (text) => {
        said += text;
      });
      socket
        .on('end', () => answer(said))
        .on('timeout', () => {
          socket.destroy();
          answer('silence');
        })
        .on('error', (error) => answer(wordFor(error)));
    });
  },
  udp({ to, as }) {
    return new Promise((answer) => {
      const socket = createSocket('udp4');
      let again, enough;
      const end = (word) => {
        clearInterval(again);
        clearTimeout(enough);
        answer(word);
        socket.close();
      };
      socket.once('message', (said) => end(said.toString())).once('error', (error) => end(wordFor(error)));
      const ask = () => socket.send('', () => {});
      // Connected: only the address that was asked may answer.
      socket.bind(0, as, () =>
        socket.connect(UDP_PORT, to, (error) => {
          if (error !== undefined && error !== null) {
            end(wordFor(error));
            return;
          }
          ask();
          again = setInterval(ask, 500);
          enough = setTimeout(() => end('silence'), PATIENCE);
        }),
      );
    });
  },
  icmp({ to, as }) {
    return new Promise((answer) => {
      execFile(
        'ping',
        ['-n', '-c', '1', '-w', String(PATIENCE / 1000), ...(as === undefined ? [] : ['-I', as]), to],
        (error, said) =>
          answer(error !== null ? 'silence' : said.includes('DIFFERENT ADDRESS') ? 'another answers' : 'answers'),
      );
    });
  },
};

/**
 * One socket: to the kernel it is one connection. Prints `[who, first, last, count]` of all that answered, and how many
 * were sent.
 */
async function flood(to, rate) {
  const socket = createSocket('udp4');
  const answered = new Map();
  socket
    .on('error', () => {})
    .on('message', (said) => {
      const [, , who, number] = said.toString().split(' ');
      const [first, , count] = answered.get(who) ?? [Number(number), 0, 0];
      answered.set(who, [first, Number(number), count + 1]);
    });
  await new Promise((bound) => socket.bind(0, bound));
  const begun = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    for (const due = ((performance.now() - begun) * rate) / 1000; sent < due; sent++)
      socket.send(String(sent), UDP_PORT, to, () => {});
  }, 1);
  await new Promise((ended) => process.stdin.on('end', ended).resume());
  clearInterval(timer);
  await new Promise((passed) => setTimeout(passed, 300));
  socket.close();
  console.log(
    JSON.stringify({
      sent,
      answers: [...answered].map(([who, [first, last, count]]) => ({ who, first, last, count })),
    }),
  );
}

function wordFor({ code }) {
  return code === 'ECONNREFUSED' ? 'refused' : 'silence';
}

const [verb, ...rest] = process.argv.slice(2);
if (verb === 'serve') await serve(rest.map(Number));
else if (verb === 'flood') await flood(rest[0], Number(rest[1]));
else console.log(JSON.stringify(await Promise.all(JSON.parse(rest[0]).map((call) => ASK[call.protocol](call)))));
