// test/fake-host/tc.ts — `tc` on a host on which nobody has ordered any queue.
import type { Tool } from './tool.ts';

export function createTc(): Tool {
  return {
    run({ argv }) {
      if (argv.slice(0, 6).join(' ') !== 'tc -d -j qdisc show dev')
        throw new Error(`the fake tc does not know: ${argv.join(' ')}`);
      return {
        exitCode: 0,
        stdout: '[{"kind":"noqueue","handle":"0:","root":true,"refcnt":2,"options":{}}]',
        stderr: '',
      };
    },
  };
}
