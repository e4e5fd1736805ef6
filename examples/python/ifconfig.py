#!/usr/bin/env python3
"""Network interfaces: state, traffic, addresses."""

import socket

import oslens

FAMILIES = {
    int(socket.AF_INET): "IPv4",
    int(socket.AF_INET6): "IPv6",
    int(oslens.AF_LINK): "MAC",
}


def main() -> None:
    stats, traffic = oslens.net_if_stats(), oslens.net_io_counters(pernic=True)
    for name, addresses in oslens.net_if_addrs().items():
        print(f"{name}:")
        if name in stats:
            of = stats[name]
            print(
                f"  {'up' if of.isup else 'down'}, {of.speed} Mbit/s, "
                f"{of.duplex.name}, MTU {of.mtu}"
            )
        if name in traffic:
            count = traffic[name]
            for what, size, packets, errors, drops in (
                ("in", count.bytes_recv, count.packets_recv, count.errin, count.dropin),
                (
                    *("out", count.bytes_sent, count.packets_sent),
                    *(count.errout, count.dropout),
                ),
            ):
                print(
                    f"  {what:<4} {oslens.bytes2human(size)}, {packets} packets, "
                    f"{errors} errors, {drops} drops"
                )
        for address in addresses:
            family = FAMILIES.get(int(address.family), str(address.family))
            mask = f" netmask {address.netmask}" if address.netmask else ""
            print(f"  {family:<4} {address.address or '-'}{mask}")


if __name__ == "__main__":
    main()
