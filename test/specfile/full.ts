// test/specfile/full.ts — a spec that says everything.
export const FULL = `apiVersion: netctl/v1
defaults: { domain: cloud.example.org, dns: [8.8.8.8], leaseTime: 5m, mtu: 1400, macPrefix: "FA:16:3E", noSnat: [10.128.0.0/24], floatingPool: public }
hosts:
  compute-1: { publicInterface: eth1, vlanInterface: eth0, flatInterface: eth2, sourceAddress: 203.0.113.11, metadata: { address: 203.0.113.12, port: 8776 } }
  compute-2: { publicInterface: eth1, metadata: {} }
networks:
  lab:
    mode: flat-dhcp
    project: tenant1
    bridge: br100
    interface: eth2
    cidr: 192.168.50.0/24
    allocate: [192.168.50.64/26, 192.168.50.200]
    reserve: [192.168.50.65-192.168.50.69]
    gateway: 192.168.50.254
    domain: ''
    dns: []
    mtu: 9000
    dhcp: { leaseTime: 1h30m, options: ["option:ntp-server,192.168.50.1"], config: /etc/dnsmasq-lab.conf, server: 192.168.50.1 }
    forward: [eth1, eth3]
    snat: 203.0.113.40-203.0.113.41
    snatTo: [192.0.2.0/24]
    noSnat: []
    metadata: false
  back: { mode: flat-dhcp, interface: null, cidr: 10.0.0.0/30, gateway: null, forward: none, snat: false }
  blue: { mode: vlan, vlan: 100, cidr: 10.0.1.0/24 }
  red: { mode: vlan, vlan: 100, interface: eth5, cidr: 10.0.2.0/24 }
  office: { mode: flat, interface: eth6, cidr: 10.0.3.0/24, cidr6: "fd00:0:0:0064::/64" }
pools:
  public: { ranges: [198.51.100.16/28, 198.51.100.40-198.51.100.47] }
  other: { ranges: [198.51.100.48/32], interface: eth7 }
instances:
  vm_1.a:
    host: compute-1
    project: tenant1
    nics:
      - { network: lab, address: 192.168.50.65, mac: "FA:16:3E:2C:E8:EC", device: { type: tap, name: tap-vm-1 } }
      - { network: lab, device: { type: veth, netns: g1 }, floating: [198.51.100.48, { pool: public }, { pool: public }] }
      - { network: back }
  two:
    host: compute-2
    hostname: db
    nics: [{ network: lab, device: { type: external, name: vnet0 } }]
  three: { host: compute-1, nics: [{ network: office }, { network: blue }] }
  four: { host: compute-1, floatingPool: null, nics: [{ network: blue }] }
probes:
  - { ping: 203.0.113.1, timeout: 500ms }
  - { http: "http://10.9.8.7", status: 204, host: compute-2 }
`;
