// test/vm/vlan-contract.test.ts — a kernel with 802.1Q keeps the contract of VLAN devices, in namespaces made for each
// script.
import { vlanContract } from '../contracts/vlan.ts';
import { kernelBench } from '../kernel/ip-bench.ts';

vlanContract(kernelBench);
