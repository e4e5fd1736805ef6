use std::ffi::OsString;

use clap::CommandFactory as _;

use super::*;
use crate::args::{self, Parsed};
use crate::column::Edit;
use crate::exit::Failure;

fn low(line: &str) -> LowArgs {
    match parse(line) {
        Ok(Parsed::Run(low)) => *low,
        other => panic!("{line}: {other:?}"),
    }
}

fn parse(line: &str) -> Result<Parsed, Failure> {
    let words = std::iter::once("oslens").chain(line.split_whitespace());
    args::parse(words.map(OsString::from))
}

fn wrong(line: &str) -> String {
    match parse(line) {
        Err(Failure::Usage(text)) => {
            assert_eq!(text.lines().count(), 1, "{text}");
            text
        }
        other => panic!("{line}: {other:?}"),
    }
}

fn help(line: &str) -> String {
    match parse(line) {
        Ok(Parsed::Print(text)) => text,
        other => panic!("{line}: {other:?}"),
    }
}

#[test]
fn the_definition_is_sound() {
    LowArgs::command().debug_assert();
}

#[test]
fn the_flags_for_all_work_before_and_after_the_command() {
    for line in [
        "--json -n 3 --sort -rss -o +uss,-user ps",
        "ps --json -n3 --sort=-rss -o=+uss,-user",
        "--json ps -n 3 -o +uss,-user --sort -rss",
    ] {
        let flags = low(line).global;
        assert!(flags.json, "{line}");
        assert_eq!(flags.limit, Some(3), "{line}");
        let sort = flags.sort.unwrap().0;
        assert_eq!((sort[0].column.as_str(), sort[0].descending), ("rss", true));
        let edits = vec![Edit::Add("uss".into()), Edit::Remove("user".into())];
        assert_eq!(flags.columns, Some(ColumnRequest::Edits(edits)), "{line}");
    }
    let flags = low("ps -o -user").global;
    let edits = vec![Edit::Remove("user".into())];
    assert_eq!(flags.columns, Some(ColumnRequest::Edits(edits)));
}

#[test]
fn the_last_of_a_flag_counts() {
    assert_eq!(low("-n 3 ps -n 5").global.limit, Some(5));
    assert_eq!(low("ps -n 3 -n 5").global.limit, Some(5));
    let flags = low("ps --raw --si").global;
    assert!(flags.si && !flags.raw);
    assert!(low("ps --bytes").global.raw);
    assert!(low("--no-trunc ps").global.wide);
}

#[test]
fn the_flags_of_ss_and_df_are_accepted() {
    for line in ["ss -tulpn", "sockets -t -u -l -p -n"] {
        let Some(Command::Sockets(sockets)) = low(line).command else {
            panic!("{line}");
        };
        assert!(sockets.tcp && sockets.udp && sockets.listening, "{line}");
        assert!(!sockets.unix && !sockets.ipv4, "{line}");
    }
    assert_eq!(low("ss --limit 4 -n").global.limit, Some(4));
    assert_eq!(low("-n 4 ss -n").global.limit, Some(4));
    let Some(Command::Df(df)) = low("df -hTi /").command else {
        panic!();
    };
    assert!(df.inodes && df.paths == ["/"].map(PathBuf::from));
    let interval = Some(Duration::from_secs(1));
    assert_eq!(low("-i 1s df -i").global.interval, interval);
    let Some(Command::Mem(mem)) = low("mem -h --procs").command else {
        panic!();
    };
    assert!(mem.procs);
    assert!(help("df --help").contains("inodes"));
}

#[test]
fn a_query_is_read_word_by_word() {
    let Some(Command::Ps(ps)) = low("ps nginx 42 :443").command else {
        panic!();
    };
    assert_eq!(
        ps.query,
        [
            query::Term::Text("nginx".into()),
            query::Term::Pid(42, "42".into()),
            query::Term::Port(443)
        ]
    );
}

#[test]
fn what_is_wrong_is_said_in_one_line_with_what_is_near() {
    for (line, expected) in [
        (
            "--jsn ps",
            "unknown argument '--jsn'; did you mean '--json'? (see --help)",
        ),
        (
            "pss",
            "unknown command 'pss'; did you mean 'ps'? (see --help)",
        ),
        (
            "ps --color=alwys",
            "'--color <WHEN>' cannot be 'alwys'; did you mean 'always'? \
             (one of auto, always, never) (see --help)",
        ),
        ("ps -n", "'--limit <N>' needs a value (see --help)"),
        (
            "ps -n x",
            "'--limit <N>' cannot be 'x': a whole number is needed (see --help)",
        ),
        (
            "port 70000",
            "'<PORT>' cannot be '70000': a port is a number from 1 to 65535 (see --help)",
        ),
        (
            "ps :0",
            "'[QUERY]...' cannot be ':0': a port is a number from 1 to 65535 (see --help)",
        ),
        ("show", "'<PID|NAME>' is missing (see --help)"),
        (
            "-i 3d ps",
            "'--interval <TIME>' cannot be '3d': unknown unit 'd', use ms, s, m or h (see --help)",
        ),
        (
            "--json=yes ps",
            "unexpected value 'yes' for '--json' found; no more were expected (see --help)",
        ),
        (
            "net --\u{1b}[2J",
            "unknown argument '--\\x1b[2J' (see --help)",
        ),
    ] {
        assert_eq!(wrong(line), expected, "{line}");
    }
}

#[test]
fn the_help_documents_every_flag_command_and_exit_code() {
    let text = help("--help");
    for (exit, meaning) in Exit::TABLE {
        assert!(text.contains(&format!("  {}  ", exit.code())), "{text}");
        assert!(text.contains(&meaning[..20.min(meaning.len())]), "{text}");
    }
    for argument in LowArgs::command().get_arguments() {
        assert!(argument.get_help().is_some(), "{argument}");
    }
    for command in LowArgs::command().get_subcommands() {
        let name = command.get_name();
        assert!(text.contains(&format!("  {name} ")), "{text}");
        assert!(command.get_about().is_some(), "{name}");
        assert!(help(&format!("{name} --help")).contains("--json"), "{name}");
    }
}

#[cfg(unix)]
#[test]
fn a_query_need_not_be_utf8() {
    use std::os::unix::ffi::OsStringExt as _;
    let word = OsString::from_vec(b"caf\xe9".to_vec());
    let parsed = args::parse(["oslens".into(), "ps".into(), word.clone()]);
    let Ok(Parsed::Run(low)) = parsed else {
        panic!("{parsed:?}");
    };
    let Some(Command::Ps(ps)) = low.command else {
        panic!();
    };
    assert_eq!(ps.query, [query::Term::Text(word)]);
}

mod of_the_service_stack {
    use std::time::Duration;

    use super::*;
    use crate::args::log::LevelWord;
    use crate::args::perf::PerfCommand;
    use crate::args::services::{Code, StartWord, StateWord, SvcCommand};

    fn svc(line: &str) -> SvcCommand {
        match low(line).command {
            Some(Command::Svc(svc)) => svc.command.unwrap(),
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn what_is_handed_to_a_service_is_not_read_here() {
        for (line, expected) in [
            ("svc start web", &[][..]),
            ("svc start web a b", &["a", "b"]),
            ("svc start web --foo", &["--foo"]),
            ("svc start web -x --json", &["-x", "--json"]),
            (
                "svc start web a --no-wait -- b",
                &["a", "--no-wait", "--", "b"],
            ),
            ("svc start web -- --json -n", &["--json", "-n"]),
            ("svc start --no-wait web -- --no-wait", &["--no-wait"]),
        ] {
            let SvcCommand::Start(start) = svc(line) else {
                panic!("{line}");
            };
            assert_eq!(start.act.of.name, "web", "{line}");
            assert_eq!(start.arguments, expected, "{line}");
            assert_eq!(
                start.act.no_wait,
                line.contains("start --no-wait"),
                "{line}"
            );
            assert!(!low(line).global.json, "{line}");
        }
        // Flags before the arguments are ours.
        let line = "svc start web --json --timeout 5s a --json";
        let flags = low(line).global;
        assert!(flags.json && flags.timeout == Some(Duration::from_secs(5)));
        let SvcCommand::Restart(restart) = svc("svc restart web --foo") else {
            panic!();
        };
        assert_eq!(restart.arguments, ["--foo"]);
    }

    #[test]
    fn services_are_acted_on_as_it_is_said() {
        assert!(matches!(svc("svc stop web --with-dependents"),
            SvcCommand::Stop(stop) if stop.with_dependents && !stop.act.no_wait));
        assert!(matches!(svc("svc wait web"),
            SvcCommand::Wait(wait) if wait.state == StateWord::Running));
        assert!(matches!(svc("svc wait web stopped"),
            SvcCommand::Wait(wait) if wait.state == StateWord::Stopped));
        assert!(matches!(svc("svc enable web"),
            SvcCommand::Enable(enable) if enable.start == StartWord::Auto));
        assert!(matches!(svc("svc control web 255"),
            SvcCommand::Control(control) if control.code == Code::Own(255)));
        assert!(matches!(svc("svc control web ParamChange"),
            SvcCommand::Control(control) if control.code == Code::ParamChange));
        assert!(matches!(svc("svc list --state paused a b --machine srv"),
            SvcCommand::List(list) if list.query == ["a", "b"] && list.on.machine.is_some()));
        for line in [
            "svc start",
            "svc stop a b",
            "svc control web",
            "svc control web 127",
            "svc control web 256",
            "svc wait web gone",
            "svc enable web --start boot",
            "svc remove web",
        ] {
            wrong(line);
        }
    }

    #[test]
    fn conditions_of_the_log_add_up() {
        let Some(Command::Log(log)) =
            low("log --id 41,42 --id 43 -s a --unit b --level err -g x -n 5 System Setup").command
        else {
            panic!();
        };
        assert_eq!(log.id, [41, 42, 43]);
        assert_eq!(log.source, ["a", "b"]);
        assert_eq!(log.level, Some(LevelWord::Error));
        assert_eq!(log.logs, ["System", "Setup"]);
        let Some(Command::Log(log)) = low("log --file a.evtx --file b.evtx").command else {
            panic!();
        };
        assert_eq!(log.file.len(), 2);
        for line in [
            "log --file a.evtx System",
            "log --file a.evtx -f",
            "log --file a.evtx --machine b",
            "log -f -r",
            "log -f --until 1h",
            "log -l -f",
            "log -l System",
            "log --id 41,",
            "log --id 65536",
            "log --since yesterday",
            "log --level loud",
        ] {
            wrong(line);
        }
    }

    #[test]
    fn counters_come_from_one_place() {
        let Some(Command::Perf(perf)) = low(r"perf watch --count 3 \a\b \c\d -i 2s").command else {
            panic!();
        };
        assert!(matches!(perf.command, Some(PerfCommand::Watch(watch))
            if watch.count == Some(3) && watch.get.counters.len() == 2));
        for line in [
            "perf get",
            r"perf watch --count -1 \a\b",
            r"perf get --registry --machine a \a\b",
            r"perf get --log a.blg --registry \a\b",
            r"perf get --log a.blg --machine b \a\b",
            "perf pick x",
        ] {
            wrong(line);
        }
    }

    #[test]
    fn every_word_of_these_commands_is_explained() {
        for group in ["svc", "perf"] {
            let all = LowArgs::command();
            let group = all.find_subcommand(group).unwrap();
            for command in group.get_subcommands() {
                assert!(command.get_about().is_some(), "{}", command.get_name());
                for argument in command.get_arguments() {
                    assert!(argument.get_help().is_some(), "{argument}");
                }
            }
        }
    }
}
