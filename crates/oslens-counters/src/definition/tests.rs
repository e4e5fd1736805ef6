use std::process::Command;

use super::{kind, *};
use crate::ErrorKind;

pub(crate) const PROVIDER: Guid = Guid::from_u128(0x6f2e_1b0c_9d34_4a7e_8c51_0b7d_2f6a_1e93);
pub(crate) const SET: Guid = Guid::from_u128(0x2a4c_6e80_13f5_4d97_b2d9_f0a1_c3e5_d7b9);

fn raw(id: u32, name: &str) -> CounterSpec {
    CounterSpec::new(id, name, "What it counts.", CounterType::COUNTER_RAWCOUNT)
}

fn of(kind: CounterType) -> CounterSpec {
    CounterSpec::new(1, "One", "What it counts.", kind)
}

fn set(counters: impl IntoIterator<Item = CounterSpec>) -> CounterSetSpec {
    let mut set = CounterSetSpec::new(SET, "Set", "What is counted.");
    set.counters.extend(counters);
    set
}

fn provider(counters: impl IntoIterator<Item = CounterSpec>) -> ProviderSpec {
    ProviderSpec::new(PROVIDER, "Provider").set(set(counters))
}

#[track_caller]
fn refused(spec: ProviderSpec, with: &str) {
    let error = spec.check().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(error.to_string().contains(with), "{error}");
}

#[test]
fn what_is_missing_or_twice_is_refused_by_name() {
    refused(ProviderSpec::new(PROVIDER, "P"), "no counter set");
    refused(provider([]), "no counter");
    refused(ProviderSpec::new(PROVIDER, " "), "needs a name");
    refused(provider([raw(1, "")]), "needs a name");
    refused(provider([raw(1, " a")]), "blank");
    refused(provider([raw(1, r"a\b")]), "path");
    refused(provider([raw(1, "a\u{1}b")]), "U+0001");
    refused(provider([raw(1, &"é".repeat(1024))]), "longer than 1023");
    refused(
        provider([raw(1, "A"), raw(1, "B")]),
        r#"counter set "Set", counter 1 "B": another counter of the set has its number"#,
    );
    refused(provider([raw(1, "A"), raw(2, "a")]), "has its name");
    refused(provider([raw(0x1_0000, "A")]), "65535");
    refused(provider([raw(1, "A").scale(11)]), "power of ten");
    refused(provider([raw(1, "A").hidden()]), "hidden");
    refused(provider([raw(1, "A").detail(Detail::Expert)]), "advanced");
    refused(provider([raw(1, "A").hexadecimal().real()]), "choose one");
    let mut nothing_said = raw(1, "A");
    nothing_said.description.clear();
    refused(provider([nothing_said]), "no description");
    refused(
        provider([raw(1, "A")]).set(CounterSetSpec::new(SET, "Other", "x").counter(raw(1, "A"))),
        "has its GUID",
    );
    refused(
        provider([raw(1, "A")]).set(CounterSetSpec::new(PROVIDER, "SET", "x").counter(raw(1, "A"))),
        "has its name",
    );
    let mut nil = provider([raw(1, "A")]);
    nil.guid = Guid::from_u128(0);
    refused(nil, "uuidgen");
    let mut odd = provider([raw(1, "A")]);
    odd.sets[0].name = "A(B)".to_owned();
    refused(odd, "parenthesis");
    refused(provider([raw(1, "A")]).resource_base(0), "number 0");
    refused(
        provider([raw(1, "A")]).resource_base(0xfff9),
        "beyond 65535",
    );
    assert!(
        provider([raw(1, "A")])
            .resource_base(0xfff7)
            .check()
            .is_ok()
    );
}

#[test]
fn a_counter_that_needs_another_is_refused_without_it() {
    let base = |kind| CounterSpec::new(2, "Base", "", kind);
    for &this in CounterType::ALL {
        if this.is_base() {
            continue;
        }
        let mut alone = of(this);
        if !kind::is_published(this) {
            refused(provider([alone]), "no number to publish");
            continue;
        }
        let alone_is_fine =
            !kind::needs_base(this) && !kind::needs_time(this) && !kind::needs_multiplier(this);
        assert_eq!(
            provider([alone.clone()]).check().is_ok(),
            alone_is_fine,
            "{this:?}"
        );
        alone = alone.base(2);
        match kind::base(this) {
            Some(wanted) if kind::needs_base(this) && !kind::needs_multiplier(this) => {
                assert!(provider([alone.clone(), base(wanted)]).check().is_ok());
                refused(provider([alone.clone()]), "is not in this set");
                refused(
                    provider([alone, raw(2, "Other")]),
                    &format!("must be a {wanted}"),
                );
            }
            Some(_) => {}
            None => refused(
                provider([alone, base(CounterType::RAW_BASE)]),
                "has no base",
            ),
        }
    }
    refused(
        provider([of(CounterType::ELAPSED_TIME)]),
        "needs a time, the number of a PERF_COUNTER_LARGE_RAWCOUNT",
    );
    let large =
        |id, name| CounterSpec::new(id, name, "x", CounterType::COUNTER_LARGE_RAWCOUNT).hidden();
    let elapsed = of(CounterType::ELAPSED_TIME).time(2, 3);
    assert!(
        provider([elapsed, large(2, "Time"), large(3, "Frequency")])
            .check()
            .is_ok()
    );
    refused(
        provider([of(CounterType::COUNTER_MULTI_TIMER)]),
        "needs a multiplier",
    );
    assert!(
        provider([
            of(CounterType::COUNTER_MULTI_TIMER).multiplier(2),
            raw(2, "Number")
        ])
        .check()
        .is_ok()
    );
    refused(
        provider([raw(1, "A").aggregate(Aggregate::Sum)]),
        "aggregate",
    );
    let mut shown = base(CounterType::RAW_BASE);
    shown.hidden = false;
    shown.description = "x".to_owned();
    refused(provider([raw(1, "A"), shown]), "hide it");
}

#[test]
fn everything_has_a_symbol_of_its_own() {
    let definition = provider([raw(1, "% Free"), raw(2, "Percent Free"), raw(3, "99 é")])
        .check()
        .unwrap();
    let set = &definition.sets()[0];
    assert_eq!(definition.spec().symbol.as_deref(), Some("Provider"));
    assert_eq!(set.symbol.as_deref(), Some("Set"));
    let symbols: Vec<_> = set.counters.iter().map(|c| c.symbol.as_deref()).collect();
    assert_eq!(
        symbols,
        [
            Some("Set_PercentFree"),
            Some("Set_PercentFree_2"),
            Some("Set_99")
        ]
    );
    refused(provider([raw(1, "A").symbol("1a")]), "name of C");
    refused(provider([raw(1, "A").symbol("")]), "name of C");
    refused(
        provider([raw(1, "A").symbol("same"), raw(2, "B").symbol("same")]),
        "that of another",
    );
    // One that was given is not taken by one that is made.
    let definition = provider([raw(1, "A"), raw(2, "B").symbol("Set_A")])
        .check()
        .unwrap();
    let counters = &definition.sets()[0].counters;
    assert_eq!(counters[0].symbol.as_deref(), Some("Set_A_2"));
    assert_eq!(counters[1].symbol.as_deref(), Some("Set_A"));
}

/// The compiler of C knows the numbers of the types, and the sizes of what
/// the template consists of.
#[test]
fn the_types_are_those_of_the_header() {
    let mut source = String::from("#include <windows.h>\n#include <winperf.h>\n");
    for &kind in CounterType::ALL {
        let (name, number) = (kind.name().unwrap(), kind.0);
        source.push_str(&format!(
            "_Static_assert({name} == {number:#x}, \"{name}\");\n"
        ));
        if kind::is_published(kind) {
            let size = if kind.is_large() { "LARGE" } else { "DWORD" };
            source.push_str(&format!(
                "_Static_assert(({name} & 0x300) == PERF_SIZE_{size}, \"{name} size\");\n"
            ));
        }
    }
    for (name, detail) in [("NOVICE", Detail::Novice), ("ADVANCED", Detail::Advanced)] {
        let (number, _) = kind::detail(detail).unwrap();
        source.push_str(&format!(
            "_Static_assert(PERF_DETAIL_{name} == {number}, \"detail\");
"
        ));
    }
    let dir = crate::scratch::Dir::new("types");
    let file = dir.path().join("types.c");
    std::fs::write(&file, source).unwrap();
    let output = Command::new("x86_64-w64-mingw32-gcc")
        .args(["-fsyntax-only"])
        .arg(&file)
        .output();
    let Ok(output) = output else {
        oslens_testkit::skip!("no x86_64-w64-mingw32-gcc, whose headers have the numbers");
    };
    let messages = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{messages}");
}
