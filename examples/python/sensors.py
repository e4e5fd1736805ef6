#!/usr/bin/env python3
"""Temperatures, fans and batteries."""

import oslens


def main() -> None:
    temperatures, fans = oslens.sensors_temperatures(), oslens.sensors_fans()
    for chip in dict.fromkeys([*temperatures, *fans]):
        print(chip)
        for sensor in temperatures.get(chip, []):
            bounds = f"high {sensor.high}, critical {sensor.critical}"
            print(f"  {sensor.label or chip:<20} {sensor.current:>6.1f} °C  ({bounds})")
        for fan in fans.get(chip, []):
            print(f"  {fan.label or chip:<20} {fan.current:>6} RPM")
    for battery in oslens.batteries():
        percent = "?" if battery.percent is None else f"{battery.percent:.0f}"
        print(f"{battery.name}: {percent} %, {battery.status or 'unknown'}")
    if not (temperatures or fans or oslens.batteries()):
        print("This machine has no sensors that it shows.")


if __name__ == "__main__":
    main()
