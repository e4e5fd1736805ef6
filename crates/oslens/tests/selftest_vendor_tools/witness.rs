//! What the tools of several systems print, as numbers.

use std::collections::{BTreeMap, BTreeSet};

/// Every run of digits, in order.
pub(crate) fn numbers(text: &str) -> Vec<u64> {
    let runs = text.split(|c: char| !c.is_ascii_digit());
    runs.filter_map(|run| run.parse().ok()).collect()
}

/// `vmstat -s`: what is counted, and how often. macOS has `vm_stat` instead:
/// the other way round.
pub(crate) fn counts(text: &str) -> BTreeMap<String, u64> {
    let counts = text.lines().filter_map(|line| {
        let line = line.trim();
        if let Some((what, count)) = line.rsplit_once(':') {
            let count = count.trim().trim_end_matches('.').parse().ok()?;
            return Some((what.trim_matches('"').to_owned(), count));
        }
        let (count, what) = line.split_once(char::is_whitespace)?;
        Some((what.trim().to_owned(), count.parse().ok()?))
    });
    counts.collect()
}

/// Bytes of a page, as `vmstat -s` or `vm_stat` say it. Linux: of its unit.
pub(crate) fn page_size(text: &str) -> Option<u64> {
    text.lines().find_map(|line| {
        if line.contains("page size of") || line.trim_end().ends_with("bytes per page") {
            return numbers(line).first().copied();
        }
        line.trim_end().ends_with(" K total memory").then_some(1024)
    })
}

/// `swapinfo -k`, `swapctl -lk`: bytes of all devices, and those in use.
pub(crate) fn swap_devices(text: &str) -> (u64, u64) {
    let rows = text.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        words.next().filter(|device| device.starts_with('/'))?;
        let blocks = [words.next()?.parse().ok()?, words.next()?.parse().ok()?];
        Some(blocks.map(|blocks: u64| blocks * 1024))
    });
    rows.fold((0, 0), |(total, used), row| (total + row[0], used + row[1]))
}

/// `sysctl -n vm.swapusage` of macOS: bytes in all, and those in use.
pub(crate) fn swap_usage(text: &str) -> Option<(u64, u64)> {
    let value = |name: &str| {
        let (_, rest) = text.split_once(name)?;
        let word = rest.trim_start_matches([' ', '=']).split(' ').next()?;
        let unit = match word.chars().last()? {
            'K' => 1_u64 << 10,
            'M' => 1 << 20,
            'G' => 1 << 30,
            _ => return None,
        };
        let number: f64 = word[..word.len() - 1].parse().ok()?;
        Some((number * unit as f64) as u64)
    };
    Some((value("total")?, value("used")?))
}

/// `df -kP` of one file system: bytes in all, used, available.
pub(crate) fn df(text: &str) -> Option<[u64; 3]> {
    let words: Vec<&str> = text.lines().nth(1)?.split_whitespace().collect();
    let at = words.iter().rposition(|word| word.ends_with('%'))?;
    let blocks = words.get(at.checked_sub(3)?..at)?;
    let bytes = |index: usize| blocks[index].parse::<u64>().ok().map(|it| it * 1024);
    Some([bytes(0)?, bytes(1)?, bytes(2)?])
}

/// `mount`: where. Names that are escaped are left out.
pub(crate) fn mount_points(text: &str) -> BTreeSet<String> {
    let points = text.lines().filter_map(|line| {
        let (_, rest) = line.split_once(" on ")?;
        let end = rest.rfind(" type ").or_else(|| rest.rfind(" ("))?;
        Some(rest[..end].to_owned())
    });
    points.filter(|point| !point.contains('\\')).collect()
}

/// `netstat -ibn`: the interface (a `*` behind it: it is down; long names are
/// cut off), bytes in and out.
pub(crate) fn interface_bytes(text: &str) -> Vec<(String, u64, u64)> {
    let mut lines = text.lines();
    let header: Vec<&str> = lines
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .collect();
    // From the right: an address may be missing.
    let place = |name: &str| {
        let at = header.iter().position(|word| *word == name)?;
        Some(header.len() - at)
    };
    let (Some(received), Some(sent)) = (place("Ibytes"), place("Obytes")) else {
        return Vec::new();
    };
    let rows = lines.filter(|line| line.contains("<Link"));
    rows.filter_map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let number = |place: usize| words[words.len().checked_sub(place)?].parse().ok();
        let name = words[0].trim_end_matches('*').to_owned();
        Some((name, number(received)?, number(sent)?))
    })
    .collect()
}

/// An interface of `ifconfig -a` or `ip`.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Interface {
    pub(crate) name: String,
    pub(crate) is_up: bool,
    pub(crate) mtu: Option<u64>,
    pub(crate) addresses: BTreeSet<String>,
}

/// The word behind this one.
fn after<'a>(words: &[&'a str], word: &str) -> Option<&'a str> {
    let at = words.iter().position(|it| *it == word)?;
    words.get(at + 1).copied()
}

/// Whether flags in angle brackets have `UP`.
fn is_up(line: &str) -> bool {
    let flags = line.split(['<', '>']).nth(1).unwrap_or_default();
    flags.split(',').any(|flag| flag == "UP")
}

/// `ifconfig -a`.
pub(crate) fn ifconfig(text: &str) -> Vec<Interface> {
    let mut all: Vec<Interface> = Vec::new();
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let is_first = line.contains(": flags=") && !line.starts_with(char::is_whitespace);
        if is_first {
            let (name, _) = line.split_once(": flags=").unwrap_or_default();
            all.push(Interface {
                name: name.to_owned(),
                is_up: is_up(line),
                mtu: after(&words, "mtu").and_then(|mtu| mtu.parse().ok()),
                addresses: BTreeSet::new(),
            });
        } else if let (Some("inet" | "inet6"), Some(interface)) =
            (words.first().copied(), all.last_mut())
        {
            let address = words.get(1).copied().unwrap_or_default();
            // `alias` stands before it, and the scope or the prefix behind.
            let address = match address {
                "alias" => words.get(2).copied().unwrap_or_default(),
                address => address,
            };
            let address = address.split(['%', '/']).next().unwrap_or_default();
            interface.addresses.insert(address.to_owned());
        }
    }
    all
}

/// `ip -o link` and `ip -o addr`.
pub(crate) fn ip(links: &str, addresses: &str) -> Vec<Interface> {
    let links = links.lines().filter_map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let name = words.get(1)?.trim_end_matches(':');
        let name = name.split('@').next()?.to_owned();
        let own = addresses.lines().filter_map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            let is_own = words.get(1) == Some(&name.as_str());
            let address = after(&words, "inet").or_else(|| after(&words, "inet6"))?;
            is_own.then(|| address.split('/').next().unwrap_or_default().to_owned())
        });
        Some(Interface {
            addresses: own.collect(),
            is_up: is_up(line),
            mtu: after(&words, "mtu").and_then(|mtu| mtu.parse().ok()),
            name,
        })
    });
    links.collect()
}

/// `netstat -an`, `ss -tln`: ports of TCP that listen.
pub(crate) fn listening(text: &str) -> BTreeSet<u16> {
    let rows = text.lines().filter(|line| {
        let is_tcp = line.starts_with("tcp") || line.starts_with("LISTEN");
        is_tcp && line.contains("LISTEN")
    });
    rows.filter_map(|line| {
        let local = line.split_whitespace().nth(3)?;
        let (_, port) = local.rsplit_once(['.', ':'])?;
        port.parse().ok()
    })
    .collect()
}

/// `fstat -p`, `lsof -p`: numbers of the descriptors.
pub(crate) fn descriptors(text: &str) -> BTreeSet<u32> {
    let rows = text.lines().filter_map(|line| {
        let word = line.split_whitespace().nth(3)?;
        // `3*` is a socket, `3u` is open for both ways.
        numbers(word)
            .first()
            .filter(|_| word.starts_with(|c: char| c.is_ascii_digit()))
            .and_then(|number| u32::try_from(*number).ok())
    });
    rows.collect()
}

/// `uptime`: the load of 1, 5 and 15 minutes.
pub(crate) fn load(text: &str) -> Option<[f64; 3]> {
    let (_, rest) = text.rsplit_once("load average")?;
    let (_, rest) = rest.split_once(':')?;
    let mut numbers = rest
        .split([' ', ',', '\n'])
        .filter_map(|word| word.parse().ok());
    Some([numbers.next()?, numbers.next()?, numbers.next()?])
}

/// `{ sec = 1700000000, usec = 5 } …`: seconds.
pub(crate) fn boot_time(text: &str) -> Option<u64> {
    let (_, rest) = text.split_once("sec = ")?;
    numbers(rest).first().copied()
}

/// `[[days-]hours:]minutes:seconds[.hundredths]`: seconds.
pub(crate) fn cpu_time(text: &str) -> Option<f64> {
    let (days, rest) = text.split_once('-').unwrap_or(("0", text));
    let mut seconds = 0.0;
    for part in rest.split(':') {
        seconds = seconds * 60.0 + part.parse::<f64>().ok()?;
    }
    Some(seconds + days.parse::<f64>().ok()? * 86400.0)
}

/// `ps -o lstart=` in UTC, `Sat Nov 21 20:35:04 2026`: seconds since 1970.
pub(crate) fn start_time(text: &str) -> Option<u64> {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let words: Vec<&str> = text.split_whitespace().collect();
    let [_, first, second, clock, year] = words[..] else {
        return None;
    };
    // FreeBSD has the day before the month in some locales.
    let month_of = |word: &str| MONTHS.iter().position(|month| *month == word);
    let (month, day) = match month_of(first) {
        Some(month) => (month, second),
        None => (month_of(second)?, first),
    };
    let (day, year): (u64, u64) = (day.parse().ok()?, year.parse().ok()?);
    let [hours, minutes, seconds] = numbers(clock)[..] else {
        return None;
    };
    let is_leap = |year: u64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let mut days: u64 = (1970..year)
        .map(|year| 365 + u64::from(is_leap(year)))
        .sum();
    for earlier in 0..month {
        days += match earlier {
            1 => 28 + u64::from(is_leap(year)),
            3 | 5 | 8 | 10 => 30,
            _ => 31,
        };
    }
    Some(((days + day - 1) * 24 + hours) * 3600 + minutes * 60 + seconds)
}

/// `sysctl -n kern.disks`, `hw.disknames`, `lsblk`: names.
pub(crate) fn disks(text: &str) -> BTreeSet<String> {
    let names = text.split([' ', ',', '\n']).filter(|word| !word.is_empty());
    // OpenBSD adds an identifier.
    names
        .map(|word| word.split(':').next().unwrap_or(word).to_owned())
        .collect()
}

/// `sysctl hw.sensors`: degrees of those that are temperatures.
pub(crate) fn temperatures(text: &str) -> Vec<f64> {
    let values = text.lines().filter_map(|line| {
        let (_, value) = line.split_once('=')?;
        let (number, rest) = value.split_once(' ')?;
        rest.starts_with("degC").then(|| number.parse().ok())?
    });
    values.collect()
}

mod tests {
    use super::*;

    #[test]
    fn memory_as_vmstat_and_vm_stat_print_it() {
        let freebsd = "\
  1234567 cpu context switches
   765432 device interrupts
    20000 pages active
    10000 pages inactive
     4096 bytes per page
";
        let counts_of = counts(freebsd);
        assert_eq!(counts_of["cpu context switches"], 1_234_567);
        assert_eq!(counts_of["pages active"], 20000);
        assert_eq!(page_size(freebsd), Some(4096));
        let macos = "\
Mach Virtual Memory Statistics: (page size of 16384 bytes)
Pages free:                               12345.
Pages active:                            200000.
\"Translation faults\":                 123456789.
";
        assert_eq!(counts(macos)["Pages free"], 12345);
        assert_eq!(counts(macos)["Translation faults"], 123_456_789);
        assert_eq!(page_size(macos), Some(16384));
        let linux = "      8000000 K total memory\n        12345 K free memory\n";
        assert_eq!(counts(linux)["K free memory"], 12345);
        assert_eq!(page_size(linux), Some(1024));
    }

    #[test]
    fn swap_as_three_tools_print_it() {
        let freebsd = "\
Device          1K-blocks     Used    Avail Capacity
/dev/ada0p3       2097152     1024  2096128     0%
/dev/ada1p3       1048576        0  1048576     0%
Total             3145728     1024  3144704     0%
";
        assert_eq!(swap_devices(freebsd), (3_145_728 * 1024, 1024 * 1024));
        let openbsd = "\
Device      1K-blocks     Used    Avail Capacity  Priority
/dev/sd0b     1048320        0  1048320     0%    0
";
        assert_eq!(swap_devices(openbsd), (1_048_320 * 1024, 0));
        let macos = "total = 2048.00M  used = 1205.50M  free = 842.50M  (encrypted)";
        let used = 1205 * (1 << 20) + (1 << 19);
        assert_eq!(swap_usage(macos), Some((2048 << 20, used)));
    }

    #[test]
    fn file_systems_as_df_and_mount_print_them() {
        let text = "\
Filesystem   1024-blocks      Used Available Capacity  Mounted on
/dev/disk3s1   971350180  10213696 500000000     3%    /
";
        let bytes = [971_350_180 * 1024, 10_213_696 * 1024, 500_000_000 * 1024];
        assert_eq!(df(text), Some(bytes));
        let text = "\
/dev/ada0p2 on / (ufs, local, soft-updates)
map -hosts on /net (autofs, nosuid)
/dev/sda1 on /boot type ext4 (rw,relatime)
/dev/disk4s1 on /Volumes/A (disk) (apfs, local)
";
        let points = ["/", "/Volumes/A (disk)", "/boot", "/net"].map(str::to_owned);
        assert_eq!(mount_points(text), BTreeSet::from(points));
    }

    #[test]
    fn interfaces_as_netstat_and_ifconfig_print_them() {
        let freebsd = "\
Name    Mtu Network       Address              Ipkts Ierrs Idrop     Ibytes    Opkts Oerrs     Obytes  Coll
em0    1500 <Link#1>      08:00:27:aa:bb:cc    12345     0     0   98765432     6789     0    1234567     0
em0       - 10.0.2.0/24   10.0.2.15            12000     -     -   98000000     6700     -    1230000     -
lo0   16384 <Link#2>      lo0                     10     0     0        800       10     0        800     0
gif0*  1280 <Link#3>                               0     0     0          0        0     0          0     0
";
        let row = |name: &str, received, sent| (name.to_owned(), received, sent);
        let expected = [
            row("em0", 98_765_432, 1_234_567),
            row("lo0", 800, 800),
            row("gif0", 0, 0),
        ];
        assert_eq!(interface_bytes(freebsd), expected);
        let openbsd = "\
Name    Mtu   Network     Address                      Ibytes     Obytes
lo0     32768 <Link>                                      800        800
vio0    1500  <Link>      fe:e1:bb:d1:00:01          98765432    1234567
";
        let expected = [row("lo0", 800, 800), row("vio0", 98_765_432, 1_234_567)];
        assert_eq!(interface_bytes(openbsd), expected);
        let text = "\
em0: flags=1008843<UP,BROADCAST,RUNNING,SIMPLEX,MULTICAST,LOWER_UP> metric 0 mtu 1500
\tether 08:00:27:aa:bb:cc
\tinet 10.0.2.15 netmask 0xffffff00 broadcast 10.0.2.255
\tinet6 fe80::a00:27ff:feaa:bbcc%em0 prefixlen 64 scopeid 0x1
lo0: flags=8049<LOOPBACK,RUNNING,MULTICAST> mtu 33624
\tinet 127.0.0.1/8 flags 0
";
        let all = ifconfig(text);
        assert_eq!(all.len(), 2);
        assert!(all[0].is_up && !all[1].is_up);
        assert_eq!([all[0].mtu, all[1].mtu], [Some(1500), Some(33624)]);
        assert!(all[0].addresses.contains("fe80::a00:27ff:feaa:bbcc"));
        assert!(all[1].addresses.contains("127.0.0.1"));
        let links = "2: eth0@if5: <BROADCAST,MULTICAST,UP> mtu 1500 qdisc noqueue state UP\n";
        let addresses = "2: eth0    inet 10.0.0.2/24 brd 10.0.0.255 scope global eth0\n";
        let all = ip(links, addresses);
        assert_eq!((all[0].name.as_str(), all[0].mtu), ("eth0", Some(1500)));
        assert!(all[0].is_up && all[0].addresses.contains("10.0.0.2"));
    }

    #[test]
    fn sockets_and_descriptors_as_tools_print_them() {
        let text = "\
Active Internet connections (including servers)
Proto Recv-Q Send-Q Local Address          Foreign Address        (state)
tcp4       0      0 *.22                   *.*                    LISTEN
tcp6       0      0 ::1.631                *.*                    LISTEN
tcp4       0      0 10.0.2.15.22           10.0.2.2.51234         ESTABLISHED
";
        assert_eq!(listening(text), BTreeSet::from([22, 631]));
        let text = "LISTEN 0 128 0.0.0.0:22 0.0.0.0:*\nLISTEN 0 5 [::1]:8080 [::]:*\n";
        assert_eq!(listening(text), BTreeSet::from([22, 8080]));
        let text = "\
USER     CMD          PID   FD MOUNT      INUM MODE         SZ|DV R/W
root     sleep       1234 text /        123456 -r-xr-xr-x    8888  r
root     sleep       1234   wd /tmp         42 drwxrwxrwt    1024  r
root     sleep       1234    0 /dev          5 crw-rw-rw-    null rw
root     sleep       1234    3* internet stream tcp 0x0
";
        assert_eq!(descriptors(text), BTreeSet::from([0, 3]));
        let text = "\
COMMAND  PID USER   FD   TYPE DEVICE SIZE/OFF NODE NAME
sleep   1234 root  cwd    DIR   1,18      640    2 /tmp
sleep   1234 root    0r   CHR    3,2      0t0  303 /dev/null
";
        assert_eq!(descriptors(text), BTreeSet::from([0]));
    }

    #[test]
    fn times_and_loads_as_tools_print_them() {
        let text = "20:35  up 3 days,  2:01, 2 users, load averages: 1.52 1.64 1.70\n";
        assert_eq!(load(text), Some([1.52, 1.64, 1.70]));
        let text = " 20:35:04 up 9:58,  0 users,  load average: 0.09, 0.10, 0.08\n";
        assert_eq!(load(text), Some([0.09, 0.10, 0.08]));
        let text = "{ sec = 1700000000, usec = 123456 } Tue Nov 14 22:13:20 2023\n";
        assert_eq!(boot_time(text), Some(1_700_000_000));
        assert_eq!(start_time("Tue Nov 14 22:13:20 2023"), Some(1_700_000_000));
        assert_eq!(start_time("Thu 29 Feb 00:00:01 2024"), Some(1_709_164_801));
        assert_eq!(cpu_time("1-02:03:04"), Some(93784.0));
        assert_eq!(cpu_time("12:34.50"), Some(754.5));
        assert_eq!(cpu_time("-"), None);
    }

    #[test]
    fn disks_and_temperatures_as_sysctl_prints_them() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let expected: BTreeSet<String> = names(&["cd0", "sd0"]);
        assert_eq!(disks("sd0:1234567890abcdef,cd0:\n"), expected);
        assert_eq!(disks("sd0 cd0\n"), expected);
        let text = "\
hw.sensors.cpu0.temp0=45.00 degC
hw.sensors.cpu0.frequency0=2400000000.00 Hz
hw.sensors.acpitz0.temp0=50.50 degC (zone temperature)
";
        assert_eq!(temperatures(text), [45.0, 50.5]);
    }
}
