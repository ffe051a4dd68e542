//! A zero between two points, to the last bits.

/// Two points and the values there: zero or the other sign at `hi`, not zero at `lo`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Bracket {
    pub(super) lo: (f64, f64),
    pub(super) hi: (f64, f64),
}

impl Bracket {
    /// Shrinks the bracket until its ends are neighbours, or nearer than `resolution`.
    ///
    /// T. R. Chandrupatla, A new hybrid quadratic/bisection algorithm for finding the zero of a
    /// nonlinear function without using derivatives, Adv. Eng. Softw. 28 (1997) 145–149: inverse
    /// quadratic interpolation where it can be trusted, else bisection. `hi` stays on the far side.
    pub(super) fn shrink<E>(
        self,
        resolution: f64,
        mut g: impl FnMut(f64) -> Result<f64, E>,
    ) -> Result<Self, E> {
        let side = self.lo.1.signum();
        let is_far = |value: f64| value * side <= 0.0;
        // `a` is the newest end, `b` the opposite one, `c` the one that was replaced.
        let (mut a, mut b) = (self.hi, self.lo);
        let mut part: f64 = 0.5;
        loop {
            let width = (b.0 - a.0).abs();
            let tolerance = resolution.max(0.5 * f64::EPSILON * a.0.abs().max(b.0.abs()));
            let middle = 0.5 * a.0 + 0.5 * b.0;
            if width <= tolerance || middle == a.0 || middle == b.0 {
                let (lo, hi) = if is_far(a.1) { (b, a) } else { (a, b) };
                return Ok(Self { lo, hi });
            }
            // Never nearer to an end than half of what is to be resolved.
            let least = (0.5 * tolerance / width).min(0.5);
            let mut t = a.0 + part.clamp(least, 1.0 - least) * (b.0 - a.0);
            if t == a.0 || t == b.0 {
                t = middle;
            }
            let new = (t, g(t)?);
            let c;
            if is_far(new.1) == is_far(a.1) {
                c = a;
            } else {
                c = b;
                b = a;
            }
            a = new;
            let xi = (a.0 - b.0) / (c.0 - b.0);
            let phi = (a.1 - b.1) / (c.1 - b.1);
            part = 0.5;
            if phi * phi < xi && (1.0 - phi) * (1.0 - phi) < 1.0 - xi {
                let quadratic = a.1 / (b.1 - a.1) * c.1 / (b.1 - c.1)
                    + (c.0 - a.0) / (b.0 - a.0) * a.1 / (c.1 - a.1) * b.1 / (c.1 - b.1);
                if quadratic.is_finite() {
                    part = quadratic;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root(g: impl Fn(f64) -> f64, lo: f64, hi: f64) -> (Bracket, usize) {
        let mut calls = 0;
        let bracket = Bracket { lo: (lo, g(lo)), hi: (hi, g(hi)) };
        let found = bracket.shrink(0.0, |t| {
            calls += 1;
            Ok::<_, ()>(g(t))
        });
        (found.unwrap(), calls)
    }

    #[test]
    fn neighbours_on_either_side_of_the_zero() {
        type Case = (fn(f64) -> f64, f64, f64, f64);
        let cases: [Case; 8] = [
            (|t| t * t - 2.0, 0.0, 2.0, 2f64.sqrt()),
            (|t| 2.0 - t * t, 2.0, 0.0, 2f64.sqrt()),
            (|t| t.cos(), 0.1, 3.0, std::f64::consts::FRAC_PI_2),
            (|t| (t - 0.3).powi(3), 0.0, 1.0, 0.3),
            (|t| (t - 0.3).powi(9), -5.0, 1.0, 0.3),
            (|t| if t < 0.7 { -1.0 } else { 1e300 }, 0.0, 1.0, 0.7),
            (|t| if t < 0.7 { f64::NEG_INFINITY } else { 0.0 }, 0.0, 1.0, 0.7),
            (|t| (50.0 * t).exp() - 1e9, -1.0, 3.0, 1e9f64.ln() / 50.0),
        ];
        for (i, (g, lo, hi, exact)) in cases.into_iter().enumerate() {
            let (found, calls) = root(g, lo, hi);
            let near = if i == 4 { 1e-15 } else { 4e-16 };
            assert!((found.hi.0 - exact).abs() <= near, "{i}: {found:?}");
            assert!((found.hi.0 - found.lo.0).abs() <= 2.3e-16 * exact.abs().max(0.5), "{i}");
            assert!(found.hi.1 * found.lo.1.signum() <= 0.0 && found.lo.1 != 0.0, "{i}: {found:?}");
            assert!(calls < 130, "{i}: {calls}");
        }
        assert!(root(|t| t * t - 2.0, 0.0, 2.0).1 < 15);
    }
}
