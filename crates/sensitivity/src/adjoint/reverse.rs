//! What a step over numbers `S` is pulled back through.

use ad_tape::Vjp;
use system::Failure;

/// The products of a right-hand side with its transposed Jacobians, as [`Vjp`] has them, over any number
/// type: duals for second derivatives.
pub(crate) trait Reverse<S> {
    /// Memory of one evaluation; a clone serves for another one.
    type Record: Clone;

    /// Whether the stages of a step are kept and recorded one by one on the way back, in place of the
    /// recordings of all of them.
    const BY_STAGE: bool = false;

    fn record(&self) -> Self::Record;

    /// `f(t, u; p)`, without a memory of it.
    fn eval(&self, t: f64, u: &[S], p: &[S], du: &mut [S]) -> Result<(), Failure>;

    /// `f(t, u; p)`, to be pulled back.
    fn forward(
        &self,
        t: f64,
        u: &[S],
        p: &[S],
        du: &mut [S],
        record: &mut Self::Record,
    ) -> Result<(), Failure>;

    /// Adds to the cotangents of `u` and `p` at the recorded point.
    fn backward(&self, record: &mut Self::Record, du_bar: &[S], u_bar: &mut [S], p_bar: &mut [S]);

    /// Both, where the value is not wanted.
    fn pull_back(
        &self,
        point: (f64, &[S], &[S]),
        du_bar: &[S],
        bars: (&mut [S], &mut [S]),
        record: &mut Self::Record,
    ) -> Result<(), Failure>;
}

/// First derivatives, by the right-hand side's own products.
pub(crate) struct First<'a, F>(pub(crate) &'a F);

impl<F: Vjp> Reverse<f64> for First<'_, F> {
    type Record = F::Record;

    fn record(&self) -> F::Record {
        self.0.record()
    }
    fn eval(&self, t: f64, u: &[f64], p: &[f64], du: &mut [f64]) -> Result<(), Failure> {
        self.0.eval(t, u, p, du)
    }
    #[inline]
    fn forward(
        &self,
        t: f64,
        u: &[f64],
        p: &[f64],
        du: &mut [f64],
        record: &mut F::Record,
    ) -> Result<(), Failure> {
        self.0.forward(t, u, p, du, record)
    }
    #[inline]
    fn backward(
        &self,
        record: &mut F::Record,
        du_bar: &[f64],
        u_bar: &mut [f64],
        p_bar: &mut [f64],
    ) {
        self.0.backward(record, du_bar, u_bar, p_bar);
    }
    #[inline]
    fn pull_back(
        &self,
        (t, u, p): (f64, &[f64], &[f64]),
        du_bar: &[f64],
        bars: (&mut [f64], &mut [f64]),
        record: &mut F::Record,
    ) -> Result<(), Failure> {
        self.0.pull_back(t, u, p, du_bar, bars, record)
    }
}

/// The same products, one stage after the other.
pub(crate) struct ByStage<R>(pub(crate) R);

impl<S, R: Reverse<S>> Reverse<S> for ByStage<R> {
    type Record = R::Record;
    const BY_STAGE: bool = true;

    fn record(&self) -> R::Record {
        self.0.record()
    }
    fn eval(&self, t: f64, u: &[S], p: &[S], du: &mut [S]) -> Result<(), Failure> {
        self.0.eval(t, u, p, du)
    }
    fn forward(
        &self,
        t: f64,
        u: &[S],
        p: &[S],
        du: &mut [S],
        record: &mut R::Record,
    ) -> Result<(), Failure> {
        self.0.forward(t, u, p, du, record)
    }
    fn backward(&self, record: &mut R::Record, du_bar: &[S], u_bar: &mut [S], p_bar: &mut [S]) {
        self.0.backward(record, du_bar, u_bar, p_bar);
    }
    fn pull_back(
        &self,
        point: (f64, &[S], &[S]),
        du_bar: &[S],
        bars: (&mut [S], &mut [S]),
        record: &mut R::Record,
    ) -> Result<(), Failure> {
        self.0.pull_back(point, du_bar, bars, record)
    }
}
