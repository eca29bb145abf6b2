// test/contracts/driver.fake.test.ts — the fake host keeps the driver's contract.
import { createWhole } from '../fake-host/whole.ts';
import { driverContract } from './driver.ts';

driverContract('the fake host', () => Promise.resolve({ driver: createWhole().host, directory: '/run/netctl' }));
