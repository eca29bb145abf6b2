// test/kernel/monitors.program.ts — listens to the host of the namespace it is given until it is killed, and says when
// it does.
import { watchHost } from '../../src/monitors/index.ts';

const [netns = ''] = process.argv.slice(2);
await watchHost({ netns, directories: [], run: '/nowhere/run', isOwn: () => false, onHint() {}, onState() {} });
console.log('up');
