#!/usr/bin/env python3
"""Internet sockets, and the processes that have them."""

import socket
from typing import Any

import oslens


def shown(address: Any) -> str:
    return f"{address.ip}:{address.port}" if address else "-"


def main() -> None:
    names = {
        process.pid: process.name() for process in oslens.process_iter(["pid", "name"])
    }
    print(f"{'PROTO':<6}{'LOCAL':<30}{'REMOTE':<30}{'STATUS':<13}{'PID':<8}PROGRAM")
    for row in oslens.net_connections("inet"):
        protocol = "tcp" if row.type == socket.SOCK_STREAM else "udp"
        version = "6" if row.family == socket.AF_INET6 else ""
        print(
            f"{protocol + version:<6}{shown(row.laddr):<30}{shown(row.raddr):<30}"
            f"{row.status:<13}{row.pid or '-':<8}{names.get(row.pid or -1, '?')}"
        )


if __name__ == "__main__":
    main()
