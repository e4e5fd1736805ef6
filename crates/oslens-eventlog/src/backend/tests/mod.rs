//! What a log does while it is read, through both interfaces, without Windows.

mod fake;

use std::time::Duration;

use fake::{Interface, World};

use crate::{Bookmark, ErrorKind, Level, Log, Order, Query, Record, Result};

const BOTH: [Interface; 2] = [Interface::Classic, Interface::Modern];

fn numbers(records: impl Iterator<Item = Result<Record>>) -> Vec<u64> {
    records.map(|record| record.unwrap().number).collect()
}

fn read(log: &Log, query: &Query) -> Vec<u64> {
    numbers(log.query(query).unwrap())
}

/// A log with records of these numbers, through both interfaces.
fn logs(oldest: u64, newest: u64) -> impl Iterator<Item = (World, Log)> {
    BOTH.into_iter().map(move |interface| {
        let world = World::new(oldest, newest);
        let log = world.log(interface);
        (world, log)
    })
}

#[test]
fn both_orders_and_seeking_read_every_record_once() {
    for (_, log) in logs(5, 30) {
        let all: Vec<u64> = (5..=30).collect();
        assert_eq!(read(&log, &Query::new()), all);
        let reversed: Vec<u64> = all.iter().rev().copied().collect();
        assert_eq!(read(&log, &Query::new().newest_first()), reversed);
        assert_eq!(read(&log, &Query::new().from(20)), all[15..]);
        assert_eq!(read(&log, &Query::new().from(1)), all);
        assert!(read(&log, &Query::new().from(31)).is_empty());
        assert!(read(&log, &Query::new().from(1000)).is_empty());
        let back = Query::new().newest_first().from(7);
        assert_eq!(read(&log, &back), [7, 6, 5]);
        assert_eq!(read(&log, &back.clone().from(1000)), reversed);
        assert!(read(&log, &back.from(4)).is_empty());
        assert_eq!(read(&log, &Query::new().limit(3)), [5, 6, 7]);
        assert_eq!(log.count().unwrap(), 26);
        assert_eq!(log.oldest().unwrap(), Some(5));
    }
}

#[test]
fn a_search_that_takes_long_is_not_the_end() {
    let world = World::new(1, 10);
    let log = world.log(Interface::Modern);
    world.search(3);
    assert_eq!(read(&log, &Query::new()), Vec::from_iter(1..=10));
    world.search(1000);
    let mut records = log.query(&Query::new()).unwrap();
    let error = records.next().unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    assert!(records.next().is_none());
}

#[test]
fn a_system_that_cannot_seek_reads_from_the_edge() {
    for (world, log) in logs(5, 30) {
        world.cannot_seek();
        let all: Vec<u64> = (20..=30).collect();
        assert_eq!(read(&log, &Query::new().from(20)), all);
        let back = Query::new().newest_first().from(7);
        assert_eq!(read(&log, &back), [7, 6, 5]);
        world.when_waited(|state| state.write(5));
        let follow = log.follow(&Query::new()).unwrap();
        assert_eq!(numbers(follow.take(5)), [31, 32, 33, 34, 35]);
    }
}

#[test]
fn an_empty_log_has_no_records() {
    for (_, log) in logs(1, 0) {
        assert!(read(&log, &Query::new()).is_empty());
        assert!(read(&log, &Query::new().newest_first()).is_empty());
        assert!(read(&log, &Query::new().from(1)).is_empty());
        assert_eq!(log.count().unwrap(), 0);
        assert_eq!(log.oldest().unwrap(), None);
    }
}

#[test]
fn a_log_that_is_corrupt_as_a_whole_says_so_once() {
    for (world, log) in logs(1, 30) {
        let mut records = log.records(Order::Oldest).unwrap();
        assert_eq!(numbers(records.by_ref().take(3)), [1, 2, 3]);
        world.corrupt();
        let rest: Vec<_> = records.take(10).collect();
        let [Err(error)] = rest.as_slice() else {
            panic!("{rest:?}");
        };
        assert_eq!(error.kind(), ErrorKind::Corrupt);
    }
}

#[test]
fn a_corrupt_log_is_followed_again_once_it_was_cleared() {
    for (world, log) in logs(1, 30) {
        let mut follow = log.follow(&Query::new().from(30)).unwrap();
        let next = |follow: &mut crate::Follow| follow.next_within(Duration::ZERO);
        assert_eq!(next(&mut follow).unwrap().unwrap().number, 30);
        world.corrupt();
        assert_eq!(next(&mut follow).unwrap_err().kind(), ErrorKind::Corrupt);
        assert_eq!(next(&mut follow).unwrap(), None);
        world.clear();
        world.write(1);
        assert_eq!(next(&mut follow).unwrap().unwrap().number, 1);
    }
}

#[test]
fn records_have_what_each_interface_tells() {
    for (_, log) in logs(1, 1) {
        let record = log.records(Order::Oldest).unwrap().next().unwrap().unwrap();
        assert_eq!(record.source, "oslens-test");
        assert_eq!(record.event_id.code(), 1);
        assert_eq!(record.level, Level::Warning);
        assert_eq!(record.log, "Fake");
        assert_eq!(record.strings, ["string 1"]);
    }
}

#[test]
fn a_log_that_is_overwritten_while_it_is_read_gives_each_record_once() {
    for (world, log) in logs(1, 30) {
        let mut records = log.records(Order::Oldest).unwrap();
        let first = numbers(records.by_ref().take(10));
        assert_eq!(first, (1..=10).collect::<Vec<_>>());
        // Behind the reader: nothing is lost.
        world.write(5);
        world.overwrite(5);
        let next = numbers(records.by_ref().take(5));
        assert_eq!(next, (11..=15).collect::<Vec<_>>());
        // In front of it.
        world.overwrite(20);
        let rest = numbers(records.by_ref());
        assert!(rest.windows(2).all(|pair| pair[0] < pair[1]), "{rest:?}");
        assert_eq!(rest.last(), Some(&35));
        // What was in a batch already is not lost.
        assert!(rest.contains(&26), "{rest:?}");
        assert!(records.lost() <= 10);
    }
}

#[test]
fn going_back_ends_where_the_log_was_overwritten() {
    for (world, log) in logs(1, 30) {
        let mut records = log.records(Order::Newest).unwrap();
        assert_eq!(numbers(records.by_ref().take(2)), [30, 29]);
        world.write(3);
        world.overwrite(20);
        let rest = numbers(records);
        assert_eq!(rest.first(), Some(&28));
        assert!(rest.windows(2).all(|pair| pair[0] == pair[1] + 1));
        assert_eq!(rest.last(), Some(&21));
    }
}

#[test]
fn a_log_that_is_cleared_while_it_is_read_goes_on_with_what_it_has() {
    for (world, log) in logs(1, 30) {
        let mut records = log.records(Order::Oldest).unwrap();
        let first = numbers(records.by_ref().take(4));
        assert_eq!(first, [1, 2, 3, 4]);
        world.clear();
        world.write(40);
        let rest = numbers(records.by_ref());
        // The rest of the batch that was read before, then the new ones.
        let start = rest.iter().position(|&number| number == 1).unwrap();
        assert_eq!(rest[start..], (1..=40).collect::<Vec<_>>());
        assert_eq!(records.cleared(), 1);
        assert_eq!(records.lost(), 0);
    }
}

#[test]
fn a_bookmark_goes_on_behind_its_record_or_with_what_replaced_it() {
    for (world, log) in logs(1, 10) {
        let seventh = numbers(log.query(&Query::new().from(7).limit(1)).unwrap());
        assert_eq!(seventh, [7]);
        let record = log.query(&Query::new().from(7)).unwrap().next().unwrap();
        let after = Query::new().after(Bookmark::of(&record.unwrap()));
        assert_eq!(read(&log, &after), [8, 9, 10]);
        assert_eq!(
            read(&log, &after.clone().newest_first()),
            [6, 5, 4, 3, 2, 1]
        );
        // Overwritten, with two records behind it.
        world.write(2);
        world.overwrite(9);
        let mut records = log.query(&after).unwrap();
        assert_eq!(records.lost(), 2);
        assert_eq!(numbers(records.by_ref()), [10, 11, 12]);
        // Another record has its number.
        world.clear();
        world.write(9);
        let mut records = log.query(&after).unwrap();
        assert_eq!(records.cleared(), 1);
        let all: Vec<u64> = (1..=9).collect();
        assert_eq!(numbers(records.by_ref()), all);
        // No record has it yet.
        world.clear();
        world.write(2);
        assert_eq!(read(&log, &after), [1, 2]);
        world.clear();
        assert!(read(&log, &after).is_empty());
    }
}

#[test]
fn conditions_hold_through_both_interfaces() {
    for (_, log) in logs(1, 20) {
        assert_eq!(read(&log, &Query::new().ids(3..=5)), [3, 4, 5]);
        assert_eq!(read(&log, &Query::new().text("STRING 17")), [17]);
        assert!(read(&log, &Query::new().at_least(Level::Error)).is_empty());
        let two = Query::new().at_least(Level::Warning).limit(2);
        assert_eq!(read(&log, &two), [1, 2]);
    }
}

const SOON: Duration = Duration::from_millis(5);
/// Long enough for all that the fake does when it is waited for.
const LATER: Duration = Duration::from_secs(20);

#[test]
fn only_what_comes_is_followed() {
    for (world, log) in logs(1, 10) {
        let mut follow = log.follow(&Query::new()).unwrap();
        assert_eq!(follow.next_within(SOON).unwrap(), None);
        assert_eq!(follow.next_within(Duration::ZERO).unwrap(), None);
        world.write(2);
        for number in 11..=12 {
            let record = follow.next_within(LATER).unwrap().unwrap();
            assert_eq!(record.number, number);
        }
        assert_eq!(follow.next_within(SOON).unwrap(), None);
        // While it waits.
        world.when_waited(|state| state.write(3));
        let next = numbers(follow.by_ref().take(3));
        assert_eq!(next, [13, 14, 15]);
        assert_eq!((follow.lost(), follow.cleared()), (0, 0));
    }
}

#[test]
fn an_empty_log_is_followed_from_its_first_record() {
    for (world, log) in logs(1, 0) {
        let mut follow = log.follow(&Query::new()).unwrap();
        assert_eq!(follow.next_within(SOON).unwrap(), None);
        world.when_waited(|state| state.write(2));
        assert_eq!(numbers(follow.by_ref().take(2)), [1, 2]);
    }
}

#[test]
fn following_goes_on_when_the_log_is_cleared() {
    for (world, log) in logs(1, 10) {
        let mut follow = log.follow(&Query::new().from(9)).unwrap();
        assert_eq!(numbers(follow.by_ref().take(2)), [9, 10]);
        world.when_waited(fake::State::clear);
        world.when_waited(|state| state.write(3));
        assert_eq!(numbers(follow.by_ref().take(3)), [1, 2, 3]);
        assert_eq!(follow.next_within(SOON).unwrap(), None);
        // Cleared and written at once.
        world.when_waited(|state| {
            state.clear();
            state.write(2);
        });
        assert_eq!(numbers(follow.by_ref().take(2)), [1, 2]);
        assert_eq!(follow.lost(), 0);
    }
}

#[test]
fn following_says_what_was_overwritten_before_it_was_read() {
    for (world, log) in logs(1, 10) {
        let query = Query::new().from(10);
        let mut follow = log.follow(&query).unwrap();
        assert_eq!(numbers(follow.by_ref().take(1)), [10]);
        assert_eq!(follow.next_within(SOON).unwrap(), None);
        world.when_waited(|state| {
            state.write(20);
            state.overwrite(25);
        });
        assert_eq!(numbers(follow.by_ref().take(5)), [26, 27, 28, 29, 30]);
        assert_eq!(follow.lost(), 15);
        assert_eq!(follow.cleared(), 0);
    }
}

#[test]
fn following_can_go_on_after_a_restart_of_the_program() {
    for (world, log) in logs(1, 10) {
        let mut follow = log.follow(&Query::new().from(1).id(3)).unwrap();
        assert_eq!(numbers(follow.by_ref().take(1)), [3]);
        let bookmark = follow.bookmark().unwrap().clone();
        drop(follow);
        world.write(2);
        let follow = log.follow(&Query::new().after(bookmark)).unwrap();
        let all: Vec<u64> = (4..=12).collect();
        assert_eq!(numbers(follow.take(9)), all);
    }
}

#[test]
fn a_limit_ends_following() {
    for (_, log) in logs(1, 10) {
        let follow = log.follow(&Query::new().from(1).limit(2)).unwrap();
        assert_eq!(numbers(follow), [1, 2]);
    }
}

#[test]
fn a_batch_that_cannot_be_had_is_asked_for_again() {
    for (world, log) in logs(1, 10) {
        world.fails(3);
        let all: Vec<u64> = (1..=10).collect();
        assert_eq!(read(&log, &Query::new()), all);
        let mut records = log.query(&Query::new().from(3)).unwrap();
        world.fails(3);
        assert_eq!(numbers(records.by_ref().take(4)), [3, 4, 5, 6]);
        world.fails(3);
        assert_eq!(numbers(records.by_ref()), [7, 8, 9, 10]);
        // Before anything came that is followed.
        let mut follow = log.follow(&Query::new()).unwrap();
        world.fails(3);
        assert_eq!(follow.next_within(SOON).unwrap(), None);
        world.fails(3);
        world.write(2);
        assert_eq!(numbers(follow.by_ref().take(2)), [11, 12]);
        let mut follow = log.follow(&Query::new()).unwrap();
        world.clear();
        world.write(3);
        world.fails(3);
        assert_eq!(numbers(follow.by_ref().take(3)), [1, 2, 3]);
    }
}

#[test]
fn a_log_that_never_rests_is_an_error_at_last() {
    for (world, log) in logs(1, 10) {
        let mut records = log.records(Order::Oldest).unwrap();
        assert!(records.next().unwrap().is_ok());
        world.never_rests();
        let error = records.find_map(Result::err).unwrap();
        assert_eq!(error.kind(), ErrorKind::Changed);
        assert!(records.next().is_none());
    }
}
