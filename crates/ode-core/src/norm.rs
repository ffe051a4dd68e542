use crate::{Error, Options, check};
use scalar::{Concrete, Lanes, Scalar};
use std::fmt;
use std::sync::Arc;

/// How the scaled errors `xᵢ = errorᵢ / (atolᵢ + rtolᵢ max(|uᵢ|, |u_nextᵢ|))` make one number; a step
/// is accepted when it is at most 1.
///
/// Duals and lanes carry several real numbers per component: each is scaled by itself, and the
/// norm is that of the worst part (root mean square) or component (the others).
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Norm {
    /// `√(1/n Σ xᵢ²)`: the default.
    #[default]
    Rms,
    /// `max |xᵢ|`: no component hides among many.
    Max,
    /// A function of `|x₁| … |xₙ|`.
    Custom(CustomNorm),
}

impl Norm {
    /// A norm of one's own, called with `|x₁| … |xₙ|` once or more a step.
    ///
    /// ```
    /// use ode_core::{Norm, Options};
    ///
    /// // Only the first two components decide.
    /// let norm = Norm::custom(|x| x[0].max(x[1]));
    /// let options = Options { norm, ..Options::default() };
    /// # let _ = options;
    /// ```
    pub fn custom(norm: impl Fn(&[f64]) -> f64 + Send + Sync + 'static) -> Self {
        Self::Custom(CustomNorm(Arc::new(norm)))
    }

    /// The norm of scaled errors `|x₁| … |xₙ|`; NaN if one of them is.
    ///
    /// ```
    /// use ode_core::Norm;
    ///
    /// assert_eq!(Norm::Rms.of(&[3.0, 4.0]), 12.5f64.sqrt());
    /// assert_eq!(Norm::Max.of(&[3.0, 4.0]), 4.0);
    /// ```
    pub fn of(&self, x: &[f64]) -> f64 {
        match self {
            Self::Rms => (x.iter().map(|x| x * x).sum::<f64>() / x.len() as f64).sqrt(),
            Self::Max => x.iter().fold(0.0, |m, &x| if x > m || x.is_nan() { x } else { m }),
            Self::Custom(CustomNorm(norm)) => norm(x),
        }
    }
}

/// The function of [`Norm::Custom`]; equal to its clones only.
#[derive(Clone)]
pub struct CustomNorm(Arc<NormFn>);

type NormFn = dyn Fn(&[f64]) -> f64 + Send + Sync;

impl fmt::Debug for CustomNorm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CustomNorm")
    }
}

impl PartialEq for CustomNorm {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// The tolerances and the norm of a solve, ready for use.
#[derive(Clone, Debug)]
pub struct ErrorNorm<'a> {
    /// `1/n`.
    inverse: f64,
    rtol: f64,
    atol: f64,
    each: Vec<(f64, f64)>,
    norm: &'a Norm,
    scaled: Vec<f64>,
}

impl<'a> ErrorNorm<'a> {
    /// For `n` components.
    ///
    /// # Errors
    ///
    /// When a list of tolerances has the wrong length.
    pub fn new(options: &'a Options, n: usize) -> Result<Self, Error> {
        let Options { rtol, atol, rtol_each, atol_each, norm, .. } = options;
        for (what, list) in [("rtol_each", rtol_each), ("atol_each", atol_each)] {
            if !list.is_empty() {
                check::length(what, n, list.len())?;
            }
        }
        let is_uniform = rtol_each.is_empty() && atol_each.is_empty();
        let pair = |i| {
            let of = |each: &[f64], all| each.get(i).copied().unwrap_or(all);
            (of(atol_each, *atol), of(rtol_each, *rtol))
        };
        let each = if is_uniform { Vec::new() } else { (0..n).map(pair).collect() };
        let scaled = if matches!(norm, Norm::Custom(_)) { vec![0.0; n] } else { Vec::new() };
        let inverse = 1.0 / n as f64;
        Ok(Self { inverse, rtol: *rtol, atol: *atol, each, norm, scaled })
    }

    /// Absolute tolerance of component `i`.
    pub(crate) fn atol(&self, i: usize) -> f64 {
        self.each.get(i).map_or(self.atol, |each| each.0)
    }

    /// An error of component `i` that counts as 1 where the state is of this size: `atolᵢ + rtolᵢ size`.
    #[inline]
    pub fn unit(&self, i: usize, size: f64) -> f64 {
        let (atol, rtol) = self.each.get(i).copied().unwrap_or((self.atol, self.rtol));
        atol + rtol * size.abs()
    }

    /// The [`unit`](ErrorNorm::unit) of each component, in place of its size.
    pub fn units(&self, sizes: &mut [f64]) {
        let (atol, rtol) = (self.atol, self.rtol);
        if self.each.is_empty() {
            sizes.iter_mut().for_each(|size| *size = atol + rtol * size.abs());
        } else {
            sizes.iter_mut().enumerate().for_each(|(i, size)| *size = self.unit(i, *size));
        }
    }

    /// The norm of `x`, scaled by the larger of `a` and `b`. NaN if any part is NaN.
    ///
    /// `x` may have fewer components than the state. Then tolerances are those of the first components;
    /// a [`Norm::Custom`] sees only what there is, and the others take the rest for zero.
    #[inline]
    pub fn of<S: Concrete>(&mut self, x: &[S], a: &[S], b: &[S]) -> f64 {
        self.square_of(x, a, b).sqrt()
    }

    /// The square of [`of`](ErrorNorm::of): the root would only delay the next step.
    #[inline(always)]
    pub fn square_of<S: Concrete>(&mut self, x: &[S], a: &[S], b: &[S]) -> f64 {
        if self.each.is_empty() && matches!(self.norm, Norm::Rms) {
            let (atol, rtol) = (self.atol, self.rtol);
            mean_square((x, a, b), self.inverse, |_| (atol, rtol))
        } else {
            self.of_any(x, a, b)
        }
    }

    /// The mean square of each lane by itself, with the bits of [`square_of`](ErrorNorm::square_of)
    /// under [`Norm::Rms`].
    #[inline(always)]
    pub fn square_of_each_lane<const W: usize>(
        &self,
        (x, a, b): (&[Lanes<W>], &[Lanes<W>], &[Lanes<W>]),
    ) -> Lanes<W> {
        let uniform = (self.atol, self.rtol);
        let sum = if self.each.is_empty() {
            squares((x, a, b), |_| uniform)
        } else {
            squares((x, a, b), |i| self.each.get(i).copied().unwrap_or(uniform))
        };
        sum.scale(self.inverse)
    }

    #[cold]
    fn of_any<S: Concrete>(&mut self, x: &[S], a: &[S], b: &[S]) -> f64 {
        let (each, uniform) = (&self.each, (self.atol, self.rtol));
        let tolerance = |i: usize| each.get(i).copied().unwrap_or(uniform);
        let part = |i: usize| {
            let (atol, rtol) = tolerance(i);
            S::scaled_square(x[i], a[i], b[i], atol, rtol).largest_part()
        };
        match self.norm {
            Norm::Rms => mean_square((x, a, b), self.inverse, tolerance),
            Norm::Max => {
                (0..x.len()).map(part).fold(0.0, |m, x| if x > m || x.is_nan() { x } else { m })
            }
            Norm::Custom(CustomNorm(norm)) => {
                let scaled = match self.scaled.get_mut(..x.len()) {
                    Some(scaled) => scaled,
                    None => return f64::NAN,
                };
                for (i, scaled) in scaled.iter_mut().enumerate() {
                    *scaled = part(i).sqrt();
                }
                let norm = norm(scaled);
                norm * norm
            }
        }
    }
}

/// `max over parts of 1/n Σ xᵢ²`: the value and each tangent of a dual by itself, each lane of a
/// batch by itself.
#[inline]
fn mean_square<S: Concrete>(
    (x, a, b): (&[S], &[S], &[S]),
    inverse: f64,
    tolerance: impl Fn(usize) -> (f64, f64),
) -> f64 {
    squares((x, a, b), tolerance).largest_part() * inverse
}

/// `Σ xᵢ²`.
#[inline(always)]
fn squares<S: Concrete>(
    (x, a, b): (&[S], &[S], &[S]),
    tolerance: impl Fn(usize) -> (f64, f64),
) -> S {
    let n = x.len();
    let (a, b) = (&a[..n], &b[..n]);
    let square = |i: usize| {
        let (atol, rtol) = tolerance(i);
        S::scaled_square(x[i], a[i], b[i], atol, rtol)
    };
    let mut sum = S::zero();
    let whole = if n < MANY { 0 } else { n / PARTS * PARTS };
    if whole > 0 {
        // In parts side by side: one after the other, each addition would wait for the one before.
        let mut sums = [S::zero(); PARTS];
        for i in (0..whole).step_by(PARTS) {
            for (k, sum) in sums.iter_mut().enumerate() {
                *sum += square(i + k);
            }
        }
        for part in sums {
            sum += part;
        }
    }
    for i in whole..n {
        sum += square(i);
    }
    sum
}

/// Components that are summed in parts, and the parts.
const MANY: usize = 32;
const PARTS: usize = 8;
