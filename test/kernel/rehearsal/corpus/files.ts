// test/kernel/rehearsal/corpus/files.ts — files that cannot be written where they are to be.
import { files as own, link, makeDirectory, PLAIN, specOf, write } from './case.ts';
import type { Case } from './case.ts';
import { dirname } from 'node:path';
import { rmSync as remove } from 'node:fs';
import { must, spawn } from '../../lab.ts';

const make = (path: string): void => {
  makeDirectory(path, { recursive: true });
};
const FLAT = specOf({
  networks: 'office: { mode: flat, bridge: br-off, interface: null, cidr: 10.0.0.0/24 }',
  nic: '{ network: office }',
});
const TWO = PLAIN.replace('vm-1:', 'vm-2: { nics: [{ network: lab }] }\n  vm-1:');
const immutable =
  (path: (state: (name: string) => string) => string): Case['host'] =>
  (lab) => {
    const at = path((name) => lab.state(name));
    must(spawn(['chattr', '+i', at]));
    return () => {
      must(spawn(['chattr', '-i', at]));
    };
  };

export const files: readonly Case[] = [
  {
    name: 'a directory where a file is to be',
    spec: PLAIN,
    host: own((state) => {
      make(state('networks/lab/hosts'));
    }),
  },
  {
    name: 'a directory where options are to be',
    spec: PLAIN,
    host: own((state) => {
      make(state('networks/lab/options/x'));
    }),
  },
  {
    name: 'a directory where a file is written first',
    spec: PLAIN,
    host: own((state) => {
      make(state('networks/lab/names.new/x'));
    }),
  },
  {
    name: 'a file where a directory is to be',
    spec: PLAIN,
    host: own((state) => {
      make(state('networks'));
      write(state('networks/lab'), '');
    }),
  },
  {
    name: 'a file where all directories are to be',
    unread: 'networks/lab failed: ENOTDIR: not a directory',
    spec: PLAIN,
    host: own((state) => {
      make(state(''));
      write(state('networks'), '');
    }),
  },
  {
    name: 'a link to nowhere where a directory is to be',
    unread: 'networks/lab is a symbolic link: netctl follows none in its own directories',
    spec: PLAIN,
    host: own((state) => {
      make(state('networks'));
      link('/no/such/place', state('networks/lab'));
    }),
  },
  {
    name: 'a file where guests are to be',
    spec: FLAT,
    host: own((state) => {
      make(state(''));
      write(state('guests'), '');
    }),
  },
  {
    name: "a directory where a guest's file is to be",
    spec: FLAT,
    host: own((state) => {
      make(state('guests/vm-1/interfaces/x'));
    }),
  },
  {
    name: 'a directory where a pid file is to be',
    spec: PLAIN,
    host: own((_, run) => {
      make(run('dnsmasq-lab.pid/x'));
    }),
  },
  {
    name: 'a directory where it is put down what is loaded',
    spec: PLAIN,
    host: own((_, run) => {
      make(run('dnsmasq-lab.loaded/x'));
    }),
  },
  {
    name: 'a directory that nobody may change',
    first: PLAIN,
    spec: TWO,
    host: immutable((state) => state('networks/lab')),
  },
  {
    name: 'a file that nobody may change',
    first: PLAIN,
    spec: TWO,
    host: immutable((state) => state('networks/lab/hosts')),
  },
  {
    name: 'a directory of a network that goes, which nobody may change',
    first: PLAIN,
    spec: 'apiVersion: netctl/v1\nhosts: { h1: {} }\n',
    host: immutable((state) => state('networks/lab')),
  },
  {
    name: 'a directory that is read only',
    first: PLAIN,
    spec: TWO,
    under: (lab) =>
      `mount --bind ${lab.state('networks')} ${lab.state('networks')}; mount -o remount,bind,ro ${lab.state('networks')}`,
  },
  {
    name: 'pid files that are read only',
    spec: PLAIN,
    first: FLAT,
    host: own((_, run) => {
      make(dirname(run('x')));
      for (const name of ['allocations.json', 'host.json']) remove(run(name));
    }),
    under: (lab) =>
      `touch ${lab.run('lock')}; mount --bind ${lab.run('')} ${lab.run('')}; mount --bind ${lab.run('lock')} ${lab.run('lock')}; mount -o remount,bind,ro ${lab.run('')}`,
  },
  {
    name: 'a disk that is full',
    first: PLAIN,
    spec: TWO,
    under: (lab) =>
      `mkdir -p ${lab.path('full')}; mount -t tmpfs -o size=64k none ${lab.path('full')}; cp -a ${lab.state('networks')}/. ${lab.path('full')}; mount --bind ${lab.path('full')} ${lab.state('networks')}; head -c 1000000 /dev/zero >${lab.state('networks')}/filler 2>/dev/null || :`,
  },
  {
    name: 'a disk without room for one more file',
    first: PLAIN,
    spec: TWO,
    under: (lab) =>
      `mkdir -p ${lab.path('full')}; mount -t tmpfs -o nr_inodes=20 none ${lab.path('full')}; cp -a ${lab.state('networks')}/. ${lab.path('full')}; mount --bind ${lab.path('full')} ${lab.state('networks')}; for i in $(seq 30); do touch ${lab.state('networks')}/filler$i 2>/dev/null || break; done`,
  },
];
