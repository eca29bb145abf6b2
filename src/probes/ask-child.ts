// probes/ask-child.ts — asks by node's own means, in a process that can be ended while names are looked up: TCP, DNS,
// HTTP.
import { Resolver } from 'node:dns/promises';
import { request as requestPlain } from 'node:http';
import { request as requestSecure } from 'node:https';
import { connect } from 'node:net';
import type { Probe } from './model.ts';
import { retry } from './retry.ts';
import type { Attempt } from './retry.ts';

/** A name may have addresses of which some lead nowhere: milliseconds until the next is tried. */
const ADDRESSES = { autoSelectFamily: true, autoSelectFamilyAttemptTimeout: 500 } as const;
/** Milliseconds that one DNS server is waited for before the next is asked. */
const DNS = { timeout: 1_000, tries: 2 } as const;

/** Reads probes, asks them all at once, and prints for each `[index, answered, ms, why]` as soon as it is known. */
export async function askAll(input: AsyncIterable<string | Uint8Array>, print: (line: string) => void): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of input) chunks.push(Buffer.from(chunk));
  const probes: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  if (!Array.isArray(probes)) throw new Error('standard input holds no list of probes');
  await Promise.all(
    probes.filter(isProbe).map(async ({ target, timeout }, index) => {
      const { answered, ms, why } = await retry(attemptAt(target), timeout);
      print(`${JSON.stringify([index, answered, ms, why])}\n`);
    }),
  );
}

function attemptAt(target: Probe['target']): Attempt {
  switch (target.kind) {
    case 'tcp':
      return (signal) =>
        new Promise((resolve, reject) => {
          const socket = connect({ host: target.host, port: target.port, signal, ...ADDRESSES }, () => {
            socket.destroy();
            resolve();
          });
          socket.once('error', (error) => {
            reject(inWords(error));
          });
        });
    case 'http':
      return (signal) =>
        new Promise((resolve, reject) => {
          const request = target.url.startsWith('https:') ? requestSecure : requestPlain;
          // Whether somebody answers is asked, not who it is.
          const sent = request(
            target.url,
            {
              signal,
              agent: false,
              rejectUnauthorized: false,
              headers: { 'user-agent': 'netctl', accept: '*/*' },
              ...ADDRESSES,
            },
            (response) => {
              const status = response.statusCode ?? 0;
              sent.destroy();
              if (target.status === undefined ? status < 500 : status === target.status) resolve();
              else reject(new Error(`it replies ${status}`));
            },
          );
          sent.on('error', (error) => {
            reject(inWords(error));
          });
          sent.end();
        });
    case 'dns':
      return async (signal) => {
        const resolver = new Resolver(DNS);
        if (target.server !== undefined) resolver.setServers([target.server]);
        const cancel = (): void => {
          resolver.cancel();
        };
        signal.addEventListener('abort', cancel, { once: true });
        await Promise.any([resolver.resolve4(target.name), resolver.resolve6(target.name)])
          .catch((error: unknown) => {
            throw inWords(error);
          })
          .finally(() => {
            signal.removeEventListener('abort', cancel);
          });
      };
    case 'ping':
    case 'session':
    case 'way':
      throw new Error(`${target.kind} is asked by a tool`);
  }
}

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network is unreachable',
  ETIMEDOUT: 'no reply',
  ETIMEOUT: 'no reply',
  ENOTFOUND: 'no such name',
  ENODATA: 'the name has no address',
  EAI_AGAIN: 'the name could not be looked up',
  ESERVFAIL: 'the DNS server failed',
  EREFUSED: 'the DNS server refuses',
};

/** Of several, one for each address of a name, the first. */
function inWords(error: unknown): Error {
  if (error instanceof AggregateError) return inWords(error.errors[0]);
  if (!(error instanceof Error)) return new Error(String(error));
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return new Error(WORDS[code] ?? (error.message === '' ? code : error.message), { cause: error });
}

/** What we wrote ourselves. */
function isProbe(value: unknown): value is Probe {
  return typeof value === 'object' && value !== null && 'target' in value && 'timeout' in value;
}
