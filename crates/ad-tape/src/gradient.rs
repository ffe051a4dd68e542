use crate::pool::Pool;
use crate::{Adjoints, Error, ErrorKind, Tape, Var};
use scalar::BranchScalar;

/// Value and gradient of `f` at `x`, by one recording and one sweep.
///
/// Allocates its tape; in a loop use a [`Recorder`]. If `f` cannot be recorded (it mixes in
/// variables of another tape, or needs more than 2³² − 1 nodes), all numbers returned are NaN; a
/// [`Recorder`] says why.
///
/// ```
/// use scalar::Scalar;
///
/// let (f, gradient) = ad_tape::gradient(|x| x[0].sin() * x[1], &[0.0, 3.0]);
/// assert_eq!((f, gradient), (0.0, vec![3.0, 0.0]));
/// ```
pub fn gradient(f: impl for<'t> Fn(&[Var<'t>]) -> Var<'t>, x: &[f64]) -> (f64, Vec<f64>) {
    let mut gradient = vec![f64::NAN; x.len()];
    let value = Recorder::new().gradient(f, x, &mut gradient);
    (value.unwrap_or(f64::NAN), gradient)
}

/// The memory for gradients of functions of a slice: the first call allocates, later ones of the
/// same size do not.
///
/// ```
/// use ad_tape::Recorder;
/// use scalar::Scalar;
///
/// // Descends along x² + y⁴.
/// let (mut recorder, mut x, mut gradient) = (Recorder::new(), [1.0, 1.0], [0.0; 2]);
/// for _ in 0..200 {
///     recorder.gradient(|x| x[0] * x[0] + x[1].powi(4), &x, &mut gradient)?;
///     for (x, g) in x.iter_mut().zip(gradient) {
///         *x -= 0.1 * g;
///     }
/// }
/// assert!(x[0].abs() < 1e-12 && x[1].abs() < 0.12);
/// # Ok::<(), ad_tape::Error>(())
/// ```
#[derive(Debug)]
pub struct Recorder<S = f64> {
    tape: Tape<S>,
    adjoints: Adjoints<S>,
    inputs: Pool<S>,
}

impl<S: BranchScalar> Default for Recorder<S> {
    fn default() -> Self {
        Self::new()
    }
}

impl<S: BranchScalar> Recorder<S> {
    /// Without any memory yet.
    pub fn new() -> Self {
        Self::on(Tape::new())
    }

    /// On a given tape, whose recording is overwritten: [`Tape::with_limit`] bounds the memory.
    pub fn on(tape: Tape<S>) -> Self {
        Self { tape, adjoints: Adjoints::new(), inputs: Pool::new(0) }
    }

    /// Writes `∂f/∂x` into `gradient`, as long as `x`, and returns `f(x)`.
    ///
    /// # Errors
    ///
    /// As [`Tape::pullback`], and if the lengths differ; `gradient` is then left as it was.
    pub fn gradient(
        &mut self,
        f: impl for<'t> FnOnce(&[Var<'t, S>]) -> Var<'t, S>,
        x: &[S],
        gradient: &mut [S],
    ) -> Result<S, Error> {
        if gradient.len() != x.len() {
            let (what, found, expected) = ("the gradient", gradient.len(), x.len());
            return Err(Error::new(ErrorKind::Lengths { what, found, expected }));
        }
        self.tape.clear();
        let mut inputs = self.inputs.take();
        self.tape.extend_vars(x, &mut inputs);
        self.tape.inputs_stand_in(&inputs);
        let output = f(&inputs);
        self.tape.inputs_stand_in(&[]);
        let value = output.value();
        let swept = self.tape.pullback(&[output], &[S::one()], &mut self.adjoints);
        self.inputs.give(inputs);
        swept?;
        // The inputs fill the first slots.
        if let Some(bars) = self.adjoints.range(0, x.len()) {
            gradient.copy_from_slice(bars);
        }
        Ok(value)
    }

    /// Bytes of memory that this holds on to: the tape's, the cotangents' and the inputs'.
    ///
    /// ```
    /// let (mut recorder, mut gradient) = (ad_tape::Recorder::new(), [0.0; 2]);
    /// let empty = recorder.bytes();
    /// recorder.gradient(|x| x[0] * x[1], &[2.0, 3.0], &mut gradient)?;
    /// assert!(recorder.bytes() >= empty + 3 * 8);
    /// # Ok::<(), ad_tape::Error>(())
    /// ```
    pub fn bytes(&self) -> usize {
        self.tape.bytes() + self.adjoints.bytes() + self.inputs.bytes()
    }
}
