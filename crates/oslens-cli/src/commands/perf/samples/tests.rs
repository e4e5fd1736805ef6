use oslens_counters::CounterType;

use super::*;
use crate::column::{ColumnRequest, Room};
use crate::table::Look;
use crate::term::Terminal;
use crate::text::Charset;

fn sample(path: &str, reading: Result<Reading, NoValue>, kind: CounterType) -> Sample {
    Sample {
        time: Value::text("2026-11-21 09:31:00").into(),
        path: path.parse().unwrap(),
        reading,
        raw: false,
        unit: kind.unit(),
        kind: kind.name(),
    }
}

fn shown(rows: &[Sample], width: Option<usize>) -> String {
    let look = Look {
        terminal: Terminal {
            width,
            interactive: width.is_some(),
            color: false,
            charset: Charset::Unicode,
        },
        clock: crate::clock::Clock::fixed(),
        sizes: crate::units::Sizes::Binary,
        header: true,
        steady: true,
    };
    let room = width.map_or(Room::Pipe, Room::Cells);
    let choice = SAMPLES.choose(&ColumnRequest::Usual, &[], room).unwrap();
    let mut out = Vec::new();
    crate::table::write(&mut out, &choice, rows, &[], &look).unwrap();
    String::from_utf8(out).unwrap()
}

fn rows() -> Vec<Sample> {
    vec![
        sample(
            r"\Processor(_Total)\% Processor Time",
            Ok(Reading::Real(12.3456)),
            CounterType::TIMER_100NSEC_INV,
        ),
        sample(
            r"\PhysicalDisk(0 C:)\Avg. Disk sec/Transfer",
            Ok(Reading::Real(0.000_43)),
            CounterType::AVERAGE_TIMER,
        ),
        sample(
            r"\Process(evil[2J)\ID Process",
            Err(NoValue::NoInstance),
            CounterType::COUNTER_RAWCOUNT,
        ),
        sample(
            r"\Memory\Available Bytes",
            Ok(Reading::Integer(9_007_199_254_740_993)),
            CounterType::COUNTER_LARGE_RAWCOUNT,
        ),
    ]
}

#[test]
fn a_machine_is_named_with_its_backslashes_or_without() {
    for machine in ["srv", r"\\srv"] {
        let arguments = PerfGetArgs {
            from: PerfSource {
                machine: Some(machine.into()),
                ..PerfSource::default()
            },
            raw_values: false,
            counters: vec![r"\System\Threads".into(), r"\\other\System\Threads".into()],
        };
        let paths = paths(&arguments).unwrap();
        assert_eq!(paths[0].to_string(), r"\\srv\System\Threads");
        assert_eq!(paths[1].to_string(), r"\\other\System\Threads");
    }
}

#[test]
fn what_is_nowhere_is_no_answer() {
    let all = rows();
    assert_eq!(why_nowhere(&all), None);
    assert_eq!(why_nowhere(&all[2..3]), Some(NoValue::NoInstance));
    assert_eq!(why_nowhere(&[]), None);
    let late = sample(
        r"\Memory\Pages/sec",
        Err(NoValue::FirstSample),
        CounterType::COUNTER_COUNTER,
    );
    assert_eq!(why_nowhere(&[late]), None);
}

#[test]
fn samples_stand_in_line_at_80_columns() {
    assert_eq!(
        shown(&rows(), Some(80)),
        "               TIME            VALUE UNIT  COUNTER\n\
         2026-11-21 09:31:00            12.35 %     \\Processor(_Total)\\% Processor Time\n\
         2026-11-21 09:31:00          0.00043 s     \\PhysicalDisk(0 C:)\\Avg. Disk sec/Tr…\n\
         2026-11-21 09:31:00                - -     \\Process(evil\\x1b[2J)\\ID Process\n\
         2026-11-21 09:31:00 9007199254740993 -     \\Memory\\Available Bytes\n"
    );
}

#[test]
fn a_wide_terminal_says_why_there_is_no_value() {
    let text = shown(&rows(), Some(150));
    let line = text.lines().nth(3).unwrap();
    assert!(line.contains(r"\Process(evil\x1b[2J)\ID Process"), "{line}");
    assert!(line.ends_with("no such instance now"), "{line}");
    assert!(!text.contains('\x1b'));
}
