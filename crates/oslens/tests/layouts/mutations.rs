//! Wrong declarations, of the kinds that happen, are refused.
//!
//! Each structure and each constant is declared wrongly in every way that is
//! thought of here, one at a time. What C would be told of it must hold an
//! assertion that the headers refuse.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write;
use std::path::Path;

use oslens::parse::layout::{Constant, Kind, Member, SYSTEMS, Structure, System};

use super::{Fact, assertion, compile, headers, of_constant, of_structure, zig};
use oslens_testkit::skip_allowed;

/// A wrong declaration that C must be asked about.
struct Wrong {
    what: String,
    facts: Vec<Fact>,
}

/// A member that is something else.
fn with(member: &Member, size: usize, align: usize, kind: Kind) -> Member {
    Member {
        size,
        align,
        kind,
        ..*member
    }
}

fn leaked(kind: Kind) -> &'static Kind {
    Box::leak(Box::new(kind))
}

/// The ways in which a type is mistaken for another one.
fn other_types(member: &Member) -> Vec<(&'static str, Member)> {
    let Member {
        size, align, kind, ..
    } = *member;
    let mut wrong = Vec::new();
    if let Kind::Array(item, count) = kind {
        let one = size / count.max(1);
        let array = |count| Kind::Array(item, count);
        wrong.push(("longer", with(member, size + one, align, array(count + 1))));
        if count > 1 {
            wrong.push(("shorter", with(member, size - one, align, array(count - 1))));
        }
        if count > 1 && count % 2 == 0 && one < 8 {
            wrong.push((
                "of wider items",
                with(member, size, align * 2, array(count / 2)),
            ));
        }
        if one > 1 && !matches!(item, Kind::Named(_)) {
            wrong.push((
                "of narrower items",
                with(member, size, align / 2, array(count * 2)),
            ));
        }
        let one = with(member, one, align, *item);
        for (name, other) in other_types(&one) {
            let kind = Kind::Array(leaked(other.kind), count);
            wrong.push((name, with(member, other.size * count, other.align, kind)));
        }
        return wrong;
    }
    let plain = [
        ("signed", Kind::Signed),
        ("unsigned", Kind::Unsigned),
        ("char", Kind::Char),
        ("a pointer", Kind::Pointer),
        ("opaque", Kind::Opaque),
        ("another structure", Kind::Named("struct sockaddr")),
        ("another structure", Kind::Named("struct timeval")),
    ];
    for (name, other) in plain {
        // A structure is opaque as well.
        let is_true = other == Kind::Opaque && matches!(kind, Kind::Named(_));
        if other != kind && !is_true {
            wrong.push((name, with(member, size, align, other)));
        }
    }
    if !matches!(kind, Kind::Named(_)) {
        wrong.push(("twice as wide", with(member, size * 2, align * 2, kind)));
        if size > 1 {
            wrong.push(("half as wide", with(member, size / 2, align / 2, kind)));
        }
    }
    wrong.push((
        "two of them",
        with(member, size * 2, align, Kind::Array(leaked(kind), 2)),
    ));
    wrong
}

/// Where C has these members, as the table would say.
fn placed(structure: &Structure, members: Vec<Member>) -> Structure {
    let most = structure.members.iter().map(|member| member.align).max();
    let most = most.unwrap_or(1);
    let is_packed = structure.align < most;
    let mut align = if structure.align > most {
        structure.align
    } else {
        1
    };
    let mut end = 0_usize;
    let mut members = members;
    for member in &mut members {
        let own = if is_packed {
            member.align.min(structure.align)
        } else {
            member.align
        };
        end = end.next_multiple_of(own);
        member.offset = end;
        end += member.size;
        align = align.max(own);
    }
    Structure {
        size: end.next_multiple_of(align),
        align,
        members: members.leak(),
        ..*structure
    }
}

/// Wrong declarations of structures, and how many more there were that give
/// another answer to a question whose only right answer has been proved: about
/// these nobody must be asked.
fn of_structures(system: &System) -> (Vec<Wrong>, usize) {
    let mut all = Vec::new();
    let mut refuted = 0;
    let structures = || system.tables.iter().flat_map(|table| table.structures);
    let right: HashMap<String, i128> = structures().flat_map(of_structure).collect();
    for structure in structures() {
        let again = placed(structure, structure.members.to_vec());
        assert_eq!(of_structure(&again), of_structure(structure));
        let mut add = |what: String, wrong: Structure| {
            let facts = of_structure(&wrong);
            let differs = |(what, number): &Fact| right.get(what).is_some_and(|is| is != number);
            if facts.iter().any(differs) {
                refuted += 1;
                return;
            }
            let facts = facts
                .into_iter()
                .filter(|(what, _)| !right.contains_key(what));
            all.push(Wrong {
                what: format!("{}: {what}", structure.c),
                facts: facts.collect(),
            });
        };
        let members = structure.members;
        for (at, member) in members.iter().enumerate() {
            for (what, other) in other_types(member) {
                let mut changed = members.to_vec();
                changed[at] = other;
                let what = format!("{} {what}", member.name);
                add(what, placed(structure, changed));
            }
            if let Some(next) = members.get(at + 1) {
                let mut changed = members.to_vec();
                changed.swap(at, at + 1);
                add(
                    format!("{} behind the next", member.name),
                    placed(structure, changed),
                );
                let mut changed = members.to_vec();
                changed[at].name = next.name;
                add(
                    format!("{} called as the next", member.name),
                    placed(structure, changed),
                );
            }
            let mut changed = members.to_vec();
            changed.remove(at);
            let without = placed(structure, changed);
            // One in what would be padding is missed by nobody.
            let is_felt = without.size != structure.size
                || without.members.iter().any(|other| {
                    let known = members.iter().find(|known| known.name == other.name);
                    known.is_some_and(|known| known.offset != other.offset)
                });
            if is_felt {
                add(format!("{} left out", member.name), without);
            }
            let mut changed = members.to_vec();
            let invented = Member {
                name: "oslens_invented",
                ..*member
            };
            changed.insert(at, invented);
            add(
                format!("one before {}", member.name),
                placed(structure, changed),
            );
        }
        for align in [1, 2, 4, 8, 16] {
            if align != structure.align {
                let wrong = Structure {
                    align,
                    size: structure.size.next_multiple_of(align),
                    ..*structure
                };
                add(format!("at places that {align} divides"), wrong);
            }
        }
        for off in [structure.align, 4 * structure.align] {
            let size = structure.size + off;
            add(format!("{off} more"), Structure { size, ..*structure });
        }
        for Structure { c, .. } in structures() {
            if *c != structure.c {
                add(format!("called {c}"), Structure { c, ..*structure });
            }
        }
    }
    (all, refuted)
}

/// Constants that C may take for the right ones, which have the same lowest
/// bits.
fn of_constants(system: &System) -> Vec<Wrong> {
    let mut all = Vec::new();
    for constant in system.tables.iter().flat_map(|table| table.constants) {
        for bits in [8, 16, 32, 64] {
            for value in [constant.value + (1 << bits), constant.value - (1 << bits)] {
                if i64::try_from(value).is_ok() {
                    let wrong = Constant { value, ..*constant };
                    all.push(Wrong {
                        what: format!("{} = {value}", constant.name),
                        facts: vec![of_constant(&wrong)],
                    });
                }
            }
        }
    }
    all
}

/// What of this the headers for a machine do not refuse.
fn survivors(zig: &Path, system: &System, target: &str, all: Vec<Wrong>) -> Vec<Wrong> {
    let mut c = headers(system);
    let mut lines = BTreeMap::new();
    let mut line = c.lines().count();
    for (number, wrong) in all.iter().enumerate() {
        for fact in &wrong.facts {
            c.push_str(&assertion(fact));
            line += 1;
            lines.insert(line, number);
        }
    }
    let name = format!("{}-mutations", system.name);
    let Err(errors) = compile(zig, target, &name, &c) else {
        return all;
    };
    let refused: HashSet<usize> = errors
        .lines()
        .filter_map(|error| {
            let (place, _) = error.split_once(": error: ")?;
            let line = place.rsplit(':').nth(1)?;
            lines.get(&line.parse().ok()?).copied()
        })
        .collect();
    let all = all.into_iter().enumerate();
    let survivors = all.filter(|(number, _)| !refused.contains(number));
    survivors.map(|(_, wrong)| wrong).collect()
}

#[test]
fn every_wrong_declaration_is_refused() {
    let Some(zig) = zig() else {
        skip_allowed!("cargo xtask cross compares with the systems' headers");
    };
    let mut text = String::new();
    for system in SYSTEMS {
        let (mut all, refuted) = of_structures(system);
        all.extend(of_constants(system));
        println!(
            "{}: {refuted} and {} wrong declarations",
            system.name,
            all.len()
        );
        assert!(refuted > 5000 && all.len() > 3000);
        for target in system.targets {
            if !all.is_empty() {
                all = survivors(&zig, system, target, all);
            }
        }
        for survivor in all {
            writeln!(text, "{}: {}", system.name, survivor.what).unwrap();
        }
    }
    assert!(text.is_empty(), "nobody refuses\n{text}");
}
