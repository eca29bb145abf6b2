// test/kernel/ip-contract.test.ts — iproute2 and the kernel keep the contract, in namespaces made for each script.
import { ipContract } from '../contracts/ip.ts';
import { kernelBench } from './ip-bench.ts';

ipContract(kernelBench);
