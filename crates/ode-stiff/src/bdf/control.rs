//! Constants of the choice of sizes and orders, those of CVODE.

/// What Newton's iteration may leave, as a part of the tolerance.
const NEWTON: f64 = 0.1;
/// The same where there are algebraic equations. What is left in an algebraic variable does not get
/// smaller with the step, and differences of order `q` make `2^q` of it: the error estimate must not see
/// it.
const NEWTON_ALGEBRAIC: f64 = 0.01;
/// Factors on errors before a size is chosen by them; larger for a higher order, which must pay.
pub(super) const BIAS: f64 = 6.0;
pub(super) const BIAS_ABOVE: f64 = 10.0;
/// A step grows at least by so much, or not at all: the matrix is kept.
const WORTHWHILE: f64 = 1.5;
/// The same for steps of NDF, of which several are equal before one may change.
pub(super) const WORTHWHILE_EQUAL: f64 = 1.2;
/// Largest growth after the first step, and after others.
pub(super) const FIRST_GROWTH: f64 = 1e4;
pub(super) const GROWTH: f64 = 10.0;
/// The size after a failed iteration.
pub(super) const FAILED: f64 = 0.25;
/// Smallest change; at the first attempt of a solve; largest after a second rejection.
pub(super) const LEAST: f64 = 0.1;
pub(super) const LEAST_FIRST: f64 = 1e-3;
pub(super) const AGAIN: f64 = 0.2;
/// Steps of order 1 after a history that was of no use.
pub(super) const LONG_WAIT: usize = 10;

/// An order that the next step may have.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    /// Square of its scaled error.
    pub(super) square: f64,
    pub(super) bias: f64,
    /// The power of the step size in its error.
    pub(super) power: usize,
}

impl Candidate {
    /// The change of the step size by which its error would be `1 / bias`; 0 where that is no
    /// worthwhile growth.
    pub(super) fn growth(self) -> f64 {
        self.factor_from(WORTHWHILE)
    }

    /// The change of the step size by which its error would be `1 / bias`; 0 where that is less than
    /// `least`.
    pub(super) fn factor_from(self, least: f64) -> f64 {
        // Most steps are as they should be, and a root is dear: least^(-2 power) decides.
        let Self { square, bias, power } = self;
        let limit = (0..power).fold(bias * bias * square, |limit, _| limit * (least * least));
        if limit <= 1.0 { self.factor() } else { 0.0 }
    }

    /// The change of the step size by which its error would be `1 / bias`.
    pub(super) fn factor(self) -> f64 {
        let Self { square, bias, power } = self;
        1.0 / ((bias * square.sqrt()).powf(1.0 / power as f64) + 1e-6)
    }
}

/// What Newton's iteration may leave.
pub(super) fn newton(is_algebraic: bool) -> f64 {
    if is_algebraic { NEWTON_ALGEBRAIC } else { NEWTON }
}

/// No small growth, no growth beyond `most`.
pub(super) fn limited(factor: f64, most: f64) -> f64 {
    if factor >= WORTHWHILE { factor.min(most) } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_is_the_factor_where_it_is_worthwhile() {
        for power in 2..=7 {
            for k in -60..=20 {
                let candidate =
                    Candidate { square: 10f64.powf(0.2 * f64::from(k)), bias: 6.0, power };
                let (factor, growth) = (candidate.factor(), candidate.growth());
                assert_eq!(limited(growth, 10.0), limited(factor, 10.0), "{candidate:?}");
                let equal = candidate.factor_from(WORTHWHILE_EQUAL);
                let expected = if factor >= WORTHWHILE_EQUAL { factor } else { 0.0 };
                assert!(equal == expected || (factor - WORTHWHILE_EQUAL).abs() < 1e-5);
            }
        }
        assert_eq!(Candidate { square: f64::INFINITY, bias: 6.0, power: 2 }.growth(), 0.0);
    }
}
