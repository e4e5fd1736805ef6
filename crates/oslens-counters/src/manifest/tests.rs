use std::{fs, path::Path, process::Command};

use super::*;
use crate::{
    CounterType, Detail,
    definition::{Aggregate, CounterSetSpec, CounterSpec, Guid, Instances, ProviderSpec},
    scratch,
};

/// Everything that a manifest can say.
pub(crate) fn sample() -> Definition {
    let set = CounterSetSpec::new(
        Guid::from_u128(2),
        "Pipe <Clients>",
        "Who \"talks\" & when.",
    )
    .instances(Instances::MultipleAggregate)
    .counter(
        CounterSpec::new(1, "% Föo 'x'", r"Of a\b.", CounterType::RAW_FRACTION)
            .base(2)
            .scale(-3)
            .real()
            .aggregate(Aggregate::Average),
    )
    .counter(CounterSpec::new(2, "Foo Base", "", CounterType::RAW_BASE))
    .counter(
        CounterSpec::new(
            7,
            "Bytes/sec",
            "All of them.",
            CounterType::COUNTER_BULK_COUNT,
        )
        .detail(Detail::Advanced)
        .no_grouping(),
    );
    let second = CounterSetSpec::new(Guid::from_u128(3), "Time", "How long.")
        .counter(
            CounterSpec::new(
                1,
                "Up",
                "Since stärt \u{1f600}ab.",
                CounterType::ELAPSED_TIME,
            )
            .time(2, 3),
        )
        .counter(CounterSpec::new(2, "Now", "", CounterType::COUNTER_LARGE_RAWCOUNT).hidden())
        .counter(
            CounterSpec::new(3, "Per second", "", CounterType::COUNTER_LARGE_RAWCOUNT).hidden(),
        )
        .counter(
            CounterSpec::new(4, "Flags", "In hex.", CounterType::COUNTER_RAWCOUNT_HEX)
                .hexadecimal(),
        );
    ProviderSpec::new(Guid::from_u128(1), "Sample")
        .set(set)
        .set(second)
        .check()
        .unwrap()
}

/// What an independent reader of XML finds: a line for each element with its
/// name and attributes.
fn read(xml: &str, dir: &Path) -> Option<String> {
    const PROGRAM: &str = "
import sys, xml.etree.ElementTree as tree
for element in tree.parse(sys.argv[1]).iter():
    namespace, name = element.tag[1:].split('}')
    attributes = sorted(element.attrib.items())
    print(namespace.rsplit('/', 1)[1], name, *(f'{k}=[{v}]' for k, v in attributes))
";
    let file = dir.join("sample.man");
    fs::write(&file, xml).unwrap();
    let output = Command::new("python3")
        .env("PYTHONIOENCODING", "utf-8")
        .args(["-c", PROGRAM])
        .arg(&file)
        .output()
        .ok()?;
    let messages = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{messages}");
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn a_reader_of_xml_finds_everything_in_the_manifest() {
    let dir = scratch::Dir::new("manifest");
    let definition = sample();
    let xml = Manifest::new(&definition, "a&b.exe").to_string();
    let Some(read) = read(&xml, dir.path()) else {
        oslens_testkit::skip!("no python3 to read the manifest");
    };
    let lines: Vec<&str> = read.lines().collect();
    assert_eq!(
        lines[..5],
        [
            "events instrumentationManifest",
            "events instrumentation",
            "counters counters schemaVersion=[1.1]",
            "counters provider applicationIdentity=[a&b.exe] \
             providerGuid=[{00000000-0000-0000-0000-000000000001}] providerName=[Sample] \
             providerType=[userMode] resourceBase=[1] symbol=[Sample]",
            "counters counterSet description=[Who \"talks\" & when.] \
             guid=[{00000000-0000-0000-0000-000000000002}] instances=[multipleAggregate] \
             name=[Pipe <Clients>] symbol=[PipeClients] uri=[Sample.PipeClients]",
        ]
    );
    assert_eq!(
        lines[5..12],
        [
            "counters counter aggregate=[avg] baseID=[2] defaultScale=[-3] \
             description=[Of a\\b.] detailLevel=[standard] id=[1] name=[% Föo 'x'] \
             symbol=[PipeClients_PercentFoX] type=[perf_raw_fraction] \
             uri=[Sample.PipeClients.PipeClients_PercentFoX]",
            "counters counterAttributes",
            "counters counterAttribute name=[reference]",
            "counters counterAttribute name=[displayAsReal]",
            "counters counter defaultScale=[0] detailLevel=[standard] id=[2] \
             symbol=[PipeClients_FooBase] type=[perf_raw_base] \
             uri=[Sample.PipeClients.PipeClients_FooBase]",
            "counters counterAttributes",
            "counters counterAttribute name=[reference]",
        ]
    );
    assert!(read.contains("perfFreqID=[3] perfTimeID=[2]"), "{read}");
    assert!(read.contains("type=[perf_counter_rawcount_hex]"), "{read}");
}

#[test]
fn a_file_of_any_name_is_no_end_of_the_document() {
    let dir = scratch::Dir::new("odd");
    let definition = sample();
    let xml = Manifest::new(&definition, "\"/>\u{1}\u{ffff}\n\t'.exe").to_string();
    let Some(read) = read(&xml, dir.path()) else {
        oslens_testkit::skip!("no python3 to read the manifest");
    };
    let expected = "applicationIdentity=[\"/>\u{fffd}\u{fffd}\n\t'.exe]";
    assert!(read.contains(expected), "{read}");
}

/// The published schema (`counterman.xsd`): what attributes there are, which
/// must be, and which may not be twice in a document.
#[test]
fn the_manifest_has_what_the_schema_wants_and_nothing_else() {
    const PROVIDER: &str = "applicationIdentity providerGuid symbol \
                            | callback providerType providerName resourceBase";
    const SET: &str = "symbol guid uri name description | instances";
    const COUNTER: &str = "id uri type detailLevel | symbol name description baseID defaultScale \
                           aggregate perfTimeID perfFreqID multiCounterID";
    let dir = scratch::Dir::new("schema");
    let definition = sample();
    let xml = Manifest::new(&definition, "a.exe").to_string();
    let Some(read) = read(&xml, dir.path()) else {
        oslens_testkit::skip!("no python3 to read the manifest");
    };
    let mut once = std::collections::HashSet::new();
    for line in read.lines() {
        let (schema, rest) = if let Some(rest) = line.strip_prefix("counters provider ") {
            (PROVIDER, rest)
        } else if let Some(rest) = line.strip_prefix("counters counterSet ") {
            (SET, rest)
        } else if let Some(rest) = line.strip_prefix("counters counter ") {
            (COUNTER, rest)
        } else {
            continue;
        };
        let (required, optional) = schema.split_once('|').unwrap();
        let attributes: Vec<(&str, &str)> = rest
            .split("] ")
            .map(|attribute| attribute.split_once("=[").unwrap())
            .collect();
        for name in required.split_whitespace() {
            assert!(
                attributes.iter().any(|&(is, _)| is == name),
                "{name}: {line}"
            );
        }
        for (name, value) in attributes {
            let known = format!("{required} {optional}");
            assert!(
                known.split_whitespace().any(|known| known == name),
                "{name}"
            );
            if matches!(name, "uri" | "symbol" | "guid") {
                let value = value.trim_end_matches(']');
                assert!(once.insert((name.to_owned(), value.to_owned())), "{value}");
            }
        }
    }
    assert_eq!(once.len(), 1 + 2 * 3 + 7 * 2);
}

/// Its type of counters is an enumeration.
#[test]
fn the_schema_knows_all_types_that_can_be_published() {
    const TYPES: &str = "counter_counter counter_timer counter_queuelen_type \
        counter_large_queuelen_type counter_100ns_queuelen_type counter_obj_time_queuelen_type \
        counter_bulk_count counter_text counter_rawcount counter_large_rawcount \
        counter_rawcount_hex counter_large_rawcount_hex sample_fraction sample_counter \
        counter_timer_inv sample_base average_timer average_base average_bulk obj_time_timer \
        100nsec_timer 100nsec_timer_inv counter_multi_timer counter_multi_timer_inv \
        counter_multi_base 100nsec_multi_timer 100nsec_multi_timer_inv raw_fraction \
        large_raw_fraction raw_base large_raw_base elapsed_time counter_delta \
        counter_large_delta precision_system_timer precision_100ns_timer \
        precision_object_timer counter_composite";
    let mut schema: Vec<&str> = TYPES.split_whitespace().collect();
    for &kind in CounterType::ALL {
        if crate::definition::kind::is_published(kind) {
            let name = kind.name().unwrap().to_lowercase();
            let name = name.strip_prefix("perf_").unwrap();
            let place = schema.iter().position(|&known| known == name);
            schema.remove(place.unwrap_or_else(|| panic!("{name} is not in the schema")));
        }
    }
    assert_eq!(schema, ["counter_text", "counter_composite"]);
}

#[test]
fn hidden_counters_take_no_numbers() {
    let definition = sample();
    let strings = strings(&definition);
    let numbers: Vec<u16> = strings.iter().map(|&(number, _)| number).collect();
    assert_eq!(
        numbers,
        [
            1, 2, 3, 5, 6, 7, 9, 10, 11, 13, 14, 15, 17, 18, 19, 21, 22, 23
        ]
    );
    assert_eq!(strings[9], (13, "Time"));
    assert_eq!(strings[15], (21, "Flags"));
}

/// The resource compiler reads the script, and what it makes of it has the
/// texts that our own files have.
#[test]
fn the_script_compiles_to_the_same_texts() {
    let dir = scratch::Dir::new("script");
    let definition = sample();
    let script = dir.path().join("sample.rc");
    let compiled = dir.path().join("compiled.o");
    let ours = dir.path().join("ours.o");
    let library = dir.path().join("ours.dll");
    let res = dir.path().join("ours.res");
    fs::write(&script, super::script(&definition)).unwrap();
    fs::write(&ours, object(&definition, Machine::X86_64)).unwrap();
    fs::write(&library, super::library(&definition, None)).unwrap();
    fs::write(&res, super::res(&definition)).unwrap();
    let windres = |arguments: &[&str], input: &Path, output: Option<&Path>| {
        let mut command = Command::new("x86_64-w64-mingw32-windres");
        command.args(arguments).arg("-i").arg(input);
        if let Some(output) = output {
            command.arg("-o").arg(output);
        }
        let output = command.output().ok()?;
        let messages = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {messages}");
        let listing = String::from_utf8_lossy(&output.stdout);
        // The order and what it says of directories are its own affair.
        let strings = listing
            .lines()
            .filter(|line| line.contains(", \"") || line.contains(", L\""));
        Some(
            strings
                .map(|line| line.trim().to_owned())
                .collect::<Vec<_>>(),
        )
    };
    let Some(_) = windres(&["-J", "rc", "-O", "coff"], &script, Some(&compiled)) else {
        oslens_testkit::skip!("no x86_64-w64-mingw32-windres");
    };
    let of = |file: &Path, format| windres(&["-J", format, "-O", "rc"], file, None).unwrap();
    let expected = of(&compiled, "coff");
    assert_eq!(expected.len(), strings(&definition).len(), "{expected:?}");
    assert_eq!(of(&ours, "coff"), expected);
    assert_eq!(of(&library, "coff"), expected);
    assert_eq!(of(&res, "res"), expected);
}
