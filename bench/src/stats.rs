//! Medians and how far the rounds are spread.

/// The middle value; of an even number of values, the lower of the two.
pub fn median<T: Copy + PartialOrd + Default>(values: &[T]) -> T {
    quantile(values, 1, 2)
}

/// The value below which `part`/`whole` of all values lie.
fn quantile<T: Copy + PartialOrd + Default>(values: &[T], part: usize, whole: usize) -> T {
    let mut sorted = values.to_vec();
    sorted.sort_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
    let last = sorted.len().saturating_sub(1);
    sorted.get(last * part / whole).copied().unwrap_or_default()
}

/// Half the distance between the quartiles, as a share of the median.
pub fn spread(values: &[f64]) -> f64 {
    let median = median(values);
    if median == 0.0 {
        return 0.0;
    }
    let width = quantile(values, 3, 4) - quantile(values, 1, 4);
    width / 2.0 / median
}

/// The ratios within each round: what slowed a whole round down cancels out.
pub fn ratios(of: &[f64], to: &[f64]) -> Vec<f64> {
    of.iter()
        .zip(to)
        .filter(|&(_, &to)| to > 0.0)
        .map(|(&of, &to)| of / to)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_nothing_is_nothing() {
        assert_eq!(median::<u64>(&[]), 0);
        assert_eq!(spread(&[]), 0.0);
        assert!(ratios(&[], &[1.0]).is_empty());
    }

    #[test]
    fn a_slow_round_does_not_change_the_ratio() {
        assert_eq!(median(&[5, 1, 9]), 5);
        assert_eq!(ratios(&[20.0, 2000.0], &[10.0, 1000.0]), [2.0, 2.0]);
    }
}
