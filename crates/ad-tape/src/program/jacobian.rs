use super::{Program, Work, check, finite};
use crate::Error;
use scalar::{Dual, Lanes, Scalar};

/// Tangents carried per sweep forward, cotangents per sweep backward.
pub(super) const CHUNK: usize = 4;

pub(super) type Tangents = Dual<f64, CHUNK>;
pub(super) type Cotangents = Lanes<CHUNK>;

/// The memory of [`Program::jacobian`], which says in which direction it sweeps.
#[derive(Clone, Debug)]
pub struct JacobianWork(Way);

/// ⌈inputs / 4⌉ replays forward with four tangents; or one replay forward, and ⌈outputs / 4⌉ backward
/// with four cotangents.
#[derive(Clone, Debug)]
pub(super) enum Way {
    Forward(Sweep<Tangents>),
    Reverse(Sweep<Cotangents>),
}

impl JacobianWork {
    /// Whether it sweeps forward.
    pub fn is_forward(&self) -> bool {
        matches!(self.0, Way::Forward(_))
    }
}

/// Replays of several columns or rows at once.
#[derive(Clone, Debug)]
pub(super) struct Sweep<S> {
    pub(super) work: Work<S>,
    pub(super) x: Vec<S>,
    pub(super) y: Vec<S>,
    pub(super) x_bar: Vec<S>,
}

impl<S: super::Replay> Sweep<S> {
    pub(super) fn new(program: &Program) -> Self {
        let (x, y) = (vec![S::zero(); program.inputs()], vec![S::zero(); program.outputs()]);
        Self { work: program.work(), x_bar: x.clone(), x, y }
    }
}

impl Sweep<Tangents> {
    /// The outputs at `x`, where input `j` is tangent `seed(j)`, if there is such a tangent.
    pub(super) fn forward(
        &mut self,
        program: &Program,
        x: &[f64],
        seed: impl Fn(usize) -> usize,
    ) -> Result<&[Tangents], Error> {
        for (j, (lifted, &x)) in self.x.iter_mut().zip(x).enumerate() {
            *lifted = Dual::variable(x, seed(j));
        }
        program.forward(&self.x, &mut self.y, &mut self.work)?;
        Ok(&self.y)
    }
}

impl Sweep<Cotangents> {
    pub(super) fn values(&mut self, program: &Program, x: &[f64]) -> Result<(), Error> {
        for (lifted, &x) in self.x.iter_mut().zip(x) {
            *lifted = Lanes([x; CHUNK]);
        }
        program.forward(&self.x, &mut self.y, &mut self.work)
    }

    /// The cotangents of the inputs, where output `i` is seeded in lane `seed(i)`, if there is one.
    pub(super) fn reverse(
        &mut self,
        program: &Program,
        seed: impl Fn(usize) -> usize,
    ) -> Result<&[Cotangents], Error> {
        for (i, y_bar) in self.y.iter_mut().enumerate() {
            *y_bar = Lanes([0.0; CHUNK]);
            if let Some(lane) = y_bar.0.get_mut(seed(i)) {
                *lane = 1.0;
            }
        }
        self.x_bar.fill(Lanes::zero());
        program.reverse(&self.y, &mut self.x_bar, &mut self.work)?;
        Ok(&self.x_bar)
    }
}

impl Program {
    /// Memory for [`jacobian`](Program::jacobian): sweeps go forward if there are no more inputs than
    /// outputs, and backward otherwise.
    pub fn jacobian_work(&self) -> JacobianWork {
        match self.inputs() <= self.outputs() {
            true => JacobianWork(Way::Forward(Sweep::new(self))),
            false => JacobianWork(Way::Reverse(Sweep::new(self))),
        }
    }

    /// Writes `∂y/∂x` at `x` into `jac`, row by row, `outputs × inputs`.
    ///
    /// ```
    /// use ad_tape::Program;
    ///
    /// let program = Program::record(3, |x| vec![x[0] * x[1], x[1] * x[2]])?;
    /// let mut jac = [0.0; 6];
    /// program.jacobian(&[2.0, 3.0, 5.0], &mut jac, &mut program.jacobian_work())?;
    /// assert_eq!(jac, [3.0, 2.0, 0.0, 0.0, 5.0, 3.0]);
    /// # Ok::<(), ad_tape::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If a length does not fit, `work` is that of another program, or an entry is not finite.
    pub fn jacobian(
        &self,
        x: &[f64],
        jac: &mut [f64],
        work: &mut JacobianWork,
    ) -> Result<(), Error> {
        let (m, n) = (self.outputs(), self.inputs());
        check("the inputs", x.len(), n)?;
        check("the Jacobian", jac.len(), m.saturating_mul(n))?;
        match &mut work.0 {
            Way::Forward(sweep) => {
                for first in (0..n).step_by(CHUNK) {
                    let y = sweep.forward(self, x, |j| j.wrapping_sub(first))?;
                    for (row, y) in jac.chunks_exact_mut(n).zip(y) {
                        for (entry, &tangent) in row[first..].iter_mut().zip(&y.eps) {
                            *entry = tangent;
                        }
                    }
                }
            }
            Way::Reverse(sweep) => {
                sweep.values(self, x)?;
                for first in (0..m).step_by(CHUNK) {
                    let x_bar = sweep.reverse(self, |i| i.wrapping_sub(first))?;
                    for (k, row) in jac.chunks_exact_mut(n).skip(first).take(CHUNK).enumerate() {
                        for (entry, bar) in row.iter_mut().zip(x_bar) {
                            *entry = bar.0[k];
                        }
                    }
                }
            }
        }
        finite("the Jacobian", jac)
    }
}
