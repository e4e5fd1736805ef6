//! Sampling again and again.

use super::*;
use crate::sys::process::bsd::Sampler;

const START: u64 = 1_700_000_000_250_001;

/// A machine that shows these tables, one after another.
fn tables<S: Recorded>(tables: &[&[&Sample<S>]]) -> (Host, Log) {
    let mut fake = Fake::new()
        .booted::<S>(BOOT)
        .named("test.cmdline", "/bin/one\0-x");
    for table in tables {
        fake = fake.all(table);
    }
    fake.host()
}

fn process<S: Recorded>() -> Sample<S> {
    Sample::<S>::process().started(START).named("one")
}

#[test]
fn a_sample_takes_one_question_for_the_table_whatever_is_in_it() {
    fn check<S: Recorded>() {
        let many: Vec<_> = (10..200).map(|pid| process::<S>().pid(pid)).collect();
        let all: Vec<_> = many.iter().collect();
        let (host, log) = tables(&[&all]);
        let fields = Fields::NAME | Fields::STATE | Fields::UIDS | Fields::GROUPS;
        let mut sampler = Sampler::<Bare<S>>::new(&host, fields);
        let mut texts = Vec::new();
        for pass in 1..=6 {
            sampler.sample().unwrap();
            assert_eq!(log.lines().len(), pass * S::ASKED);
            assert_eq!(sampler.current().len(), 190);
            let row = &sampler.current()[100];
            assert_eq!(row.name, Ok("one".into()));
            let groups = row.groups.as_ref().unwrap().as_ptr() as usize;
            texts.push((
                row.name.as_ref().unwrap().as_encoded_bytes().as_ptr(),
                groups,
            ));
        }
        // Rows of two samples ago are filled anew: nothing is allocated for a
        // process that is still there.
        assert_eq!(texts[0], texts[2]);
        assert_eq!(texts[1], texts[3]);
        assert_eq!(texts[2], texts[4]);
        assert_eq!((sampler.held(), sampler.elapsed().is_some()), (0, true));
    }
    everywhere!(check);
}

#[test]
fn the_rows_of_two_samples_are_of_one_process_or_of_two() {
    fn check<S: Recorded>() {
        let (one, two) = (process::<S>(), process::<S>().pid(80_000));
        let successor = one.clone().started(START + 1_000_000);
        let (host, _) = tables(&[&[&one, &two], &[&successor, &two], &[&two]]);
        let mut sampler = Sampler::<Bare<S>>::new(&host, Fields::NAME);
        sampler.sample().unwrap();
        assert_eq!(
            sampler.current()[0].id(),
            started::<S>(one.target_pid(), START)
        );
        sampler.sample().unwrap();
        assert_eq!(sampler.current()[1].id(), sampler.previous()[1].id());
        assert_ne!(sampler.current()[0].id(), sampler.previous()[0].id());
        sampler.sample().unwrap();
        assert_eq!(sampler.current().len(), 1);
        assert_eq!(sampler.previous().len(), 2);
    }
    everywhere!(check);
}

#[test]
fn what_stays_the_same_is_read_twice_and_then_kept_until_another_program_starts() {
    fn check<S: Recorded>() {
        let record = process::<S>();
        let other = record.clone().named("other");
        let table: &[&Sample<S>] = &[&record];
        let (host, log) = tables(&[table, table, table, table, &[&other]]);
        let fields = Fields::NAME | Fields::CMDLINE | Fields::CWD;
        let mut sampler = Sampler::<Telling<S>>::new(&host, fields);
        for (pass, lines) in [(1, 1), (2, 2), (3, 2), (4, 2), (5, 3), (6, 4), (7, 4)] {
            sampler.sample().unwrap();
            assert_eq!(count(&log, "test.cmdline"), lines, "sample {pass}");
            // What may change is asked for each time.
            let cwd = format!("test.cwd.{}.{pass}", record.number());
            assert_eq!(count(&log, &cwd), 1, "sample {pass}");
            let [row] = sampler.current() else {
                panic!("{pass}");
            };
            assert_eq!(row.cmdline.as_ref().unwrap().len(), 2);
            let name = if pass < 5 { "one" } else { "other" };
            assert_eq!(row.name, Ok(name.into()));
        }
    }
    everywhere!(check);
}

#[test]
fn what_loads_a_program_on_netbsd_is_read_again_whatever_its_name() {
    let record = process::<NetBsd>();
    let at = layout::netbsd::process::KinfoProc2::p_uvalid.offset();
    let loading = record.clone().put(at, &[0; 8]);
    let table: &[&Sample<NetBsd>] = &[&record];
    let (host, log) = tables(&[table, table, &[&loading], table]);
    let mut sampler = Sampler::<Telling<NetBsd>>::new(&host, Fields::CMDLINE);
    for (pass, lines) in [(1, 1), (2, 2), (3, 2), (4, 3), (5, 3)] {
        sampler.sample().unwrap();
        assert_eq!(count(&log, "test.cmdline"), lines, "sample {pass}");
    }
}

#[test]
fn a_zombie_keeps_what_it_had_and_who_it_is() {
    fn check<S: Recorded>() {
        let record = process::<S>();
        // Some systems tell no start of it any more.
        let zombie = Sample::<S>::zombie().pid(record.number()).named("one");
        let zombie = match S::TABLE {
            "sysctl kern.proc2" | "sysctl kern.proc" => zombie,
            _ => zombie.started(START),
        };
        let (host, log) = tables(&[&[&record], &[&zombie]]);
        let fields = Fields::NAME | Fields::CMDLINE | Fields::CWD | Fields::RSS;
        let mut sampler = Sampler::<Telling<S>>::new(&host, fields);
        sampler.sample().unwrap();
        for _ in 0..3 {
            sampler.sample().unwrap();
            let row = &sampler.current()[0];
            assert_eq!(row.id(), started::<S>(record.target_pid(), START));
            assert_eq!(row.id(), sampler.previous()[0].id());
            assert_eq!(row.cmdline.as_ref().unwrap().len(), 2);
            assert_eq!(row.cwd, Err(Unavailable::Zombie));
            assert_eq!(row.rss, Err(Unavailable::Zombie));
        }
        assert_eq!(count(&log, "test."), 2, "{:?}", log.lines());
    }
    everywhere!(check);
}

#[test]
fn who_comes_after_a_zombie_that_has_no_start_is_another_one() {
    fn check<S: Recorded>() {
        let zombie = Sample::<S>::zombie().named("one");
        let successor = process::<S>().pid(zombie.number());
        let (host, _) = tables(&[&[&zombie], &[&zombie], &[&successor]]);
        let fields = Fields::NAME | Fields::CMDLINE;
        let mut sampler = Sampler::<Telling<S>>::new(&host, fields);
        for _ in 0..3 {
            sampler.sample().unwrap();
        }
        let row = &sampler.current()[0];
        assert_eq!(row.id(), started::<S>(successor.target_pid(), START));
        assert_eq!(row.cmdline.as_ref().unwrap().len(), 2);
    }
    everywhere!(check);
}

#[test]
fn a_clock_that_is_set_between_samples_makes_nobody_another() {
    fn check<S: Recorded>() {
        let record = process::<S>();
        // OpenBSD: the same start, cut to another microsecond.
        let hour = 3_600_000_000;
        let moved = match S::STARTS_MOVE {
            true => record.clone().started(START + hour + S::START_UNCERTAINTY),
            false => record.clone(),
        };
        let mut fake = Fake::new().booted::<S>(BOOT).booted::<S>(BOOT);
        fake = fake.booted::<S>(BOOT + hour);
        let (host, _) = fake.all(&[&record]).all(&[&moved]).host();
        let mut sampler = Sampler::<Bare<S>>::new(&host, Fields::NAME);
        sampler.sample().unwrap();
        sampler.sample().unwrap();
        assert_eq!(sampler.current()[0].id(), sampler.previous()[0].id());
    }
    everywhere!(check);
}

#[test]
fn a_failed_sample_lets_the_next_one_start_afresh() {
    fn check<S: Recorded>() {
        let record = process::<S>();
        let (host, _) = Fake::new()
            .booted::<S>(BOOT)
            .all(&[&record])
            .fail(S::all(&mut [0; 4]), libc::ENOMEM)
            .all(&[&record])
            .host();
        let mut sampler = Sampler::<Bare<S>>::new(&host, Fields::NAME);
        sampler.sample().unwrap();
        sampler.sample().unwrap_err();
        assert!(sampler.current().is_empty() && sampler.previous().is_empty());
        sampler.sample().unwrap();
        assert_eq!(sampler.current().len(), 1);
        assert_eq!(sampler.elapsed(), None);
    }
    everywhere!(check);
}
