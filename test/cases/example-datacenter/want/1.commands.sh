#!/bin/sh
set -e
iptables-restore -w 5 --noflush <<'END'
*mangle
:netctl-POSTROUTING - [0:0]
-A netctl-POSTROUTING -o br-lab -p udp -m udp --dport 68 -m comment --comment "netctl:7370787a networks.lab.dhcp" -j CHECKSUM --checksum-fill
-A netctl-POSTROUTING -o br-backup -p udp -m udp --dport 68 -m comment --comment "netctl:bd6a6089 networks.backup.dhcp" -j CHECKSUM --checksum-fill
-A netctl-POSTROUTING -o br100 -p udp -m udp --dport 68 -m comment --comment "netctl:e5bcf203 networks.blue.dhcp" -j CHECKSUM --checksum-fill
-A netctl-POSTROUTING -o br200 -p udp -m udp --dport 68 -m comment --comment "netctl:86f2ca2c networks.red.dhcp" -j CHECKSUM --checksum-fill
-A netctl-POSTROUTING -o br300 -p udp -m udp --dport 68 -m comment --comment "netctl:e50d1a91 networks.partner.dhcp" -j CHECKSUM --checksum-fill
-I POSTROUTING 1 -m comment --comment "netctl:e36a38f8 networks" -j netctl-POSTROUTING
COMMIT
*nat
:netctl-PREROUTING - [0:0]
:netctl-OUTPUT - [0:0]
:netctl-POSTROUTING - [0:0]
:netctl-snat - [0:0]
:netctl-postrouting-bottom - [0:0]
:netctl-dnat-198.51.100.0 - [0:0]
:netctl-dnat-203.0.113.64 - [0:0]
:netctl-float-dnat - [0:0]
:netctl-snat-10.30.0.0 - [0:0]
:netctl-snat-10.100.0.0 - [0:0]
:netctl-snat-10.200.0.0 - [0:0]
:netctl-snat-192.168.50.0 - [0:0]
:netctl-float-snat - [0:0]
:netctl-back-10.30.0.0 - [0:0]
:netctl-back-10.100.0.0 - [0:0]
:netctl-back-10.200.0.0 - [0:0]
:netctl-back-192.168.50.0 - [0:0]
-A netctl-PREROUTING -s 10.100.0.0/24 -d 169.254.169.254/32 -i br100 -p tcp -m tcp --dport 80 -m comment --comment "netctl:1acb3173 networks.blue.metadata" -j REDIRECT --to-ports 8775
-A netctl-PREROUTING -s 10.200.0.0/24 -d 169.254.169.254/32 -i br200 -p tcp -m tcp --dport 80 -m comment --comment "netctl:ae38cddd networks.red.metadata" -j REDIRECT --to-ports 8775
-A netctl-PREROUTING -s 192.168.50.0/24 -d 169.254.169.254/32 -i br-lab -p tcp -m tcp --dport 80 -m comment --comment "netctl:cc4d1f7d networks.lab.metadata" -j REDIRECT --to-ports 8775
-A netctl-PREROUTING -s 10.250.0.0/24 -d 169.254.169.254/32 -i br-backup -p tcp -m tcp --dport 80 -m comment --comment "netctl:7d1f2212 networks.backup.metadata" -j REDIRECT --to-ports 8775
-A netctl-PREROUTING -m comment --comment "netctl:98b7d6ab pools" -j netctl-float-dnat
-A netctl-OUTPUT -m comment --comment "netctl:98b7d6ab pools" -j netctl-float-dnat
-A netctl-POSTROUTING -s 10.100.0.0/24 -d 10.128.0.0/16 -m comment --comment "netctl:8139bcce networks.blue.noSnat" -j ACCEPT
-A netctl-POSTROUTING -s 10.100.0.0/24 -d 10.100.0.0/24 -m conntrack ! --ctstate DNAT -m comment --comment "netctl:ad525518 networks.blue.cidr" -j ACCEPT
-A netctl-POSTROUTING -s 10.200.0.0/24 -d 10.128.0.0/16 -m comment --comment "netctl:cca590a9 networks.red.noSnat" -j ACCEPT
-A netctl-POSTROUTING -s 10.200.0.0/24 -d 10.200.0.0/24 -m conntrack ! --ctstate DNAT -m comment --comment "netctl:975908ec networks.red.cidr" -j ACCEPT
-A netctl-POSTROUTING -s 10.30.0.0/24 -d 10.128.0.0/16 -m comment --comment "netctl:675d8207 networks.partner.noSnat" -j ACCEPT
-A netctl-POSTROUTING -s 10.30.0.0/24 -d 10.30.0.0/24 -m conntrack ! --ctstate DNAT -m comment --comment "netctl:616a27f4 networks.partner.cidr" -j ACCEPT
-A netctl-POSTROUTING -s 192.168.50.0/24 -d 192.168.50.0/24 -m conntrack ! --ctstate DNAT -m comment --comment "netctl:47fd3b1d networks.lab.cidr" -j ACCEPT
-A netctl-POSTROUTING -s 10.30.0.0/26 -m conntrack --ctstate DNAT -m comment --comment "netctl:cb34cc85 networks.partner" -j netctl-back-10.30.0.0
-A netctl-POSTROUTING -s 10.100.0.0/26 -m conntrack --ctstate DNAT -m comment --comment "netctl:fdfe11a1 networks.blue" -j netctl-back-10.100.0.0
-A netctl-POSTROUTING -s 10.200.0.0/26 -m conntrack --ctstate DNAT -m comment --comment "netctl:7cc40a90 networks.red" -j netctl-back-10.200.0.0
-A netctl-POSTROUTING -s 192.168.50.0/26 -m conntrack --ctstate DNAT -m comment --comment "netctl:9110a4fc networks.lab" -j netctl-back-192.168.50.0
-A netctl-snat -m comment --comment "netctl:ed6242b8 pools" -j netctl-float-snat
-A netctl-snat -s 10.100.0.0/24 -o eth1 -m comment --comment "netctl:8cb89d84 networks.blue.snat" -j SNAT --to-source 203.0.113.11
-A netctl-snat -s 10.200.0.0/24 -o eth1 -m statistic --mode nth --every 2 --packet 0 -m comment --comment "netctl:093b17fd networks.red.snat" -j SNAT --to-source 203.0.113.40
-A netctl-snat -s 10.200.0.0/24 -o eth1 -m comment --comment "netctl:dc47ad31 networks.red.snat" -j SNAT --to-source 203.0.113.41
-A netctl-snat -s 10.30.0.0/24 -d 192.0.2.0/24 -m comment --comment "netctl:b7e8823c networks.partner.snat" -j SNAT --to-source 203.0.113.11
-A netctl-snat -s 192.168.50.0/24 -o eth1 -m comment --comment "netctl:8bb48372 networks.lab.snat" -j SNAT --to-source 203.0.113.11
-A netctl-postrouting-bottom -m comment --comment "netctl:ad1aa0fe networks" -j netctl-snat
-A netctl-dnat-198.51.100.0 -d 198.51.100.40/32 -m comment --comment "netctl:4b227f5a instances.red-partner.nics[0].floating" -j DNAT --to-destination 10.30.0.10
-A netctl-dnat-203.0.113.64 -d 203.0.113.65/32 -m comment --comment "netctl:8bebac25 instances.blue-web-2.nics[0].floating" -j DNAT --to-destination 10.100.0.2
-A netctl-dnat-203.0.113.64 -d 203.0.113.66/32 -m comment --comment "netctl:a723a880 instances.red-web.nics[0].floating" -j DNAT --to-destination 10.200.0.2
-A netctl-dnat-203.0.113.64 -d 203.0.113.67/32 -m comment --comment "netctl:8e0373e6 instances.lab-1.nics[0].floating" -j DNAT --to-destination 192.168.50.3
-A netctl-dnat-203.0.113.64 -d 203.0.113.80/32 -m comment --comment "netctl:8268a31d instances.blue-web-1.nics[0].floating" -j DNAT --to-destination 10.100.0.11
-A netctl-dnat-203.0.113.64 -d 203.0.113.81/32 -m comment --comment "netctl:0c78c9e0 instances.blue-web-1.nics[0].floating" -j DNAT --to-destination 10.100.0.11
-A netctl-float-dnat -d 198.51.100.0/26 -m comment --comment "netctl:57dd280d pools.partners" -j netctl-dnat-198.51.100.0
-A netctl-float-dnat -d 203.0.113.64/26 -m comment --comment "netctl:b53a5e23 pools.public" -j netctl-dnat-203.0.113.64
-A netctl-snat-10.30.0.0 -s 10.30.0.10/32 -d 10.30.0.10/32 -m comment --comment "netctl:9fb66a29 instances.red-partner.nics[0].floating" -j SNAT --to-source 198.51.100.40
-A netctl-snat-10.30.0.0 -s 10.30.0.10/32 -o br-office -m comment --comment "netctl:c499cae9 instances.red-partner.nics[0].floating" -j SNAT --to-source 198.51.100.40
-A netctl-snat-10.100.0.0 -s 10.100.0.2/32 -d 10.100.0.2/32 -m comment --comment "netctl:1053cf05 instances.blue-web-2.nics[0].floating" -j SNAT --to-source 203.0.113.65
-A netctl-snat-10.100.0.0 -s 10.100.0.2/32 -o eth1 -m comment --comment "netctl:1a23bb45 instances.blue-web-2.nics[0].floating" -j SNAT --to-source 203.0.113.65
-A netctl-snat-10.100.0.0 -s 10.100.0.11/32 -d 10.100.0.11/32 -m comment --comment "netctl:0ebd6327 instances.blue-web-1.nics[0].floating" -j SNAT --to-source 203.0.113.80
-A netctl-snat-10.100.0.0 -s 10.100.0.11/32 -o eth1 -m comment --comment "netctl:e4745d60 instances.blue-web-1.nics[0].floating" -j SNAT --to-source 203.0.113.80
-A netctl-snat-10.200.0.0 -s 10.200.0.2/32 -d 10.200.0.2/32 -m comment --comment "netctl:74eabc3d instances.red-web.nics[0].floating" -j SNAT --to-source 203.0.113.66
-A netctl-snat-10.200.0.0 -s 10.200.0.2/32 -o eth1 -m comment --comment "netctl:c62484f9 instances.red-web.nics[0].floating" -j SNAT --to-source 203.0.113.66
-A netctl-snat-192.168.50.0 -s 192.168.50.3/32 -d 192.168.50.3/32 -m comment --comment "netctl:b64f1820 instances.lab-1.nics[0].floating" -j SNAT --to-source 203.0.113.67
-A netctl-snat-192.168.50.0 -s 192.168.50.3/32 -o eth1 -m comment --comment "netctl:351e23b7 instances.lab-1.nics[0].floating" -j SNAT --to-source 203.0.113.67
-A netctl-float-snat -s 10.30.0.0/26 -m comment --comment "netctl:71bd45ef networks.partner" -j netctl-snat-10.30.0.0
-A netctl-float-snat -s 10.100.0.0/26 -m comment --comment "netctl:e15efb34 networks.blue" -j netctl-snat-10.100.0.0
-A netctl-float-snat -s 10.200.0.0/26 -m comment --comment "netctl:ea835a3b networks.red" -j netctl-snat-10.200.0.0
-A netctl-float-snat -s 192.168.50.0/26 -m comment --comment "netctl:c439a202 networks.lab" -j netctl-snat-192.168.50.0
-A netctl-back-10.30.0.0 -s 10.30.0.10/32 -m comment --comment "netctl:531a596e instances.red-partner.nics[0].floating" -j SNAT --to-source 198.51.100.40
-A netctl-back-10.100.0.0 -s 10.100.0.2/32 -m comment --comment "netctl:013d4989 instances.blue-web-2.nics[0].floating" -j SNAT --to-source 203.0.113.65
-A netctl-back-10.100.0.0 -s 10.100.0.11/32 -m comment --comment "netctl:77c36f1a instances.blue-web-1.nics[0].floating" -j SNAT --to-source 203.0.113.80
-A netctl-back-10.200.0.0 -s 10.200.0.2/32 -m comment --comment "netctl:5e4d12e6 instances.red-web.nics[0].floating" -j SNAT --to-source 203.0.113.66
-A netctl-back-192.168.50.0 -s 192.168.50.3/32 -m comment --comment "netctl:cda086a9 instances.lab-1.nics[0].floating" -j SNAT --to-source 203.0.113.67
-I PREROUTING 1 -m comment --comment "netctl:52cd91ef networks" -j netctl-PREROUTING
-I OUTPUT 1 -m comment --comment "netctl:a8a74c0a networks" -j netctl-OUTPUT
-I POSTROUTING 1 -m comment --comment "netctl:e36a38f8 networks" -j netctl-POSTROUTING
-A POSTROUTING -m comment --comment "netctl:38cf7b96 networks" -j netctl-postrouting-bottom
COMMIT
*filter
:netctl-INPUT - [0:0]
:netctl-FORWARD - [0:0]
-A netctl-INPUT -d 255.255.255.255/32 -i br-lab -p udp -m udp --sport 68 --dport 67 -m comment --comment "netctl:2239fe89 networks.lab.dhcp" -j ACCEPT
-A netctl-INPUT -s 192.168.50.0/24 -d 192.168.50.1/32 -i br-lab -p udp -m udp --sport 68 --dport 67 -m comment --comment "netctl:d4cbb815 networks.lab.dhcp" -j ACCEPT
-A netctl-INPUT -s 192.168.50.0/24 -d 192.168.50.1/32 -i br-lab -p udp -m udp --dport 53 -m comment --comment "netctl:1073ebf5 networks.lab.dhcp" -j ACCEPT
-A netctl-INPUT -s 192.168.50.0/24 -d 192.168.50.1/32 -i br-lab -p tcp -m tcp --dport 53 -m comment --comment "netctl:1f05520f networks.lab.dhcp" -j ACCEPT
-A netctl-INPUT -d 255.255.255.255/32 -i br-backup -p udp -m udp --sport 68 --dport 67 -m comment --comment "netctl:895905df networks.backup.dhcp" -j ACCEPT
-A netctl-INPUT -s 10.250.0.0/24 -d 10.250.0.1/32 -i br-backup -p udp -m udp --sport 68 --dport 67 -m comment --comment "netctl:098771ea networks.backup.dhcp" -j ACCEPT
-A netctl-INPUT -s 10.250.0.0/24 -d 10.250.0.1/32 -i br-backup -p udp -m udp --dport 53 -m comment --comment "netctl:7fee5035 networks.backup.dhcp" -j ACCEPT
-A netctl-INPUT -s 10.250.0.0/24 -d 10.250.0.1/32 -i br-backup -p tcp -m tcp --dport 53 -m comment --comment "netctl:c0e26a26 networks.backup.dhcp" -j ACCEPT
-A netctl-INPUT -d 255.255.255.255/32 -i br100 -p udp -m udp --sport 68 --dport 67 -m comment --comment "netctl:3dbac003 networks.blue.dhcp" -j ACCEPT
-A netctl-INPUT -s 10.100.0.0/24 -d 10.100.0.1/32 -i br100 -p udp -m udp --sport 68 --dport 67 -m comment --comment "netctl:927994c4 networks.blue.dhcp" -j ACCEPT
-A netctl-INPUT -s 10.100.0.0/24 -d 10.100.0.1/32 -i br100 -p udp -m udp --dport 53 -m comment --comment "netctl:88571af4 networks.blue.dhcp" -j ACCEPT
-A netctl-INPUT -s 10.100.0.0/24 -d 10.100.0.1/32 -i br100 -p tcp -m tcp --dport 53 -m comment --comment "netctl:4f9ddd03 networks.blue.dhcp" -j ACCEPT
-A netctl-INPUT -d 255.255.255.255/32 -i br200 -p udp -m udp --sport 68 --dport 67 -m comment --comment "netctl:cf498ce3 networks.red.dhcp" -j ACCEPT
-A netctl-INPUT -s 10.200.0.0/24 -d 10.200.0.1/32 -i br200 -p udp -m udp --sport 68 --dport 67 -m comment --comment "netctl:91ad0663 networks.red.dhcp" -j ACCEPT
-A netctl-INPUT -s 10.200.0.0/24 -d 10.200.0.1/32 -i br200 -p udp -m udp --dport 53 -m comment --comment "netctl:a4d93633 networks.red.dhcp" -j ACCEPT
-A netctl-INPUT -s 10.200.0.0/24 -d 10.200.0.1/32 -i br200 -p tcp -m tcp --dport 53 -m comment --comment "netctl:e3a715ef networks.red.dhcp" -j ACCEPT
-A netctl-INPUT -d 255.255.255.255/32 -i br300 -p udp -m udp --sport 68 --dport 67 -m comment --comment "netctl:2100047d networks.partner.dhcp" -j ACCEPT
-A netctl-INPUT -s 10.30.0.0/24 -d 10.30.0.2/32 -i br300 -p udp -m udp --sport 68 --dport 67 -m comment --comment "netctl:eccf8ba2 networks.partner.dhcp" -j ACCEPT
-A netctl-INPUT -s 10.30.0.0/24 -d 10.30.0.2/32 -i br300 -p udp -m udp --dport 53 -m comment --comment "netctl:7668d5e6 networks.partner.dhcp" -j ACCEPT
-A netctl-INPUT -s 10.30.0.0/24 -d 10.30.0.2/32 -i br300 -p tcp -m tcp --dport 53 -m comment --comment "netctl:9a0a4822 networks.partner.dhcp" -j ACCEPT
-A netctl-INPUT -s 10.100.0.0/24 -i br100 -p tcp -m tcp --dport 8775 -m conntrack --ctstate DNAT -m addrtype --dst-type LOCAL -m comment --comment "netctl:9584ad25 networks.blue.metadata" -j ACCEPT
-A netctl-INPUT -s 10.200.0.0/24 -i br200 -p tcp -m tcp --dport 8775 -m conntrack --ctstate DNAT -m addrtype --dst-type LOCAL -m comment --comment "netctl:abfe6890 networks.red.metadata" -j ACCEPT
-A netctl-INPUT -s 192.168.50.0/24 -i br-lab -p tcp -m tcp --dport 8775 -m conntrack --ctstate DNAT -m addrtype --dst-type LOCAL -m comment --comment "netctl:da8ceee3 networks.lab.metadata" -j ACCEPT
-A netctl-INPUT -s 10.250.0.0/24 -i br-backup -p tcp -m tcp --dport 8775 -m conntrack --ctstate DNAT -m addrtype --dst-type LOCAL -m comment --comment "netctl:617c3267 networks.backup.metadata" -j ACCEPT
-A netctl-INPUT -d 169.254.169.254/32 ! -i lo -m comment --comment "netctl:6fe43e5b hosts.h1.metadata" -j DROP
-A netctl-INPUT -d 192.168.50.1/32 ! -i lo -p udp -m udp --dport 53 -m comment --comment "netctl:41995812 networks.lab.dhcp" -j DROP
-A netctl-INPUT -d 192.168.50.1/32 ! -i lo -p tcp -m tcp --dport 53 -m comment --comment "netctl:b18c16aa networks.lab.dhcp" -j DROP
-A netctl-INPUT -d 10.250.0.1/32 ! -i lo -p udp -m udp --dport 53 -m comment --comment "netctl:ddabc429 networks.backup.dhcp" -j DROP
-A netctl-INPUT -d 10.250.0.1/32 ! -i lo -p tcp -m tcp --dport 53 -m comment --comment "netctl:31928f3d networks.backup.dhcp" -j DROP
-A netctl-INPUT -d 10.100.0.1/32 ! -i lo -p udp -m udp --dport 53 -m comment --comment "netctl:56fb2baf networks.blue.dhcp" -j DROP
-A netctl-INPUT -d 10.100.0.1/32 ! -i lo -p tcp -m tcp --dport 53 -m comment --comment "netctl:1faf67df networks.blue.dhcp" -j DROP
-A netctl-INPUT -d 10.200.0.1/32 ! -i lo -p udp -m udp --dport 53 -m comment --comment "netctl:83209323 networks.red.dhcp" -j DROP
-A netctl-INPUT -d 10.200.0.1/32 ! -i lo -p tcp -m tcp --dport 53 -m comment --comment "netctl:3cd0457e networks.red.dhcp" -j DROP
-A netctl-INPUT -d 10.30.0.2/32 ! -i lo -p udp -m udp --dport 53 -m comment --comment "netctl:5604b225 networks.partner.dhcp" -j DROP
-A netctl-INPUT -d 10.30.0.2/32 ! -i lo -p tcp -m tcp --dport 53 -m comment --comment "netctl:90d55769 networks.partner.dhcp" -j DROP
-A netctl-FORWARD -i br-lab -o eth1 -m comment --comment "netctl:1fb96845 networks.lab.forward" -j ACCEPT
-A netctl-FORWARD -i eth1 -o br-lab -m comment --comment "netctl:2211baa5 networks.lab.forward" -j ACCEPT
-A netctl-FORWARD -i br-lab -o br-lab -m comment --comment "netctl:460a096a networks.lab.forward" -j ACCEPT
-A netctl-FORWARD -i br-lab -m comment --comment "netctl:e5a9eb9f networks.lab.forward" -j DROP
-A netctl-FORWARD -o br-lab -m comment --comment "netctl:7c51bea5 networks.lab.forward" -j DROP
-A netctl-FORWARD -i br-backup -o br-backup -m comment --comment "netctl:78a35b9f networks.backup.gateway" -j ACCEPT
-A netctl-FORWARD -i br-backup -m comment --comment "netctl:514008b1 networks.backup.gateway" -j DROP
-A netctl-FORWARD -o br-backup -m comment --comment "netctl:c72d12d0 networks.backup.gateway" -j DROP
-A netctl-FORWARD -i br100 -m comment --comment "netctl:a1022c5a networks.blue.forward" -j ACCEPT
-A netctl-FORWARD -o br100 -m comment --comment "netctl:8075e17d networks.blue.forward" -j ACCEPT
-A netctl-FORWARD -i br200 -m comment --comment "netctl:abdd85a3 networks.red.forward" -j ACCEPT
-A netctl-FORWARD -o br200 -m comment --comment "netctl:813cde85 networks.red.forward" -j ACCEPT
-A netctl-FORWARD -i br300 -m comment --comment "netctl:846e9893 networks.partner.forward" -j ACCEPT
-A netctl-FORWARD -o br300 -m comment --comment "netctl:6d6e6717 networks.partner.forward" -j ACCEPT
-I INPUT 1 -m comment --comment "netctl:19ba5f45 networks" -j netctl-INPUT
-I FORWARD 1 -m comment --comment "netctl:5e20e97c networks" -j netctl-FORWARD
COMMIT
END
sysctl -q -w net.ipv4.ip_forward=1
ip -batch - <<'END'
link add name br-office group 117 address 02:00:00:00:ff:02 mtu 68 type bridge forward_delay 0 stp_state 0
link set dev br-office mtu 1500 up
END
sysctl -q -w net.ipv4.conf.br-office.forwarding=1
ip -batch - <<'END'
link set dev eth2 master br-office promisc on
address replace 198.51.100.11/24 brd 198.51.100.255 dev br-office
address del 198.51.100.11/24 dev eth2
END
(umask 0077; mkdir -p -- /var/lib/netctl/guests/office-print)
cat > /var/lib/netctl/guests/office-print/interfaces.new <<'END'
# Injected by netctl on instance boot
#
# This file describes the network interfaces available on your system
# and how to activate them. For more information, see interfaces(5).

# The loopback network interface
auto lo
iface lo inet loopback

auto eth0
iface eth0 inet static
    hwaddress ether fa:16:3e:32:36:81
    address 10.10.0.20
    netmask 255.255.255.0
    broadcast 10.10.0.255
    gateway 10.10.0.254
    dns-nameservers 10.10.0.53
iface eth0 inet6 static
    hwaddress ether fa:16:3e:32:36:81
    address fd00::a:f816:3eff:fe32:3681
    netmask 64
END
chmod 0600 /var/lib/netctl/guests/office-print/interfaces.new
mv -f -- /var/lib/netctl/guests/office-print/interfaces.new /var/lib/netctl/guests/office-print/interfaces
(umask 0077; mkdir -p -- /var/lib/netctl/guests/office-print)
cat > /var/lib/netctl/guests/office-print/network_data.json.new <<'END'
{
  "links": [
    {
      "id": "tap-offi-34j2m4",
      "vif_id": "office-print/office",
      "type": "bridge",
      "mtu": 1500,
      "ethernet_mac_address": "fa:16:3e:32:36:81"
    },
    {
      "id": "tap-offi-h3xpt1",
      "vif_id": "office-print/lab",
      "type": "bridge",
      "mtu": 1500,
      "ethernet_mac_address": "fa:16:3e:f9:25:80"
    }
  ],
  "networks": [
    {
      "id": "network0",
      "type": "ipv4",
      "link": "tap-offi-34j2m4",
      "network_id": "office",
      "ip_address": "10.10.0.20",
      "netmask": "255.255.255.0",
      "routes": [
        {
          "network": "0.0.0.0",
          "netmask": "0.0.0.0",
          "gateway": "10.10.0.254"
        }
      ]
    },
    {
      "id": "network1",
      "type": "ipv6",
      "link": "tap-offi-34j2m4",
      "network_id": "office",
      "ip_address": "fd00::a:f816:3eff:fe32:3681",
      "netmask": "ffff:ffff:ffff:ffff::",
      "routes": []
    },
    {
      "id": "network2",
      "type": "ipv4_dhcp",
      "link": "tap-offi-h3xpt1",
      "network_id": "lab"
    }
  ],
  "services": [
    {
      "type": "dns",
      "address": "10.10.0.53"
    }
  ]
}
END
chmod 0600 /var/lib/netctl/guests/office-print/network_data.json.new
mv -f -- /var/lib/netctl/guests/office-print/network_data.json.new /var/lib/netctl/guests/office-print/network_data.json
sh -c '[ -e /proc/sys/net/bridge ] || { modprobe br_netfilter && sysctl -e -q -w net.bridge.bridge-nf-call-iptables=0 net.bridge.bridge-nf-call-ip6tables=0 net.bridge.bridge-nf-call-arptables=0 && { nsenter --target 1 --net sysctl -e -q -w net.bridge.bridge-nf-call-iptables=0 net.bridge.bridge-nf-call-ip6tables=0 net.bridge.bridge-nf-call-arptables=0 || :; }; }'
ip -batch - <<'END'
link add name br-lab group 117 address 02:15:92:69:39:8d mtu 68 type bridge forward_delay 0 stp_state 0 nf_call_iptables 1
link set dev br-lab mtu 1500 up
END
sysctl -q -w net.ipv4.conf.br-lab.forwarding=1 net.ipv6.conf.br-lab.accept_ra=0 net.ipv6.conf.br-lab.autoconf=0
ip -batch - <<'END'
address replace 192.168.50.1/24 brd 192.168.50.255 metric 117 dev br-lab
END
(umask 0077; mkdir -p -- /var/lib/netctl/networks/lab)
cat > /var/lib/netctl/networks/lab/hosts.new <<'END'
fa:16:3e:33:34:78,192.168.50.3,lab-1
fa:16:3e:f9:25:80,192.168.50.2,office-print
END
chmod 0600 /var/lib/netctl/networks/lab/hosts.new
mv -f -- /var/lib/netctl/networks/lab/hosts.new /var/lib/netctl/networks/lab/hosts
(umask 0077; mkdir -p -- /var/lib/netctl/networks/lab)
cat > /var/lib/netctl/networks/lab/names.new <<'END'
192.168.50.2 office-print.cloud.example.org office-print
192.168.50.3 lab-1.cloud.example.org lab-1
END
chmod 0600 /var/lib/netctl/networks/lab/names.new
mv -f -- /var/lib/netctl/networks/lab/names.new /var/lib/netctl/networks/lab/names
(umask 0077; mkdir -p -- /var/lib/netctl/networks/lab)
cat > /var/lib/netctl/networks/lab/servers.new <<'END'
rev-server=100.64.0.0/10
rev-server=172.16.0.0/12
server=//
server=/0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa/
server=/0.in-addr.arpa/
server=/1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa/
server=/10.in-addr.arpa/
server=/100.51.198.in-addr.arpa/
server=/113.0.203.in-addr.arpa/
server=/127.in-addr.arpa/
server=/168.192.in-addr.arpa/
server=/2.0.192.in-addr.arpa/
server=/254.169.in-addr.arpa/
server=/255.255.255.255.in-addr.arpa/
server=/8.b.d.0.1.0.0.2.ip6.arpa/
server=/8.e.f.ip6.arpa/
server=/9.e.f.ip6.arpa/
server=/a.e.f.ip6.arpa/
server=/b.e.f.ip6.arpa/
server=/cloud.example.org/
server=/d.f.ip6.arpa/
END
chmod 0600 /var/lib/netctl/networks/lab/servers.new
mv -f -- /var/lib/netctl/networks/lab/servers.new /var/lib/netctl/networks/lab/servers
(umask 0077; mkdir -p -- /var/lib/netctl/networks/lab)
cat > /var/lib/netctl/networks/lab/options.new <<'END'
option:router,192.168.50.1
tag:_no-router,tag:!_router,option:router
option:mtu,1500
END
chmod 0600 /var/lib/netctl/networks/lab/options.new
mv -f -- /var/lib/netctl/networks/lab/options.new /var/lib/netctl/networks/lab/options
(umask 0077; mkdir -p -- /var/lib/netctl/networks/lab)
: > /var/lib/netctl/networks/lab/leases.new
chmod 0600 /var/lib/netctl/networks/lab/leases.new
mv -f -- /var/lib/netctl/networks/lab/leases.new /var/lib/netctl/networks/lab/leases
ip -batch - <<'END'
link add name br-backup group 117 address 02:90:6a:0c:5e:96 mtu 68 type bridge forward_delay 0 stp_state 0
link set dev br-backup mtu 1500 up
END
sysctl -q -w net.ipv6.conf.br-backup.accept_ra=0 net.ipv6.conf.br-backup.autoconf=0
ip -batch - <<'END'
address replace 10.250.0.1/24 brd 10.250.0.255 metric 117 dev br-backup
END
(umask 0077; mkdir -p -- /var/lib/netctl/networks/backup)
cat > /var/lib/netctl/networks/backup/hosts.new <<'END'
fa:16:3e:ee:4a:67,10.250.0.2,blue-web-1
fa:16:3e:f1:16:3c,10.250.0.4,blue-db
fa:16:3e:fa:bb:38,10.250.0.3,blue-web-2
END
chmod 0600 /var/lib/netctl/networks/backup/hosts.new
mv -f -- /var/lib/netctl/networks/backup/hosts.new /var/lib/netctl/networks/backup/hosts
(umask 0077; mkdir -p -- /var/lib/netctl/networks/backup)
cat > /var/lib/netctl/networks/backup/names.new <<'END'
10.250.0.2 blue-web-1.cloud.example.org blue-web-1
10.250.0.3 blue-web-2.cloud.example.org blue-web-2
10.250.0.4 blue-db.cloud.example.org blue-db
END
chmod 0600 /var/lib/netctl/networks/backup/names.new
mv -f -- /var/lib/netctl/networks/backup/names.new /var/lib/netctl/networks/backup/names
(umask 0077; mkdir -p -- /var/lib/netctl/networks/backup)
cat > /var/lib/netctl/networks/backup/servers.new <<'END'
rev-server=100.64.0.0/10
rev-server=172.16.0.0/12
server=//
server=/0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa/
server=/0.in-addr.arpa/
server=/1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa/
server=/10.in-addr.arpa/
server=/100.51.198.in-addr.arpa/
server=/113.0.203.in-addr.arpa/
server=/127.in-addr.arpa/
server=/168.192.in-addr.arpa/
server=/2.0.192.in-addr.arpa/
server=/254.169.in-addr.arpa/
server=/255.255.255.255.in-addr.arpa/
server=/8.b.d.0.1.0.0.2.ip6.arpa/
server=/8.e.f.ip6.arpa/
server=/9.e.f.ip6.arpa/
server=/a.e.f.ip6.arpa/
server=/b.e.f.ip6.arpa/
server=/cloud.example.org/
server=/d.f.ip6.arpa/
END
chmod 0600 /var/lib/netctl/networks/backup/servers.new
mv -f -- /var/lib/netctl/networks/backup/servers.new /var/lib/netctl/networks/backup/servers
(umask 0077; mkdir -p -- /var/lib/netctl/networks/backup)
cat > /var/lib/netctl/networks/backup/options.new <<'END'
option:router
tag:_no-router,tag:!_router,option:router
option:mtu,1500
END
chmod 0600 /var/lib/netctl/networks/backup/options.new
mv -f -- /var/lib/netctl/networks/backup/options.new /var/lib/netctl/networks/backup/options
(umask 0077; mkdir -p -- /var/lib/netctl/networks/backup)
: > /var/lib/netctl/networks/backup/leases.new
chmod 0600 /var/lib/netctl/networks/backup/leases.new
mv -f -- /var/lib/netctl/networks/backup/leases.new /var/lib/netctl/networks/backup/leases
ip -batch - <<'END'
link add name br100 group 117 address 02:00:00:00:ff:02 mtu 68 type bridge forward_delay 0 stp_state 0 nf_call_iptables 1
link set dev br100 mtu 1500 up
END
sysctl -q -w net.ipv4.conf.br100.forwarding=1 net.ipv6.conf.br100.accept_ra=0 net.ipv6.conf.br100.autoconf=0
ip -batch - <<'END'
address replace 10.100.0.1/24 brd 10.100.0.255 metric 117 dev br100
link add link eth2 name vlan100 group 117 mtu 1500 type vlan id 100
link set dev vlan100 addrgenmode none
link set dev vlan100 master br100 up
END
(umask 0077; mkdir -p -- /var/lib/netctl/networks/blue)
cat > /var/lib/netctl/networks/blue/hosts.new <<'END'
fa:16:3e:2e:2d:c3,10.100.0.2,blue-web-2
fa:16:3e:8e:6b:02,10.100.0.3,blue-db
fa:16:3e:d4:2a:95,10.100.0.11,blue-web-1
END
chmod 0600 /var/lib/netctl/networks/blue/hosts.new
mv -f -- /var/lib/netctl/networks/blue/hosts.new /var/lib/netctl/networks/blue/hosts
(umask 0077; mkdir -p -- /var/lib/netctl/networks/blue)
cat > /var/lib/netctl/networks/blue/names.new <<'END'
10.100.0.11 blue-web-1.cloud.example.org blue-web-1
10.100.0.2 blue-web-2.cloud.example.org blue-web-2
10.100.0.3 blue-db.cloud.example.org blue-db
END
chmod 0600 /var/lib/netctl/networks/blue/names.new
mv -f -- /var/lib/netctl/networks/blue/names.new /var/lib/netctl/networks/blue/names
(umask 0077; mkdir -p -- /var/lib/netctl/networks/blue)
cat > /var/lib/netctl/networks/blue/servers.new <<'END'
rev-server=100.64.0.0/10
rev-server=172.16.0.0/12
server=//
server=/0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa/
server=/0.in-addr.arpa/
server=/1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa/
server=/10.in-addr.arpa/
server=/100.51.198.in-addr.arpa/
server=/113.0.203.in-addr.arpa/
server=/127.in-addr.arpa/
server=/168.192.in-addr.arpa/
server=/2.0.192.in-addr.arpa/
server=/254.169.in-addr.arpa/
server=/255.255.255.255.in-addr.arpa/
server=/8.b.d.0.1.0.0.2.ip6.arpa/
server=/8.e.f.ip6.arpa/
server=/9.e.f.ip6.arpa/
server=/a.e.f.ip6.arpa/
server=/b.e.f.ip6.arpa/
server=/cloud.example.org/
server=/d.f.ip6.arpa/
END
chmod 0600 /var/lib/netctl/networks/blue/servers.new
mv -f -- /var/lib/netctl/networks/blue/servers.new /var/lib/netctl/networks/blue/servers
(umask 0077; mkdir -p -- /var/lib/netctl/networks/blue)
cat > /var/lib/netctl/networks/blue/options.new <<'END'
option:router,10.100.0.1
tag:_no-router,tag:!_router,option:router
option:mtu,1500
END
chmod 0600 /var/lib/netctl/networks/blue/options.new
mv -f -- /var/lib/netctl/networks/blue/options.new /var/lib/netctl/networks/blue/options
(umask 0077; mkdir -p -- /var/lib/netctl/networks/blue)
: > /var/lib/netctl/networks/blue/leases.new
chmod 0600 /var/lib/netctl/networks/blue/leases.new
mv -f -- /var/lib/netctl/networks/blue/leases.new /var/lib/netctl/networks/blue/leases
ip -batch - <<'END'
link add name br200 group 117 address 02:00:00:00:ff:02 mtu 68 type bridge forward_delay 0 stp_state 0 nf_call_iptables 1
link set dev br200 mtu 1450 up
END
sysctl -q -w net.ipv4.conf.br200.forwarding=1 net.ipv6.conf.br200.accept_ra=0 net.ipv6.conf.br200.autoconf=0
ip -batch - <<'END'
address replace 10.200.0.1/24 brd 10.200.0.255 metric 117 dev br200
link add link eth2 name vlan200 group 117 mtu 1450 type vlan id 200
link set dev vlan200 addrgenmode none
link set dev vlan200 master br200 up
END
(umask 0077; mkdir -p -- /var/lib/netctl/networks/red)
cat > /var/lib/netctl/networks/red/hosts.new <<'END'
fa:16:3e:2c:e8:ec,10.200.0.2,red-web
END
chmod 0600 /var/lib/netctl/networks/red/hosts.new
mv -f -- /var/lib/netctl/networks/red/hosts.new /var/lib/netctl/networks/red/hosts
(umask 0077; mkdir -p -- /var/lib/netctl/networks/red)
cat > /var/lib/netctl/networks/red/names.new <<'END'
10.200.0.2 red-web.cloud.example.org red-web
END
chmod 0600 /var/lib/netctl/networks/red/names.new
mv -f -- /var/lib/netctl/networks/red/names.new /var/lib/netctl/networks/red/names
(umask 0077; mkdir -p -- /var/lib/netctl/networks/red)
cat > /var/lib/netctl/networks/red/servers.new <<'END'
rev-server=100.64.0.0/10
rev-server=172.16.0.0/12
server=//
server=/0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa/
server=/0.in-addr.arpa/
server=/1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa/
server=/10.in-addr.arpa/
server=/100.51.198.in-addr.arpa/
server=/113.0.203.in-addr.arpa/
server=/127.in-addr.arpa/
server=/168.192.in-addr.arpa/
server=/2.0.192.in-addr.arpa/
server=/254.169.in-addr.arpa/
server=/255.255.255.255.in-addr.arpa/
server=/8.b.d.0.1.0.0.2.ip6.arpa/
server=/8.e.f.ip6.arpa/
server=/9.e.f.ip6.arpa/
server=/a.e.f.ip6.arpa/
server=/b.e.f.ip6.arpa/
server=/cloud.example.org/
server=/d.f.ip6.arpa/
END
chmod 0600 /var/lib/netctl/networks/red/servers.new
mv -f -- /var/lib/netctl/networks/red/servers.new /var/lib/netctl/networks/red/servers
(umask 0077; mkdir -p -- /var/lib/netctl/networks/red)
cat > /var/lib/netctl/networks/red/options.new <<'END'
option:router,10.200.0.1
tag:_no-router,tag:!_router,option:router
option:mtu,1450
END
chmod 0600 /var/lib/netctl/networks/red/options.new
mv -f -- /var/lib/netctl/networks/red/options.new /var/lib/netctl/networks/red/options
(umask 0077; mkdir -p -- /var/lib/netctl/networks/red)
: > /var/lib/netctl/networks/red/leases.new
chmod 0600 /var/lib/netctl/networks/red/leases.new
mv -f -- /var/lib/netctl/networks/red/leases.new /var/lib/netctl/networks/red/leases
ip -batch - <<'END'
link add name br300 group 117 address 02:00:00:00:ff:02 mtu 68 type bridge forward_delay 0 stp_state 0 nf_call_iptables 1
link set dev br300 mtu 1500 up
END
sysctl -q -w net.ipv4.conf.br300.forwarding=1 net.ipv6.conf.br300.accept_ra=0 net.ipv6.conf.br300.autoconf=0
ip -batch - <<'END'
address replace 10.30.0.2/24 brd 10.30.0.255 metric 117 dev br300
link add link eth2 name vlan300 group 117 mtu 1500 type vlan id 300
link set dev vlan300 addrgenmode none
link set dev vlan300 master br300 up
END
(umask 0077; mkdir -p -- /var/lib/netctl/networks/partner)
cat > /var/lib/netctl/networks/partner/hosts.new <<'END'
fa:16:3e:39:b3:32,10.30.0.10,red-partner
END
chmod 0600 /var/lib/netctl/networks/partner/hosts.new
mv -f -- /var/lib/netctl/networks/partner/hosts.new /var/lib/netctl/networks/partner/hosts
(umask 0077; mkdir -p -- /var/lib/netctl/networks/partner)
cat > /var/lib/netctl/networks/partner/names.new <<'END'
10.30.0.10 red-partner.cloud.example.org red-partner
END
chmod 0600 /var/lib/netctl/networks/partner/names.new
mv -f -- /var/lib/netctl/networks/partner/names.new /var/lib/netctl/networks/partner/names
(umask 0077; mkdir -p -- /var/lib/netctl/networks/partner)
cat > /var/lib/netctl/networks/partner/servers.new <<'END'
rev-server=100.64.0.0/10
rev-server=172.16.0.0/12
server=//
server=/0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa/
server=/0.in-addr.arpa/
server=/1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa/
server=/10.in-addr.arpa/
server=/100.51.198.in-addr.arpa/
server=/113.0.203.in-addr.arpa/
server=/127.in-addr.arpa/
server=/168.192.in-addr.arpa/
server=/2.0.192.in-addr.arpa/
server=/254.169.in-addr.arpa/
server=/255.255.255.255.in-addr.arpa/
server=/8.b.d.0.1.0.0.2.ip6.arpa/
server=/8.e.f.ip6.arpa/
server=/9.e.f.ip6.arpa/
server=/a.e.f.ip6.arpa/
server=/b.e.f.ip6.arpa/
server=/cloud.example.org/
server=/d.f.ip6.arpa/
END
chmod 0600 /var/lib/netctl/networks/partner/servers.new
mv -f -- /var/lib/netctl/networks/partner/servers.new /var/lib/netctl/networks/partner/servers
(umask 0077; mkdir -p -- /var/lib/netctl/networks/partner)
cat > /var/lib/netctl/networks/partner/options.new <<'END'
option:router,10.30.0.254
tag:_no-router,tag:!_router,option:router
option:mtu,1500
END
chmod 0600 /var/lib/netctl/networks/partner/options.new
mv -f -- /var/lib/netctl/networks/partner/options.new /var/lib/netctl/networks/partner/options
(umask 0077; mkdir -p -- /var/lib/netctl/networks/partner)
: > /var/lib/netctl/networks/partner/leases.new
chmod 0600 /var/lib/netctl/networks/partner/leases.new
mv -f -- /var/lib/netctl/networks/partner/leases.new /var/lib/netctl/networks/partner/leases
ip -batch - <<'END'
address replace 203.0.113.40/32 metric 117 dev eth1
address replace 203.0.113.41/32 metric 117 dev eth1
address replace 169.254.169.254/32 scope link metric 117 dev lo
END
ebtables-nft-restore --noflush <<'END'
*nat
:netctl-PREROUTING RETURN
-A netctl-PREROUTING -p IPv4 -d Unicast --ip-src 10.30.0.0/24 --ip-dst 10.30.0.0/24 -j RETURN
-A netctl-PREROUTING -p IPv4 -d Unicast --ip-src 10.30.0.10 ! --ip-dst 10.30.0.0/24 -j redirect --redirect-target CONTINUE
-A netctl-PREROUTING -p IPv4 -d Unicast --ip-src 10.30.0.0/24 --ip-dst 10.128.0.0/16 -j RETURN
-A netctl-PREROUTING -p IPv4 -d Unicast --ip-src 10.30.0.0/24 --ip-dst 192.0.2.0/24 -j redirect --redirect-target CONTINUE
-I PREROUTING 1 -j netctl-PREROUTING
END
ip -batch - <<'END'
tuntap add dev tap-blue-web-1 mode tap
link set dev tap-blue-web-1 addrgenmode none
link set dev tap-blue-web-1 group 117 alias "blue-web-1/blue 10.100.0.11 fa:16:3e:d4:2a:95" mtu 1500 master br100 up
link set dev tap-blue-web-1 type bridge_slave hairpin on
tuntap add dev tap-blue-kvsnid mode tap
link set dev tap-blue-kvsnid addrgenmode none
link set dev tap-blue-kvsnid group 117 alias "blue-web-1/backup 10.250.0.2 fa:16:3e:ee:4a:67" mtu 1500 master br-backup up
link set dev tap-blue-kvsnid type bridge_slave hairpin on
tuntap add dev tap-blue-web-2 mode tap
link set dev tap-blue-web-2 addrgenmode none
link set dev tap-blue-web-2 group 117 alias "blue-web-2/blue 10.100.0.2 fa:16:3e:2e:2d:c3" mtu 1500 master br100 up
link set dev tap-blue-web-2 type bridge_slave hairpin on
tuntap add dev tap-blue-hnyqbt mode tap
link set dev tap-blue-hnyqbt addrgenmode none
link set dev tap-blue-hnyqbt group 117 alias "blue-web-2/backup 10.250.0.3 fa:16:3e:fa:bb:38" mtu 1500 master br-backup up
link set dev tap-blue-hnyqbt type bridge_slave hairpin on
tuntap add dev tap-blue-db mode tap
link set dev tap-blue-db addrgenmode none
link set dev tap-blue-db group 117 alias "blue-db/blue 10.100.0.3 fa:16:3e:8e:6b:02" mtu 1500 master br100 up
link set dev tap-blue-db type bridge_slave hairpin on
tuntap add dev tap-blue-db-1 mode tap
link set dev tap-blue-db-1 addrgenmode none
link set dev tap-blue-db-1 group 117 alias "blue-db/backup 10.250.0.4 fa:16:3e:f1:16:3c" mtu 1500 master br-backup up
link set dev tap-blue-db-1 type bridge_slave hairpin on
link add name veth-red-web group 117 mtu 1450 type veth peer name eth0 netns g1 address fa:16:3e:2c:e8:ec mtu 1450
link set dev veth-red-web addrgenmode none
link set dev veth-red-web alias "red-web/red 10.200.0.2 fa:16:3e:2c:e8:ec" master br200 up
link set dev veth-red-web type bridge_slave hairpin on
END
ip -n g1 -batch - <<'END'
link set dev eth0 up
END
ip -batch - <<'END'
tuntap add dev tap-red-partner mode tap
link set dev tap-red-partner addrgenmode none
link set dev tap-red-partner group 117 alias "red-partner/partner 10.30.0.10 fa:16:3e:39:b3:32" mtu 1500 master br300 up
link set dev tap-red-partner type bridge_slave hairpin on
tuntap add dev tap-offi-34j2m4 mode tap
link set dev tap-offi-34j2m4 addrgenmode none
link set dev tap-offi-34j2m4 group 117 alias "office-print/office 10.10.0.20 fa:16:3e:32:36:81" mtu 1500 master br-office up
link set dev tap-offi-34j2m4 type bridge_slave hairpin on
tuntap add dev tap-offi-h3xpt1 mode tap
link set dev tap-offi-h3xpt1 addrgenmode none
link set dev tap-offi-h3xpt1 group 117 alias "office-print/lab 192.168.50.2 fa:16:3e:f9:25:80" mtu 1500 master br-lab up
link set dev tap-offi-h3xpt1 type bridge_slave hairpin on
link set dev lv-db addrgenmode none
address del fe80::ff:fe00:ff03/64 dev lv-db
link set dev lv-db master br-lab
link set dev lv-db type bridge_slave hairpin on
address replace 203.0.113.80/32 metric 117001 dev eth1
address replace 203.0.113.81/32 metric 117001 dev eth1
address replace 203.0.113.65/32 metric 117001 dev eth1
address replace 203.0.113.66/32 metric 117001 dev eth1
address replace 203.0.113.67/32 metric 117001 dev eth1
END
perl -e '$dev = shift; sub word { open my $file, "<", "/sys/class/net/$dev/$_[0]" or die "$dev: $!\n"; my $word = <$file>; chomp $word; $word } ($mac = word("address")) =~ tr/://d; $mac = pack "H12", $mac; $all = "\xff" x 6; $to = pack "S n l S C C a8", 17, 0x806, word("ifindex"), 1, 1, 6, $all; socket $wire, 17, 3, 0 or die "socket: $!\n"; while (<STDIN>) { chomp; $ip = pack "C4", split /\./; send $wire, pack("a6 a6 n n n C C n a6 a4 a6 a4", $all, $mac, 0x806, 1, 0x800, 6, 4, $_, $mac, $ip, $_ == 1 ? $all : $mac, $ip), 0, $to for 1, 2 }' eth1 <<'END'
203.0.113.80
203.0.113.81
203.0.113.65
203.0.113.66
203.0.113.67
END
ip -batch - <<'END'
address replace 203.0.113.80/32 metric 117 dev eth1
address replace 203.0.113.81/32 metric 117 dev eth1
address replace 203.0.113.65/32 metric 117 dev eth1
address replace 203.0.113.66/32 metric 117 dev eth1
address replace 203.0.113.67/32 metric 117 dev eth1
address replace 198.51.100.40/32 metric 117001 dev br-office
END
perl -e '$dev = shift; sub word { open my $file, "<", "/sys/class/net/$dev/$_[0]" or die "$dev: $!\n"; my $word = <$file>; chomp $word; $word } ($mac = word("address")) =~ tr/://d; $mac = pack "H12", $mac; $all = "\xff" x 6; $to = pack "S n l S C C a8", 17, 0x806, word("ifindex"), 1, 1, 6, $all; socket $wire, 17, 3, 0 or die "socket: $!\n"; while (<STDIN>) { chomp; $ip = pack "C4", split /\./; send $wire, pack("a6 a6 n n n C C n a6 a4 a6 a4", $all, $mac, 0x806, 1, 0x800, 6, 4, $_, $mac, $ip, $_ == 1 ? $all : $mac, $ip), 0, $to for 1, 2 }' br-office <<'END'
198.51.100.40
END
ip -batch - <<'END'
address replace 198.51.100.40/32 metric 117 dev br-office
END
rm -f -- /run/netctl/dnsmasq-lab.loaded
(umask 0077; mkdir -p -- /run/netctl)
dnsmasq --conf-file= --pid-file=/run/netctl/dnsmasq-lab.pid --user=root --bind-interfaces --interface=br-lab --except-interface=br-lab --listen-address=192.168.50.1 --except-interface=lo --dhcp-range=set:lab,192.168.50.0,static,255.255.255.0,3600s --dhcp-lease-max=256 --dhcp-hostsfile=/var/lib/netctl/networks/lab/hosts '--dhcp-mac=set:_no-router,fa:16:3e:e0:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e1:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e2:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e3:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e4:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e5:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e6:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e7:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e8:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e9:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ea:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:eb:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ec:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ed:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ee:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ef:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f0:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f1:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f2:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f3:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f4:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f5:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f6:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f7:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f8:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f9:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fa:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fb:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fc:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fd:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fe:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ff:*:*' --dhcp-optsfile=/var/lib/netctl/networks/lab/options --dhcp-leasefile=/var/lib/netctl/networks/lab/leases --no-hosts --addn-hosts=/var/lib/netctl/networks/lab/names --domain=cloud.example.org --servers-file=/var/lib/netctl/networks/lab/servers --strict-order --no-resolv --server=9.9.9.9 --server=1.1.1.1
(umask 0077; mkdir -p -- /run/netctl)
cat > /run/netctl/dnsmasq-lab.loaded.new <<'END'
ce975cfae1056218
link br-lab
address br-lab 192.168.50.1/24
END
chmod 0600 /run/netctl/dnsmasq-lab.loaded.new
mv -f -- /run/netctl/dnsmasq-lab.loaded.new /run/netctl/dnsmasq-lab.loaded
rm -f -- /run/netctl/dnsmasq-backup.loaded
(umask 0077; mkdir -p -- /run/netctl)
dnsmasq --conf-file= --pid-file=/run/netctl/dnsmasq-backup.pid --user=root --bind-interfaces --interface=br-backup --except-interface=br-backup --listen-address=10.250.0.1 --except-interface=lo --dhcp-range=set:backup,10.250.0.0,static,255.255.255.0,3600s --dhcp-lease-max=256 --dhcp-hostsfile=/var/lib/netctl/networks/backup/hosts '--dhcp-mac=set:_no-router,fa:16:3e:e0:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e1:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e2:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e3:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e4:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e5:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e6:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e7:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e8:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e9:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ea:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:eb:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ec:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ed:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ee:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ef:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f0:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f1:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f2:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f3:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f4:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f5:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f6:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f7:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f8:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f9:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fa:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fb:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fc:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fd:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fe:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ff:*:*' --dhcp-optsfile=/var/lib/netctl/networks/backup/options --dhcp-leasefile=/var/lib/netctl/networks/backup/leases --no-hosts --addn-hosts=/var/lib/netctl/networks/backup/names --domain=cloud.example.org --servers-file=/var/lib/netctl/networks/backup/servers --strict-order --no-resolv --server=9.9.9.9 --server=1.1.1.1
(umask 0077; mkdir -p -- /run/netctl)
cat > /run/netctl/dnsmasq-backup.loaded.new <<'END'
9b88b47eb8272b4a
link br-backup
address br-backup 10.250.0.1/24
END
chmod 0600 /run/netctl/dnsmasq-backup.loaded.new
mv -f -- /run/netctl/dnsmasq-backup.loaded.new /run/netctl/dnsmasq-backup.loaded
rm -f -- /run/netctl/dnsmasq-blue.loaded
(umask 0077; mkdir -p -- /run/netctl)
dnsmasq --conf-file= --pid-file=/run/netctl/dnsmasq-blue.pid --user=root --bind-interfaces --interface=br100 --except-interface=br100 --listen-address=10.100.0.1 --except-interface=lo --dhcp-range=set:blue,10.100.0.0,static,255.255.255.0,3600s --dhcp-lease-max=256 --dhcp-hostsfile=/var/lib/netctl/networks/blue/hosts '--dhcp-mac=set:_no-router,fa:16:3e:e0:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e1:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e2:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e3:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e4:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e5:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e6:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e7:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e8:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e9:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ea:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:eb:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ec:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ed:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ee:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ef:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f0:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f1:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f2:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f3:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f4:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f5:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f6:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f7:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f8:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f9:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fa:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fb:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fc:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fd:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fe:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ff:*:*' --dhcp-optsfile=/var/lib/netctl/networks/blue/options --dhcp-leasefile=/var/lib/netctl/networks/blue/leases --no-hosts --addn-hosts=/var/lib/netctl/networks/blue/names --domain=cloud.example.org --servers-file=/var/lib/netctl/networks/blue/servers --strict-order --no-resolv --server=9.9.9.9 --server=1.1.1.1
(umask 0077; mkdir -p -- /run/netctl)
cat > /run/netctl/dnsmasq-blue.loaded.new <<'END'
98a238ed7e859828
link br100
address br100 10.100.0.1/24
END
chmod 0600 /run/netctl/dnsmasq-blue.loaded.new
mv -f -- /run/netctl/dnsmasq-blue.loaded.new /run/netctl/dnsmasq-blue.loaded
rm -f -- /run/netctl/dnsmasq-red.loaded
(umask 0077; mkdir -p -- /run/netctl)
dnsmasq --conf-file= --pid-file=/run/netctl/dnsmasq-red.pid --user=root --bind-interfaces --interface=br200 --except-interface=br200 --listen-address=10.200.0.1 --except-interface=lo --dhcp-range=set:red,10.200.0.0,static,255.255.255.0,3600s --dhcp-lease-max=256 --dhcp-hostsfile=/var/lib/netctl/networks/red/hosts '--dhcp-mac=set:_no-router,fa:16:3e:e0:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e1:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e2:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e3:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e4:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e5:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e6:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e7:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e8:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e9:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ea:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:eb:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ec:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ed:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ee:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ef:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f0:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f1:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f2:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f3:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f4:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f5:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f6:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f7:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f8:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f9:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fa:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fb:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fc:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fd:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fe:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ff:*:*' --dhcp-optsfile=/var/lib/netctl/networks/red/options --dhcp-leasefile=/var/lib/netctl/networks/red/leases --no-hosts --addn-hosts=/var/lib/netctl/networks/red/names --domain=cloud.example.org --servers-file=/var/lib/netctl/networks/red/servers --strict-order --no-resolv --server=9.9.9.9 --server=1.1.1.1
(umask 0077; mkdir -p -- /run/netctl)
cat > /run/netctl/dnsmasq-red.loaded.new <<'END'
3e396753ebb02248
link br200
address br200 10.200.0.1/24
END
chmod 0600 /run/netctl/dnsmasq-red.loaded.new
mv -f -- /run/netctl/dnsmasq-red.loaded.new /run/netctl/dnsmasq-red.loaded
rm -f -- /run/netctl/dnsmasq-partner.loaded
(umask 0077; mkdir -p -- /run/netctl)
dnsmasq --conf-file= --pid-file=/run/netctl/dnsmasq-partner.pid --user=root --bind-interfaces --interface=br300 --except-interface=br300 --listen-address=10.30.0.2 --except-interface=lo --dhcp-range=set:partner,10.30.0.0,static,255.255.255.0,3600s --dhcp-lease-max=256 --dhcp-hostsfile=/var/lib/netctl/networks/partner/hosts '--dhcp-mac=set:_no-router,fa:16:3e:e0:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e1:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e2:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e3:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e4:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e5:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e6:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e7:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e8:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e9:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ea:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:eb:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ec:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ed:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ee:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ef:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f0:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f1:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f2:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f3:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f4:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f5:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f6:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f7:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f8:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f9:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fa:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fb:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fc:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fd:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fe:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ff:*:*' --dhcp-optsfile=/var/lib/netctl/networks/partner/options --dhcp-leasefile=/var/lib/netctl/networks/partner/leases --no-hosts --addn-hosts=/var/lib/netctl/networks/partner/names --domain=cloud.example.org --servers-file=/var/lib/netctl/networks/partner/servers --strict-order --no-resolv --server=9.9.9.9 --server=1.1.1.1
(umask 0077; mkdir -p -- /run/netctl)
cat > /run/netctl/dnsmasq-partner.loaded.new <<'END'
223a02e47647d1c7
link br300
address br300 10.30.0.2/24
END
chmod 0600 /run/netctl/dnsmasq-partner.loaded.new
mv -f -- /run/netctl/dnsmasq-partner.loaded.new /run/netctl/dnsmasq-partner.loaded
