//! A condition that dips through zero and back between two samples.

/// A time and the value of the condition.
type Point = (f64, f64);

/// Inserts a point on the other side of zero between any three neighbours (from index `first` on) on
/// one side, where parabolas through them lead to one.
pub(super) fn insert<E>(
    points: &mut Vec<Point>,
    first: usize,
    g: &mut impl FnMut(f64) -> Result<f64, E>,
) -> Result<(), E> {
    let mut k = first;
    while k + 2 < points.len() {
        let three = [points[k], points[k + 1], points[k + 2]];
        match across(three, g)? {
            Some(point) => {
                // Between the first two, or between the last two.
                let before = (point.0 - three[1].0) * (three[2].0 - three[0].0) < 0.0;
                points.insert(if before { k + 1 } else { k + 2 }, point);
                k += if before { 2 } else { 3 };
            }
            None => k += 1,
        }
    }
    Ok(())
}

/// Minimises the distance from zero by successive parabolas, as long as they promise a crossing or a
/// much nearer miss; the point beyond zero, if one is found.
fn across<E>(
    points: [Point; 3],
    g: &mut impl FnMut(f64) -> Result<f64, E>,
) -> Result<Option<Point>, E> {
    let side = points[0].1.signum();
    // Distances from zero.
    let [mut a, mut b, mut c] = points.map(|(t, value)| (t, value * side));
    if !(a.1 > 0.0 && b.1 > 0.0 && c.1 > 0.0) {
        return Ok(None);
    }
    for _ in 0..10 {
        let left = (b.1 - a.1) / (b.0 - a.0);
        let right = (c.1 - b.1) / (c.0 - b.0);
        let curvature = (right - left) / (c.0 - a.0);
        let slope = left + curvature * (b.0 - a.0);
        let lowest = b.1 - 0.25 * slope * slope / curvature;
        let t = b.0 - 0.5 * slope / curvature;
        let inside = (t - a.0) * (t - c.0) < 0.0 && t != b.0;
        let least = a.1.min(b.1).min(c.1);
        if !(curvature > 0.0 && inside && lowest < 0.25 * least) {
            return Ok(None);
        }
        let value = g(t)?;
        let new = (t, value * side);
        if new.1 <= 0.0 {
            return Ok(Some((t, value)));
        }
        // The lower of the two inner points stays in the middle.
        let is_before = (t - b.0) * (c.0 - a.0) < 0.0;
        (a, b, c) = match (is_before, new.1 < b.1) {
            (true, true) => (a, new, b),
            (true, false) => (new, b, c),
            (false, true) => (b, new, c),
            (false, false) => (a, b, new),
        };
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(g: impl Fn(f64) -> f64, samples: u32) -> (Vec<Point>, u32) {
        let mut calls = 0;
        let mut points: Vec<_> =
            (0..=samples).map(|j| f64::from(j) / f64::from(samples)).map(|t| (t, g(t))).collect();
        let mut counted = |t| {
            calls += 1;
            Ok::<_, ()>(g(t))
        };
        insert(&mut points, 0, &mut counted).unwrap();
        (points, calls)
    }

    #[test]
    fn a_narrow_dip_is_found_wherever_it_is() {
        // 1e-6 deep, a few thousandths wide; samples every tenth.
        for place in [0.004, 0.05, 0.123, 0.25, 0.5, 0.77, 0.949, 0.997] {
            for sign in [1.0, -1.0] {
                let g = |t: f64| sign * (1.0 - 1e-6 - (t - place).cos());
                let (points, calls) = found(g, 10);
                let across: Vec<_> = points.iter().filter(|point| point.1 * sign < 0.0).collect();
                assert!(!across.is_empty(), "{place} {points:?}");
                assert!(points.is_sorted_by(|a, b| a.0 < b.0), "{points:?}");
                assert!(calls < 20, "{place}: {calls}");
            }
        }
    }

    #[test]
    fn misses_and_smooth_conditions_cost_little() {
        assert!(found(|t| 1.0 + 1e-6 - (t - 0.53).cos(), 10).0.iter().all(|point| point.1 > 0.0));
        assert_eq!(found(|t| 2.0 - (t - 0.53).cos(), 10).1, 0);
        assert_eq!(found(|t| t + 1.0, 10).1, 0);
        assert_eq!(found(|_| 1.0, 10).1, 0);
        assert_eq!(found(|_| 0.0, 10).1, 0);
    }
}
