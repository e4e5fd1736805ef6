//! The parsers of the machine's CPUs, memory and control groups, given their
//! own input cut at every byte and with every byte changed: they answer or
//! refuse, and never panic (this test is built with overflow checks).

use oslens::parse::linux::{
    arcstats, cgroup, cpuinfo, cpulist, loadavg, meminfo, pressure, swaps, system_stat, vmstat,
    zoneinfo,
};

fn attack(golden: &[u8], parse: impl Fn(&[u8])) {
    parse(golden);
    for end in 0..golden.len() {
        parse(&golden[..end]);
        parse(&golden[end..]);
    }
    let mut text = golden.to_vec();
    for at in 0..text.len() {
        let original = text[at];
        for byte in *b"\0\n\t :-,=./9ax\xff" {
            text[at] = byte;
            parse(&text);
        }
        text[at] = original;
        // Numbers that do not fit.
        let mut longer = text.clone();
        longer.splice(at..at, *b"99999999999999999999");
        parse(&longer);
    }
}

#[test]
fn proc_stat() {
    attack(
        b"cpu  1 2 3 4 5 6 7 8 9 10\ncpu0 1 2 3 4 5 6 7 8 9 10\nintr 5 1\nctxt 6\nbtime 7\nsoftirq 9 1\n",
        |text| {
            let _ = system_stat::total(text);
            let _ = system_stat::per_cpu(text).count();
            let _ = system_stat::counters(text);
        },
    );
}

#[test]
fn cpus() {
    attack(
        b"processor : 0\ncpu MHz : 2596.140\nclock : 1.5MHz\nphysical id : 1\ncore id : 2\ncpu cores : 3\n",
        |text| {
            let _ = cpuinfo::cpus(text);
        },
    );
    attack(b"0-3,8,10-11\n", |text| {
        if let Ok(cpus) = cpulist::cpulist(text) {
            assert!(cpus.len() <= 1 << 16 && cpus.is_sorted());
        }
    });
    attack(b"0.12 10.06 0.02 2/95 6555\n", |text| {
        if let Ok(load) = loadavg::loadavg(text) {
            assert!(load.one.is_finite() && load.fifteen >= 0.0);
        }
    });
}

#[test]
fn memory() {
    attack(
        b"MemTotal: 24684084 kB\nMemFree:1 kB\nActive(file): 5 kB\nHugePages_Total: 3\n",
        |text| {
            let _ = meminfo::meminfo(text);
        },
    );
    attack(b"nr_x 1\npswpin 12\npswpout 345\npgfault 9\n", |text| {
        let _ = vmstat::swap_pages(text);
        let _ = vmstat::events(text);
    });
    attack(
        b"Node 0, zone DMA\n  pages free 1\n  min 2\n  low 3\n",
        |text| {
            let _ = zoneinfo::low_watermark(text);
        },
    );
    attack(
        b"13 1 0x01\nname type data\nsize 4 5\nc_min 4 6\n",
        |text| {
            let _ = arcstats::arcstats(text);
        },
    );
    attack(
        b"Filename Type Size Used Priority\n/a\\040b file 4 0 -2\n",
        |text| {
            let _ = swaps::swaps(text).count();
        },
    );
}

#[test]
fn pressure_and_control_groups() {
    attack(
        b"some avg10=0.22 avg60=0.17 avg300=1.11 total=5\nfull avg10=0.00 avg60=0.13 avg300=0.96 total=6\n",
        |text| {
            let _ = pressure::pressure(text);
        },
    );
    attack(
        b"4:cpu,cpuacct:/a:b\n1:name=systemd:/\n0::/c (deleted)\n",
        |text| {
            for line in cgroup::memberships(text).flatten() {
                assert!(line.path.starts_with(b"/"));
            }
        },
    );
    attack(
        b"32 31 0:29 /a\\040b /sys/fs/cgroup/cpu rw shared:9 - cgroup cgroup rw,cpu,cpuacct\n",
        |text| {
            let _ = cgroup::mounts(text).count();
        },
    );
    attack(b"150000 100000\n", |text| {
        let _ = cgroup::limit(text);
        if let Ok(Some((_, period))) = cgroup::cpu_max(text) {
            assert!(period > 0);
        }
    });
    attack(
        b"8:0 rbytes=10 wbytes=20\n8:0 Read 5\nnr_periods 7\n",
        |text| {
            let _ = cgroup::io_bytes(text, |_| true);
            let _ = cgroup::keyed(text, b"nr_periods");
        },
    );
}
