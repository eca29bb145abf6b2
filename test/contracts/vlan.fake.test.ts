// test/contracts/vlan.fake.test.ts — the fake ip keeps the contract of VLAN devices.
import { fakeBench } from '../fake-host/ip-bench.ts';
import { vlanContract } from './vlan.ts';

vlanContract(fakeBench);
