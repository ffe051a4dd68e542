//! Why a step could not be taken.

use super::Integrator;
use crate::{Algorithm, Error, ErrorKind, Norm, Refusal};
use scalar::{Concrete, Scalar};
use system::{Buffer, Failure, Rhs};

/// Why an attempt was rejected, other than for its error.
#[derive(Clone, Copy, Debug)]
pub(super) enum Trouble {
    NotFinite,
    Refused,
    Outside { index: usize },
}

impl<F: Rhs<B::Item>, A: Algorithm<F, B>, B: Buffer> Integrator<'_, F, A, B>
where
    B::Item: Concrete,
{
    pub(super) fn refused(&self, failure: &Failure) -> Error {
        ErrorKind::RightHandSide { t: self.t, reason: failure.to_string() }.into()
    }

    pub(super) fn non_finite(&self, t: f64, index: usize) -> Error {
        ErrorKind::NonFinite { t, component: self.name(index) }.into()
    }

    /// A time that the last step does not cover.
    pub(super) fn outside(&self, t: f64) -> Error {
        match self.before.dt == 0.0 {
            true => ErrorKind::NoStep { t }.into(),
            false => ErrorKind::OutsideSpan { t, t0: self.before.t, t1: self.t }.into(),
        }
    }

    /// What the method itself could not do.
    fn no_convergence(&self, dt: f64, refusal: Refusal) -> Error {
        let t = self.t;
        match refusal {
            Refusal::Singular { index } => {
                ErrorKind::SingularMatrix { t, component: self.name(index) }.into()
            }
            Refusal::Jacobian { row, column } => {
                let of = self.name(row);
                let is_time = column >= self.u.as_ref().len();
                let by = if is_time { "t".to_owned() } else { self.name(column) };
                ErrorKind::JacobianNotFinite { t, of, by }.into()
            }
            Refusal::Entry { row, column } => {
                let (of, by) = (self.name(row), self.name(column));
                ErrorKind::JacobianEntry { row, column, of, by }.into()
            }
            Refusal::NotConverged => ErrorKind::NotConverged { t, dt }.into(),
        }
    }

    fn name(&self, index: usize) -> String {
        self.rhs.names().swap_remove(index)
    }

    /// No step could be accepted: say why the last attempt failed.
    pub(super) fn stuck(&mut self, dt: f64, trouble: Option<Trouble>) -> Error {
        match trouble {
            None => ErrorKind::StepTooSmall { t: self.t, dt }.into(),
            Some(Trouble::Refused) => match self.algorithm.refusal(&self.cache) {
                Some(refusal) => self.no_convergence(dt, refusal),
                None => self.refused(&Failure::Recoverable),
            },
            Some(Trouble::Outside { index }) => {
                let (low, high) = self.options.domain.bounds(index);
                let component = self.name(index);
                ErrorKind::OutsideDomain { t: self.t, component, low, high }.into()
            }
            Some(Trouble::NotFinite) => {
                let bad = |u: &B::Item| !u.is_finite();
                let next = self.u_before.as_ref().iter().position(bad);
                let error = self.error.as_ref().iter().position(bad);
                // The stages spread a NaN over the components: a fresh derivative tells whose it is.
                let t = B::Item::from_f64(self.t + dt);
                self.stats.evaluations += 1;
                let fresh = self.rhs.eval(t, self.u.as_ref(), &self.p, self.error.as_mut());
                let culprit = fresh.ok().and_then(|()| self.error.as_ref().iter().position(bad));
                match culprit.or(next).or(error) {
                    None if matches!(self.options.norm, Norm::Custom(_)) => {
                        ErrorKind::Norm { t: self.t }.into()
                    }
                    index => self.non_finite(self.t, index.unwrap_or(0)),
                }
            }
        }
    }
}
