/// What a method does at one tolerance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Error of the result.
    pub error: f64,
    /// Seconds of one solve.
    pub seconds: f64,
}

/// The seconds that a method needs for an error of at most `target`, from its points in the order
/// of falling tolerance: on the straight line in logarithms between the last point whose error is
/// larger and the next one.
///
/// A single lucky point does not count, since the last crossing is taken. If no point has a larger
/// error, it is the time of the first (an upper bound: nothing is extrapolated), and `None` if the
/// last point has one.
///
/// ```
/// use benches::{Point, seconds_at};
///
/// // A method of order 2: four times the work for a sixteenth of the error.
/// let curve = [(1e-4, 1e-3), (1e-4 / 16.0, 4e-3)].map(|(error, seconds)| Point { error, seconds });
/// assert!((seconds_at(&curve, 1e-4 / 4.0).unwrap() - 2e-3).abs() < 1e-9);
/// assert_eq!(seconds_at(&curve, 1e-3), Some(1e-3));
/// assert_eq!(seconds_at(&curve, 1e-9), None);
/// ```
pub fn seconds_at(curve: &[Point], target: f64) -> Option<f64> {
    let too_large = |point: &Point| point.error > target || point.error.is_nan();
    let Some(last) = curve.iter().rposition(too_large) else {
        return curve.first().map(|point| point.seconds);
    };
    let (above, below) = (curve[last], *curve.get(last + 1)?);
    if !(above.error.is_finite() && below.error > 0.0) {
        return Some(below.seconds);
    }
    let share = (above.error / target).ln() / (above.error / below.error).ln();
    Some(above.seconds * (below.seconds / above.seconds).powf(share))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(points: &[(f64, f64)]) -> Vec<Point> {
        points.iter().map(|&(error, seconds)| Point { error, seconds }).collect()
    }

    /// `error = (c / seconds)^order` is a straight line, on which every target is met exactly.
    #[test]
    fn power_laws_are_met_exactly() {
        for order in [2.0, 5.0, 8.0] {
            let law = |seconds: f64| (1e-6 / seconds).powf(order);
            let points: Vec<_> = (1..9).map(|i| 1e-6 * 1.7f64.powi(i)).collect();
            let curve: Vec<_> =
                points.iter().map(|&seconds| Point { error: law(seconds), seconds }).collect();
            for seconds in [2e-6, 3.3e-6, 1e-5, 4e-5] {
                let found = seconds_at(&curve, law(seconds)).unwrap();
                assert!((found / seconds - 1.0).abs() < 1e-12, "{order}: {found} {seconds}");
            }
        }
    }

    #[test]
    fn the_ends_are_not_extrapolated() {
        let curve = curve(&[(1e-4, 1.0), (1e-6, 2.0)]);
        assert_eq!(seconds_at(&curve, 1e-4), Some(1.0));
        assert_eq!(seconds_at(&curve, 1.0), Some(1.0));
        assert!((seconds_at(&curve, 1e-6).unwrap() - 2.0).abs() < 1e-15);
        assert_eq!(seconds_at(&curve, 9e-7), None);
        assert_eq!(seconds_at(&[], 1.0), None);
    }

    #[test]
    fn luck_does_not_count() {
        let lucky = curve(&[(1e-2, 1.0), (1e-9, 2.0), (1e-4, 4.0), (1e-8, 16.0)]);
        // Half-way between 1e-4 and 1e-8 in logarithms.
        assert!((seconds_at(&lucky, 1e-6).unwrap() - 8.0).abs() < 1e-12);
    }

    #[test]
    fn no_error_and_no_number() {
        let exact = curve(&[(1e-2, 1.0), (0.0, 2.0)]);
        assert_eq!(seconds_at(&exact, 1e-6), Some(2.0));
        let broken = curve(&[(f64::NAN, 1.0), (1e-8, 2.0)]);
        assert_eq!(seconds_at(&broken, 1e-6), Some(2.0));
        let lost = curve(&[(1e-8, 2.0), (f64::INFINITY, 3.0)]);
        assert_eq!(seconds_at(&lost, 1e-6), None);
    }
}
