//! Linear and logarithmic axes.

/// How an axis maps values to lengths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scale {
    /// Equal differences are equal lengths.
    #[default]
    Linear,
    /// Equal ratios are equal lengths. Values that are not positive cannot be shown and are skipped.
    Log,
}

impl Scale {
    /// Whether `value` can be shown: finite, and positive on a log scale.
    ///
    /// # Examples
    /// ```
    /// use report::Scale;
    /// assert!(Scale::Linear.shows(-1.0) && !Scale::Log.shows(-1.0) && !Scale::Linear.shows(f64::NAN));
    /// ```
    pub fn shows(self, value: f64) -> bool {
        value.is_finite() && (self == Self::Linear || value > 0.0)
    }

    pub(crate) fn forward(self, value: f64) -> f64 {
        match self {
            Self::Linear => value,
            Self::Log => value.log10(),
        }
    }
}

/// The shown interval of one axis, in data units; `lo < hi`, both can be shown by the scale.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Domain {
    pub(crate) scale: Scale,
    pub(crate) lo: f64,
    pub(crate) hi: f64,
}

/// Intervals narrower than this, relative to their magnitude, are drawn as one value.
const NARROWEST: f64 = 1e-12;
/// Linear intervals below this are drawn as one value, so that ticks stay normal numbers.
const TINIEST: f64 = 1e-290;

impl Domain {
    /// The interval that holds all `values` which the scale can show, with `pad` (a fraction) on either side.
    /// `None` if there is no such value.
    pub(crate) fn fit(
        values: impl IntoIterator<Item = f64>,
        scale: Scale,
        pad: f64,
    ) -> Option<Self> {
        let (lo, hi) = values
            .into_iter()
            .filter(|&v| scale.shows(v))
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(lo, hi), v| (lo.min(v), hi.max(v)));
        (lo <= hi).then(|| match scale {
            Scale::Linear => Self::linear(lo, hi, pad),
            Scale::Log => Self::log(lo, hi, pad),
        })
    }

    fn linear(lo: f64, hi: f64, pad: f64) -> Self {
        let scale = Scale::Linear;
        let magnitude = lo.abs().max(hi.abs());
        let half = hi * 0.5 - lo * 0.5; // halves: the full width may overflow
        if half <= (magnitude * NARROWEST).max(TINIEST) {
            let room = if magnitude <= TINIEST { 1.0 } else { magnitude * 0.1 };
            return Self { scale, lo: bounded(lo - room), hi: bounded(hi + room) };
        }
        let room = 2.0 * pad * half;
        let padded_lo = bounded(lo - room);
        let padded_hi = bounded(hi + room);
        // Padding does not invent a sign that the data do not have.
        Self {
            scale,
            lo: if lo >= 0.0 { padded_lo.max(0.0) } else { padded_lo },
            hi: if hi <= 0.0 { padded_hi.min(0.0) } else { padded_hi },
        }
    }

    fn log(lo: f64, hi: f64, pad: f64) -> Self {
        let (a, b) = (lo.log10(), hi.log10());
        let room = if b - a < 1e-9 { 0.3 } else { pad * (b - a) };
        let lo = if a - room < -323.0 { 5e-324 } else { 10f64.powf(a - room) };
        let hi = if b + room > 308.25 { f64::MAX } else { 10f64.powf(b + room) };
        Self { scale: Scale::Log, lo, hi }
    }

    /// Position of `value` as a fraction of the axis: 0 at `lo`, 1 at `hi`. `None` if it cannot be shown.
    pub(crate) fn unit(&self, value: f64) -> Option<f64> {
        if !self.scale.shows(value) {
            return None;
        }
        let f = |v| self.scale.forward(v) * 0.5;
        let u = (f(value) - f(self.lo)) / (f(self.hi) - f(self.lo));
        u.is_finite().then(|| u.clamp(-1e6, 1e6)).or(Some(if value > self.hi { 1e6 } else { -1e6 }))
    }
}

fn bounded(v: f64) -> f64 {
    v.clamp(f64::MIN, f64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn linear_fit_pads_and_keeps_the_sign() {
        let d = Domain::fit([10.0, 20.0, f64::NAN], Scale::Linear, 0.05).unwrap();
        assert_eq!((d.lo, d.hi), (9.5, 20.5));
        let d = Domain::fit([0.0, 10.0], Scale::Linear, 0.05).unwrap();
        assert_eq!((d.lo, d.hi), (0.0, 10.5));
    }

    #[test]
    fn log_maps_decades_to_equal_lengths() {
        let d = Domain { scale: Scale::Log, lo: 1.0, hi: 1000.0 };
        assert!((d.unit(10.0).unwrap() - 1.0 / 3.0).abs() < 1e-15);
        assert_eq!(d.unit(0.0), None);
        assert_eq!(d.unit(-1.0), None);
    }

    #[test]
    fn one_value_gets_room_and_sits_in_the_middle() {
        for (v, scale) in [(5.0, Scale::Linear), (0.0, Scale::Linear), (1e-3, Scale::Log)] {
            let d = Domain::fit([v], scale, 0.05).unwrap();
            assert!(d.lo < d.hi);
            assert!((d.unit(v).unwrap() - 0.5).abs() < 1e-12);
        }
    }

    #[test]
    fn nothing_to_show_is_none() {
        assert_eq!(Domain::fit([f64::NAN, f64::INFINITY], Scale::Linear, 0.0), None);
        assert_eq!(Domain::fit([0.0, -1.0], Scale::Log, 0.0), None);
    }

    #[test]
    fn extremes_stay_inside() {
        for values in [[f64::MIN, f64::MAX], [0.0, 5e-324], [1e16, 1e16 + 2.0], [-1e-308, 1e308]] {
            let d = Domain::fit(values, Scale::Linear, 0.05).unwrap();
            assert!(d.lo.is_finite() && d.hi.is_finite() && d.lo < d.hi);
            for v in values {
                let u = d.unit(v).unwrap();
                assert!((0.0..=1.0).contains(&u), "{values:?} {u}");
            }
        }
        let d = Domain::fit([5e-324, f64::MAX], Scale::Log, 0.05).unwrap();
        assert_eq!((d.unit(5e-324), d.unit(f64::MAX)), (Some(0.0), Some(1.0)));
    }
}
