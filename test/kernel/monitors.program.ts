// test/kernel/monitors.program.ts NETNS — listens to a host until it is killed, and says when it does.
import { watchHost } from '../../src/driver/monitors/index.ts';

const [netns = ''] = process.argv.slice(2);
await watchHost({ netns, directories: [], run: '/nowhere/run', isOwn: () => false, onSign() {}, onState() {} });
console.log('up');
