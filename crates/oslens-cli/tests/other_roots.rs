//! Other systems, below `--root`.
#![cfg(target_os = "linux")]

mod command;

use command::{COMMANDS, json, oslens, rows, run, stderr, stdout};
use oslens_testkit::{FixtureRoot, fixture, fixture_names};

fn json_of(root: &FixtureRoot, words: &[&str]) -> serde_json::Value {
    let path = root.path().to_string_lossy().into_owned();
    let mut all = vec!["--root", &path, "--interval", "1ms"];
    all.extend(words);
    json(&all)
}

const MOUNTS: &[u8] = b"\
20 1 8:1 / / rw - ext4 /dev/sda1 rw\n\
21 20 0:20 / /proc rw - proc proc rw\n\
22 20 8:1 /srv /bound rw - ext4 /dev/sda1 rw\n\
23 20 0:30 /@ /home rw - btrfs /dev/sdb rw\n\
24 20 0:30 /@snap /snapshots rw - btrfs /dev/sdb rw\n\
25 20 0:31 / /auto rw - autofs systemd-1 rw\n\
26 20 0:32 / /covered rw - ext4 /dev/sdc rw\n\
27 20 0:33 / /covered rw - xfs /dev/sdd rw\n\
28 20 0:34 / /gone rw - ext4 /dev/sde rw\n";

fn with_mounts() -> FixtureRoot {
    FixtureRoot::new()
        .file("proc/1/mountinfo", MOUNTS)
        .dir("home")
        .dir("snapshots")
        .dir("covered")
        .dir("bound/inner")
}

#[test]
fn df_of_another_root_asks_the_mounts_below_it() {
    let document = json_of(&with_mounts(), &["df"]);
    let mounts: Vec<(&str, &str)> = document["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            (
                row["mount"].as_str().unwrap(),
                row["type"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        mounts,
        [
            ("/", "ext4"),
            ("/home", "btrfs"),
            ("/snapshots", "btrfs"),
            ("/covered", "xfs"),
            // It cannot be asked, which is no reason to hide it.
            ("/gone", "ext4"),
        ]
    );
    assert!(document["rows"][0]["size"].as_u64().unwrap() > 0);
    assert!(document["rows"][4]["size"].is_null());
    assert_eq!(document["rows"][4]["missing"]["size"], "error");
}

#[test]
fn df_all_shows_every_mount_and_wakes_no_automounter() {
    let document = json_of(&with_mounts(), &["df", "-a"]);
    assert_eq!(document["rows"].as_array().unwrap().len(), 9);
    let row = rows(&document, "mount", "/auto")[0];
    assert_eq!(row["missing"]["size"], "not_applicable");
    let covered = rows(&document, "mount", "/covered");
    assert_eq!(covered[0]["missing"]["size"], "not_applicable");
    assert!(covered[1]["size"].as_u64().unwrap() > 0);
}

#[test]
fn a_path_is_looked_for_below_the_root() {
    let document = json_of(&with_mounts(), &["df", "/bound/inner", "/dev/sdd", "/proc"]);
    let mounts = document["rows"].as_array().unwrap();
    let mounts: Vec<&str> = mounts
        .iter()
        .map(|row| row["mount"].as_str().unwrap())
        .collect();
    assert_eq!(mounts, ["/bound", "/covered", "/proc"]);
}

const MEMINFO: &[u8] = b"\
MemTotal:       16000000 kB\nMemFree:         1000000 kB\nMemAvailable:    4000000 kB\n\
Buffers:          100000 kB\nCached:          2000000 kB\nShmem:            300000 kB\n\
SwapTotal:       2000000 kB\nSwapFree:        1500000 kB\n\
HugePages_Total:     100\nHugePages_Free:       60\nHugePages_Rsvd:       10\n\
HugePages_Surp:        0\nHugepagesize:       2048 kB\n";

#[test]
fn mem_shows_huge_pages_and_the_arc_where_there_are_any() {
    let root = FixtureRoot::new().file("proc/meminfo", MEMINFO).file(
        "proc/spl/kstat/zfs/arcstats",
        b"9 1 0x01 3 100 1 1\nname type data\nsize 4 3000000000\nc_min 4 1000000000\n\
          c_max 4 8000000000\n",
    );
    let document = json_of(&root, &["mem"]);
    let kinds: Vec<&str> = document["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["memory", "swap", "zfs-arc", "hugepages"]);
    let row = |kind| rows(&document, "kind", kind)[0];
    assert_eq!(row("memory")["available"], 4_000_000u64 * 1024);
    assert_eq!(row("memory")["use"], 0.75);
    assert_eq!(row("swap")["used"], 500_000 * 1024);
    assert_eq!(row("zfs-arc")["available"], 2_000_000_000u64);
    assert_eq!(row("zfs-arc")["use"], 0.375);
    let pages = |count: u64| count * 2048 * 1024;
    assert_eq!(row("hugepages")["used"], pages(40));
    assert_eq!(row("hugepages")["available"], pages(50));
}

#[test]
fn a_key_that_the_kernel_does_not_have_is_no_zero() {
    let root = FixtureRoot::new().file(
        "proc/meminfo",
        b"MemTotal: 1000 kB\nMemFree: 100 kB\nMemAvailable: 400 kB\n",
    );
    let document = json_of(&root, &["mem"]);
    let memory = rows(&document, "kind", "memory")[0];
    assert!(memory["cache"].is_null(), "{document}");
    assert_eq!(memory["missing"]["dirty"], "unsupported");
}

#[test]
fn no_system_makes_any_command_fail_badly() {
    for name in fixture_names() {
        let root = fixture(&name);
        let path = root.path().to_string_lossy().into_owned();
        for words in COMMANDS.into_iter().chain([&["port", "22"][..]]) {
            for json in [false, true] {
                let mut command = oslens(&["--root", &path, "--interval", "1ms"]);
                command.args(words).args(json.then_some("--json"));
                let output = command.output().unwrap();
                let text = stderr(&output);
                let code = output.status.code();
                assert!(
                    matches!(code, Some(0 | 1 | 3)),
                    "{name} {words:?}: {code:?} {text}"
                );
                assert!(!text.contains("panicked"), "{name} {words:?}: {text}");
                if json && code == Some(0) {
                    let document = serde_json::from_str::<serde_json::Value>(&stdout(&output));
                    assert!(document.is_ok(), "{name} {words:?}");
                }
            }
        }
    }
}

#[test]
fn unit_of_a_process_is_its_innermost_service() {
    // The units are read of the processes that hold a port, which only the
    // running system has; so this looks at the first process of the page.
    let root = FixtureRoot::new()
        .file("proc/meminfo", MEMINFO)
        .file("proc/stat", b"cpu  1 2 3 4 5 6 7 8 9 10\nbtime 1000\n")
        .file(
            "proc/7/stat",
            b"7 (web) S 1 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 100 1000000 500 0\n",
        )
        .file("proc/7/statm", b"1000 500 10 5 0 100 0\n")
        .file("proc/7/cgroup", b"0::/system.slice/web@1.service/worker\n");
    let document = json_of(&root, &[]);
    let top = &document["top"]["memory"][0];
    assert_eq!(
        (&top["pid"], &top["name"]),
        (&7.into(), &"web".into()),
        "{document}"
    );
    assert_eq!(top["unit"], "web@1.service", "{document}");
}

#[test]
fn processes_killed_for_lack_of_memory_deserve_a_look() {
    let root = fixture("debian12-x86_64");
    let kinds = |document: &serde_json::Value| -> Vec<String> {
        let findings = document["look_at"].as_array().unwrap();
        let kind = |finding: &serde_json::Value| finding["kind"].as_str().unwrap().to_owned();
        findings.iter().map(kind).collect()
    };
    let document = json_of(&root, &[]);
    assert_eq!(document["memory"]["oom_kills"], 0);
    assert!(!kinds(&document).contains(&"oom_kills".to_owned()));
    root.write("proc/vmstat", b"pgfault 9\noom_kill 3\n");
    let document = json_of(&root, &[]);
    assert_eq!(document["memory"]["oom_kills"], 3);
    assert!(kinds(&document).contains(&"oom_kills".to_owned()));
    let path = root.path().to_string_lossy().into_owned();
    let page = stdout(&run(&["--root", &path, "--interval", "1ms"]));
    assert!(
        page.contains("3 processes killed for lack of memory since boot"),
        "{page}"
    );
    root.write("proc/vmstat", b"pgfault 9\n");
    let document = json_of(&root, &[]);
    assert_eq!(document["memory"]["missing"]["oom_kills"], "unsupported");
}

#[test]
fn a_system_that_does_not_tell_what_is_a_processs_own_is_said_to_be_so() {
    let root = FixtureRoot::new()
        .file("proc/stat", "cpu 1 1 1 1\nbtime 1000\n")
        .file("proc/7/stat", {
            let numbers = "1 ".repeat(12);
            format!("7 (program) S 1 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 5 4096 1 {numbers}\n")
        })
        .file("proc/7/statm", "100 50 10 1 0 9 0\n");
    let path = root.path().to_string_lossy().into_owned();
    let mem = |more: &[&str]| run(&[&["--root", &path, "mem", "--procs"], more].concat());
    let output = mem(&[]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(
        stderr(&output),
        "note: uss, pss and swap of processes are not supported here\n"
    );
    assert_eq!(stderr(&mem(&["-q"])), "");
    // As soon as there is one that tells, the others' dashes are theirs.
    root.write(
        "proc/7/smaps_rollup",
        "00400000-7fff00000000 ---p 00000000 00:00 0    [rollup]\n\
         Rss: 4 kB\nPss: 4 kB\nPrivate_Clean: 0 kB\nPrivate_Dirty: 4 kB\nSwap: 0 kB\n",
    );
    assert_eq!(stderr(&mem(&[])), "");
}
