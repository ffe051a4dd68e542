/// Pointwise quantiles of many trajectories: a median and a band around it.
///
/// ```
/// use fit::Bands;
///
/// // One state at two times; one draw of the parameters could not be solved.
/// let line = |slope: f64| Some(vec![vec![1.0], vec![1.0 + slope]]);
/// let bands = Bands::new(&[line(1.0), None, line(2.0), line(3.0)], 0.5);
/// assert_eq!((bands.used, bands.failed), (3, 1));
/// assert_eq!(Bands::column(&bands.median, 0), [1.0, 3.0]);
/// assert_eq!((bands.lower[1][0], bands.upper[1][0]), (2.5, 3.5));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Bands {
    /// For each time, the lower end of each state.
    pub lower: Vec<Vec<f64>>,
    /// For each time, the median of each state.
    pub median: Vec<Vec<f64>>,
    /// For each time, the upper end of each state.
    pub upper: Vec<Vec<f64>>,
    /// Number of trajectories that entered.
    pub used: usize,
    /// Number of trajectories that failed, were not finite, or had another shape, and did not.
    pub failed: usize,
}

impl Bands {
    /// The band that holds a fraction `level` of the trajectories at each time. A trajectory is a row
    /// of states per time; one that is `None`, not finite everywhere, or of another shape than the
    /// first that is finite, counts as failed. Without any other, the bands are empty.
    pub fn new(trajectories: &[Option<Vec<Vec<f64>>>], level: f64) -> Self {
        let finite = |rows: &&Vec<Vec<f64>>| rows.iter().flatten().all(|u| u.is_finite());
        let mut good: Vec<&Vec<Vec<f64>>> = trajectories.iter().flatten().filter(finite).collect();
        if let Some(&first) = good.first() {
            let shape = |rows: &[Vec<f64>]| rows.iter().map(Vec::len).collect::<Vec<_>>();
            let expected = shape(first);
            good.retain(|rows| shape(rows) == expected);
        }
        let failed = trajectories.len() - good.len();
        let mut bands = Self {
            lower: Vec::new(),
            median: Vec::new(),
            upper: Vec::new(),
            used: good.len(),
            failed,
        };
        let Some(first) = good.first() else { return bands };
        let tail = 0.5 * (1.0 - level.clamp(0.0, 1.0));
        for (i, row) in first.iter().enumerate() {
            let columns: Vec<Vec<f64>> = (0..row.len())
                .map(|j| {
                    let mut column: Vec<f64> =
                        good.iter().filter_map(|rows| rows.get(i)?.get(j).copied()).collect();
                    column.sort_by(f64::total_cmp);
                    column
                })
                .collect();
            let at = |q: f64| columns.iter().map(|column| quantile(column, q)).collect();
            bands.lower.push(at(tail));
            bands.median.push(at(0.5));
            bands.upper.push(at(1.0 - tail));
        }
        bands
    }

    /// One state of one of the three curves, over all times.
    pub fn column(curve: &[Vec<f64>], j: usize) -> Vec<f64> {
        curve.iter().filter_map(|row| row.get(j).copied()).collect()
    }
}

/// The `q`-quantile of sorted numbers, linear between order statistics (Hyndman and Fan's type 7).
/// NaN without numbers.
///
/// ```
/// assert_eq!(fit::quantile(&[1.0, 2.0, 4.0], 0.75), 3.0);
/// ```
pub fn quantile(sorted: &[f64], q: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return f64::NAN };
    let position = q.clamp(0.0, 1.0) * last as f64;
    let below = position.floor() as usize;
    let above = (below + 1).min(last);
    sorted[below] + (position - below as f64) * (sorted[above] - sorted[below])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_of_small_samples() {
        assert_eq!(quantile(&[1.0, 2.0, 3.0, 4.0, 5.0], 0.5), 3.0);
        assert_eq!(quantile(&[1.0, 2.0], 0.25), 1.25);
        assert_eq!(quantile(&[7.0], 0.9), 7.0);
        assert!(quantile(&[], 0.5).is_nan());
    }

    #[test]
    fn failed_trajectories_are_counted_and_left_out() {
        let line = |c: f64| Some(vec![vec![c], vec![2.0 * c]]);
        let all = [line(1.0), None, line(3.0), Some(vec![vec![f64::NAN], vec![0.0]]), line(2.0)];
        let bands = Bands::new(&all, 1.0);
        assert_eq!((bands.used, bands.failed), (3, 2));
        assert_eq!(bands.lower, [[1.0], [2.0]]);
        assert_eq!(Bands::column(&bands.median, 0), [2.0, 4.0]);
        assert_eq!(Bands::column(&bands.upper, 0), [3.0, 6.0]);
        assert!(Bands::new(&[None], 0.9).median.is_empty());
    }
}
