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
pub fn spread(values: &[u64]) -> f64 {
    let median = median(values);
    if median == 0 {
        return 0.0;
    }
    let width = quantile(values, 3, 4) - quantile(values, 1, 4);
    width as f64 / 2.0 / median as f64
}

/// The median of the ratios within each round: what slowed a whole round down
/// cancels out.
pub fn ratio(of: &[u64], to: &[u64]) -> Option<f64> {
    let ratios: Vec<f64> = of
        .iter()
        .zip(to)
        .filter(|&(_, &to)| to > 0)
        .map(|(&of, &to)| of as f64 / to as f64)
        .collect();
    (!ratios.is_empty()).then(|| median(&ratios))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_nothing_is_nothing() {
        assert_eq!(median::<u64>(&[]), 0);
        assert_eq!(ratio(&[], &[1]), None);
    }

    #[test]
    fn a_slow_round_does_not_change_the_ratio() {
        assert_eq!(median(&[5, 1, 9]), 5);
        assert_eq!(ratio(&[20, 2000, 20], &[10, 1000, 10]), Some(2.0));
    }
}
