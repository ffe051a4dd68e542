//! What is minimised.

/// A function of `dim` numbers with its gradient.
///
/// **A failed evaluation** (a solve that blew up, a logarithm of a negative number) is reported by
/// returning NaN or an infinity. A finite value with a non-finite gradient counts as failed too, and
/// so does a gradient whose sum of squares overflows. Minimisers back off from such points; they
/// never crash on them and never return them.
///
/// ```
/// use optimize::Objective;
///
/// /// f(x) = ½ Σ (x_i - 1)².
/// struct Bowl(usize);
///
/// impl Objective for Bowl {
///     fn dim(&self) -> usize {
///         self.0
///     }
///     fn value_gradient(&mut self, x: &[f64], gradient: &mut [f64]) -> f64 {
///         for (g, x) in gradient.iter_mut().zip(x) {
///             *g = x - 1.0;
///         }
///         gradient.iter().map(|g| 0.5 * g * g).sum()
///     }
/// }
/// assert_eq!(Bowl(2).value(&[0.0, 0.0]), 1.0);
/// ```
pub trait Objective {
    /// Number of variables; the length of `x` and `gradient` in every call.
    fn dim(&self) -> usize;

    /// The value at `x`; writes **every** entry of `gradient` (its old content is arbitrary).
    fn value_gradient(&mut self, x: &[f64], gradient: &mut [f64]) -> f64;

    /// The value alone.
    ///
    /// The default computes the gradient too and throws it away (one allocation of `dim` numbers).
    /// Override it when the value alone is cheaper.
    fn value(&mut self, x: &[f64]) -> f64 {
        let mut gradient = vec![0.0; self.dim()];
        self.value_gradient(x, &mut gradient)
    }
}

impl<O: Objective + ?Sized> Objective for &mut O {
    fn dim(&self) -> usize {
        (**self).dim()
    }

    fn value_gradient(&mut self, x: &[f64], gradient: &mut [f64]) -> f64 {
        (**self).value_gradient(x, gradient)
    }

    fn value(&mut self, x: &[f64]) -> f64 {
        (**self).value(x)
    }
}

/// An [`Objective`] from a closure `(x, gradient) -> value`.
///
/// ```
/// use optimize::{FromFn, Objective};
///
/// let mut square = FromFn::new(1, |x: &[f64], g: &mut [f64]| {
///     g[0] = 2.0 * x[0];
///     x[0] * x[0]
/// });
/// assert_eq!(square.value(&[3.0]), 9.0);
/// ```
#[derive(Clone, Debug)]
pub struct FromFn<F> {
    dim: usize,
    function: F,
}

impl<F: FnMut(&[f64], &mut [f64]) -> f64> FromFn<F> {
    /// An objective of `dim` variables. The closure has the contract of
    /// [`Objective::value_gradient`].
    pub fn new(dim: usize, function: F) -> Self {
        FromFn { dim, function }
    }
}

impl<F: FnMut(&[f64], &mut [f64]) -> f64> Objective for FromFn<F> {
    fn dim(&self) -> usize {
        self.dim
    }

    fn value_gradient(&mut self, x: &[f64], gradient: &mut [f64]) -> f64 {
        (self.function)(x, gradient)
    }
}
