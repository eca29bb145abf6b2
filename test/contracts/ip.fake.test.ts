// test/contracts/ip.fake.test.ts — the fake ip keeps the contract.
import { fakeBench } from '../fake-host/ip-bench.ts';
import { ipContract } from './ip.ts';

ipContract(fakeBench);
