//! Counters that wrap around, made to only ever grow.

use std::{collections::HashMap, hash::Hash};

/// Remembers counters, to continue those that the system starts again from
/// zero.
///
/// Counters of network interfaces on 32-bit kernels, and the times of disks
/// everywhere, are 32 bits wide: they start again from zero after 4 GiB or
/// 49 days. Who shows totals since boot passes every sample through one
/// `NoWrap`: a counter that is smaller than in the sample before is continued
/// from where it was.
///
/// The memory is this value and nothing else: two of them do not know of each
/// other, and dropping it forgets. Rates do not need it, see
/// [`IoSnapshot::since`](crate::disk::IoSnapshot::since).
///
/// A key that is missing from a sample is forgotten: a disk that is
/// unplugged and returns starts anew. A counter that a driver has *reset*
/// looks like one that wrapped.
///
/// ```
/// use oslens::counters::NoWrap;
///
/// let mut received = NoWrap::new();
/// let mut sample = [("eth0", [4_294_967_000])];
/// received.adjust(&mut sample);
/// assert_eq!(sample, [("eth0", [4_294_967_000])]);
///
/// let mut sample = [("eth0", [500])];
/// received.adjust(&mut sample);
/// assert_eq!(sample, [("eth0", [4_294_967_500])]);
/// ```
#[derive(Debug, Clone)]
pub struct NoWrap<K, const N: usize> {
    known: HashMap<K, Known<N>>,
    samples: u64,
}

#[derive(Debug, Clone)]
struct Known<const N: usize> {
    /// As the system gave them.
    last: [u64; N],
    /// What the counters had reached whenever they started again, added up.
    carried: [u64; N],
    /// The sample that they are from.
    sample: u64,
}

impl<K, const N: usize> Default for NoWrap<K, N> {
    fn default() -> Self {
        Self {
            known: HashMap::new(),
            samples: 0,
        }
    }
}

impl<K: Eq + Hash + Clone, const N: usize> NoWrap<K, N> {
    /// Nothing is remembered yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Continues the counters of a whole sample: everything that the system
    /// reports at one time, each key once.
    pub fn adjust<'a>(&mut self, sample: impl IntoIterator<Item = &'a mut (K, [u64; N])>)
    where
        K: 'a,
    {
        self.adjust_each(sample.into_iter().map(|(key, counters)| (&*key, counters)));
    }

    /// As [`adjust`](Self::adjust), for keys and counters that are not kept
    /// as pairs.
    pub fn adjust_each<'a>(&mut self, sample: impl IntoIterator<Item = (&'a K, &'a mut [u64; N])>)
    where
        K: 'a,
    {
        self.samples = self.samples.wrapping_add(1);
        for (key, counters) in sample {
            let Some(known) = self.known.get_mut(key) else {
                let known = Known {
                    last: *counters,
                    carried: [0; N],
                    sample: self.samples,
                };
                self.known.insert(key.clone(), known);
                continue;
            };
            known.sample = self.samples;
            let remembered = known.last.iter_mut().zip(&mut known.carried);
            for (counter, (last, carried)) in counters.iter_mut().zip(remembered) {
                if *counter < *last {
                    *carried = carried.saturating_add(*last);
                }
                *last = *counter;
                *counter = counter.saturating_add(*carried);
            }
        }
        let current = self.samples;
        self.known.retain(|_, known| known.sample == current);
    }

    /// Forgets everything: the next sample is taken as it is.
    pub fn clear(&mut self) {
        self.known.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pass(
        nowrap: &mut NoWrap<&'static str, 2>,
        sample: &[(&'static str, [u64; 2])],
    ) -> Vec<(&'static str, [u64; 2])> {
        let mut sample = sample.to_vec();
        nowrap.adjust(&mut sample);
        sample
    }

    #[test]
    fn the_first_sample_is_taken_as_it_is() {
        let mut nowrap = NoWrap::new();
        assert_eq!(pass(&mut nowrap, &[("a", [5, 5])]), [("a", [5, 5])]);
        assert_eq!(pass(&mut nowrap, &[("a", [5, 5])]), [("a", [5, 5])]);
        assert_eq!(pass(&mut nowrap, &[("a", [8, 6])]), [("a", [8, 6])]);
    }

    #[test]
    fn a_counter_that_wrapped_goes_on_and_the_others_are_left_alone() {
        let mut nowrap = NoWrap::new();
        pass(&mut nowrap, &[("a", [100, 100]), ("b", [7, 7])]);
        assert_eq!(
            pass(&mut nowrap, &[("a", [10, 100]), ("b", [8, 8])]),
            [("a", [110, 100]), ("b", [8, 8])]
        );
        // It keeps what it carries when nothing wraps, …
        assert_eq!(pass(&mut nowrap, &[("a", [40, 101])]), [("a", [140, 101])]);
        // … and adds to it when it wraps again.
        assert_eq!(pass(&mut nowrap, &[("a", [30, 1])]), [("a", [170, 102])]);
    }

    #[test]
    fn what_vanished_and_returned_starts_anew() {
        let mut nowrap = NoWrap::new();
        pass(&mut nowrap, &[("a", [100, 100]), ("b", [1, 1])]);
        pass(&mut nowrap, &[("a", [10, 10]), ("b", [1, 1])]);
        pass(&mut nowrap, &[("b", [1, 1])]);
        assert_eq!(pass(&mut nowrap, &[("a", [2, 2])]), [("a", [2, 2])]);
    }

    #[test]
    fn a_new_key_is_taken_as_it_is() {
        let mut nowrap = NoWrap::new();
        pass(&mut nowrap, &[("a", [100, 100])]);
        assert_eq!(
            pass(&mut nowrap, &[("a", [5, 100]), ("b", [3, 3])]),
            [("a", [105, 100]), ("b", [3, 3])]
        );
    }

    #[test]
    fn forgetting_takes_the_next_sample_as_it_is() {
        let mut nowrap = NoWrap::new();
        pass(&mut nowrap, &[("a", [100, 100])]);
        nowrap.clear();
        assert_eq!(pass(&mut nowrap, &[("a", [5, 5])]), [("a", [5, 5])]);
    }

    #[test]
    fn adjusted_counters_never_go_back() {
        // A small generator is enough: what matters is that wraps, steps and
        // repetitions come in every order.
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut random = move || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        for _ in 0..200 {
            let mut nowrap = NoWrap::<u8, 3>::new();
            let mut raw = [0u64; 3];
            let mut seen = [0u64; 3];
            let mut grown = [0u64; 3];
            for _ in 0..100 {
                for (counter, total) in raw.iter_mut().zip(&mut grown) {
                    let step = random() % 200;
                    // A counter of eight bits. The step is below its range,
                    // so no wrap is ever missed; what is lost is what lay
                    // between the last value seen and the wrap.
                    *total += step;
                    *counter = (*counter + step) % 256;
                }
                let mut sample = [(0u8, raw)];
                nowrap.adjust(&mut sample);
                let [(_, now)] = sample;
                for ((now, seen), grown) in now.iter().zip(&seen).zip(&grown) {
                    assert!(now >= seen, "{now} after {seen}");
                    assert!(now <= grown);
                }
                seen = now;
            }
        }
    }

    #[test]
    fn hostile_values_do_not_overflow() {
        let mut nowrap = NoWrap::new();
        for counter in [u64::MAX, 0, u64::MAX, 1, u64::MAX] {
            pass(&mut nowrap, &[("a", [counter, counter])]);
        }
        assert_eq!(pass(&mut nowrap, &[("a", [0, 0])]), [("a", [u64::MAX; 2])]);
    }
}
