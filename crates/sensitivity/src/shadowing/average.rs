//! The instantaneous quantity, and its integral as one more state.

use crate::{Error, ErrorKind};
use ad_tape::Recorder;
use scalar::{Dependency, Scalar};
use system::System;

/// A quantity `g(t, u, p)` whose long-time average `⟨g⟩` is wanted, written once for every number type.
///
/// It may depend on the parameters directly. On time it may depend only where the model does, too: an
/// autonomous chaotic system forgets when it started.
///
/// ```
/// use scalar::Scalar;
/// use sensitivity::Average;
///
/// /// The kinetic energy of a particle of mass `p[0]` and velocity `u[1]`.
/// struct KineticEnergy;
///
/// impl Average for KineticEnergy {
///     fn at<S: Scalar>(&self, _t: S, u: &[S], p: &[S]) -> S {
///         (p[0] * u[1] * u[1]).scale(0.5)
///     }
/// }
/// ```
pub trait Average {
    /// The quantity at one time.
    fn at<S: Scalar>(&self, t: S, u: &[S], p: &[S]) -> S;
}

impl<G: Average> Average for &G {
    fn at<S: Scalar>(&self, t: S, u: &[S], p: &[S]) -> S {
        (**self).at(t, u, p)
    }
}

/// The model with one more state `q' = g(t, u, p)` behind the others: what integrates `u` also
/// integrates `g`, and what differentiates `u` differentiates the integral, to the order of the method.
pub(super) struct Averaged<'a, F, G> {
    pub(super) system: &'a F,
    pub(super) average: &'a G,
    /// Whether all times count; samples are added by those who step.
    pub(super) integrates: bool,
}

impl<F: System, G: Average> System for Averaged<'_, F, G> {
    fn dim(&self) -> usize {
        self.system.dim() + 1
    }
    fn num_params(&self) -> usize {
        self.system.num_params()
    }
    fn rhs<S: Scalar>(&self, t: S, u: &[S], p: &[S], du: &mut [S]) {
        let n = self.system.dim();
        let (Some(u), Some((du, [dq]))) = (u.get(..n), du.split_at_mut_checked(n)) else {
            return system::wrong_lengths(du);
        };
        self.system.rhs(t, u, p, du);
        *dq = if self.integrates { self.average.at(t, u, p) } else { S::zero() };
    }
}

/// Value and derivatives of the quantity, point by point.
pub(super) struct Slopes<'a, G> {
    average: &'a G,
    recorder: Recorder,
    n: usize,
    /// `u`, then `p`.
    inputs: Vec<f64>,
    gradient: Vec<f64>,
}

impl<'a, G: Average> Slopes<'a, G> {
    pub(super) fn new(average: &'a G, n: usize, p: &[f64]) -> Self {
        let mut inputs = vec![0.0; n + p.len()];
        inputs[n..].copy_from_slice(p);
        let gradient = vec![0.0; n + p.len()];
        Self { average, recorder: Recorder::new(), n, inputs, gradient }
    }

    /// `g`, `∂g/∂u`, `∂g/∂p`.
    pub(super) fn at(&mut self, t: f64, u: &[f64]) -> Result<(f64, &[f64], &[f64]), Error> {
        let (n, average) = (self.n, self.average);
        self.inputs[..n].copy_from_slice(u);
        let value = self.recorder.gradient(
            |x| average.at(Scalar::from_f64(t), &x[..n], &x[n..]),
            &self.inputs,
            &mut self.gradient,
        )?;
        let is_finite = value.is_finite() && self.gradient.iter().all(|slope| slope.is_finite());
        if !is_finite {
            return Err(ErrorKind::AverageNotFinite { t }.into());
        }
        let (by_u, by_p) = self.gradient.split_at(n);
        Ok((value, by_u, by_p))
    }
}

/// Whether the quantity reads the time, by tracing.
pub(super) fn reads_time(average: &impl Average, n: usize, num_params: usize) -> bool {
    let (u, p) = (vec![Dependency::default(); n], vec![Dependency::default(); num_params]);
    average.at(Dependency::input(0), &u, &p).depends_on(0)
}
