#!/usr/bin/env python3
"""Who is logged in."""

import datetime

import oslens


def main() -> None:
    for user in oslens.users():
        since = datetime.datetime.fromtimestamp(user.started or 0)
        program = ""
        if user.pid is not None:
            try:
                program = oslens.Process(user.pid).name()
            except oslens.Error:
                pass
        print(
            f"{user.name:<12} {user.terminal or '-':<10} {since:%Y-%m-%d %H:%M} "
            f"({user.host})  {program}"
        )


if __name__ == "__main__":
    main()
