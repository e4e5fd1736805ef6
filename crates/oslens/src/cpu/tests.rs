use std::time::Duration;

use super::*;

fn times(parts: [u64; 4], optional: Option<[u64; 6]>) -> Times {
    let [user, system, idle, nice] = parts.map(Duration::from_millis);
    let optional = optional.map(|parts| parts.map(Duration::from_millis));
    let at = |index: usize| optional.and_then(|parts| parts.get(index).copied());
    Times {
        user,
        system,
        idle,
        nice,
        iowait: at(0),
        irq: at(1),
        softirq: at(2),
        steal: at(3),
        guest: at(4),
        guest_nice: at(5),
    }
}

fn close(left: f64, right: f64) -> bool {
    (left - right).abs() < 1e-9
}

#[test]
fn fractions_of_a_short_interval_add_up_to_one() {
    // 40 ms in all: a divisor of at least a second would give 4 %.
    let before = times([1000; 4], Some([1000; 6]));
    let now = times(
        [1010, 1005, 1005, 1000],
        Some([1010, 1002, 1003, 1005, 1004, 1000]),
    );
    let delta = now.since(&before);
    assert_eq!(delta.total(), Duration::from_millis(40));
    let fractions = delta.fractions().unwrap();
    let sum = fractions.user
        + fractions.system
        + fractions.idle
        + fractions.nice
        + fractions.iowait.unwrap()
        + fractions.irq.unwrap()
        + fractions.softirq.unwrap()
        + fractions.steal.unwrap();
    assert!(close(sum, 1.0), "{sum}");
    assert!(close(fractions.user, 0.25));
    assert!(close(fractions.guest.unwrap(), 0.1));
    // All but 5 ms idle and 10 ms iowait.
    assert!(close(delta.busy().unwrap(), 25.0 / 40.0));
}

#[test]
fn a_counter_that_goes_back_spoils_no_other() {
    let before = times([1000, 1000, 5000, 1000], Some([1000; 6]));
    let now = times(
        [1010, 1010, 4000, 1000],
        Some([900, 1000, 1000, 1000, 1000, 1000]),
    );
    let delta = now.since(&before);
    assert_eq!(delta.times.idle, Duration::ZERO);
    assert_eq!(delta.times.iowait, Some(Duration::ZERO));
    assert!(close(delta.busy().unwrap(), 1.0));
    assert!(close(delta.fractions().unwrap().user, 0.5));
}

#[test]
fn without_time_there_is_nothing_to_divide_by() {
    let now = times([1; 4], None);
    assert_eq!(now.since(&now).busy(), None);
    assert_eq!(now.since(&now).fractions(), None);
    let delta = times([2, 1, 1, 1], None).since(&now);
    assert_eq!(delta.fractions().unwrap().iowait, None);
    assert!(close(delta.busy().unwrap(), 1.0));
}

#[test]
fn a_mean_has_the_limits_that_all_cpus_have() {
    let of = |cpu, current, min, max| FrequencyOf {
        cpu,
        frequency: Frequency { current, min, max },
    };
    assert_eq!(times::average(&[]), None);
    assert_eq!(
        times::average(&[
            of(0, Some(u64::MAX), Some(1), None),
            of(1, Some(u64::MAX), Some(3), Some(4)),
            of(2, None, Some(2), Some(4)),
        ]),
        Some(Frequency {
            current: Some(u64::MAX),
            min: Some(2),
            max: None
        })
    );
}
