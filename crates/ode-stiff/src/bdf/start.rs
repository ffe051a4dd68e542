use super::newton::Newton;
use super::words::{self, Reader};
use crate::initialization::{self, Constraints};
use linalg::Field;
use ode_core::Step;
use scalar::{Concrete, Scalar};
use system::{Buffer, Failure, Jacobian};

/// The derivative at the start of a step.
#[derive(Debug)]
pub(super) struct Start<B> {
    f: B,
    /// Whether `f` is `u'`, and not the right-hand side of `M u' = f`.
    is_derivative: bool,
}

impl<B: Buffer<Item: Concrete + Field>> Start<B> {
    pub(super) fn new(u: &B) -> Self {
        Self { f: u.zeros(), is_derivative: false }
    }

    pub(super) fn evaluate<F: Jacobian<B::Item>>(
        &mut self,
        newton: &mut Newton<B, F::Work>,
        rhs: &F,
        t: f64,
        (u, p): (&[B::Item], &[B::Item]),
    ) -> Result<(), Failure> {
        self.is_derivative = rhs.mass().is_none();
        newton.evaluate(rhs, t, u, p, self.f.as_mut())
    }

    /// `rise = u' dt`, from what was evaluated.
    pub(super) fn rise<F: Jacobian<B::Item>>(
        &mut self,
        constraints: Option<&mut Constraints<B::Item, F::Work>>,
        rhs: &F,
        step: &Step<'_, B>,
        rise: &mut [B::Item],
    ) -> Result<(), Failure> {
        if let (false, Some(constraints)) = (self.is_derivative, constraints) {
            let at = (step.t_first, step.u.as_ref(), step.p);
            initialization::slope(constraints, rhs, at, self.f.as_mut())?;
            self.is_derivative = true;
        }
        for (rise, f) in rise.iter_mut().zip(self.f.as_ref()) {
            *rise = f.scale(step.dt);
        }
        Ok(())
    }

    pub(super) fn derivative(&self) -> &[B::Item] {
        self.f.as_ref()
    }

    pub(super) fn derivative_mut(&mut self) -> &mut [B::Item] {
        self.f.as_mut()
    }

    pub(super) fn memory(&self, memory: &mut Vec<B::Item>) {
        words::write(memory, u64::from(self.is_derivative));
        memory.extend_from_slice(self.f.as_ref());
    }

    pub(super) fn restore(&mut self, memory: &mut Reader<'_, B::Item>) {
        self.is_derivative = memory.flag();
        memory.numbers(self.f.as_mut());
    }
}
