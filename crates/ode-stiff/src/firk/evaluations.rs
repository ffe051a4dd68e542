use ode_core::Step;
use scalar::Scalar;
use system::{Buffer, Failure, Rhs};

/// The derivatives at both ends of a collocation step, the end itself, and how often the right-hand
/// side was evaluated.
#[derive(Debug)]
pub(super) struct Evaluations<B> {
    pub(super) f: B,
    pub(super) f_next: B,
    pub(super) end: B,
    /// A state at which `f` is evaluated.
    at: B,
    count: usize,
}

impl<B: Buffer<Item: Scalar>> Evaluations<B> {
    pub(super) fn new(u: &B) -> Self {
        Self { f: u.zeros(), f_next: u.zeros(), end: u.zeros(), at: u.zeros(), count: 0 }
    }

    /// `f` at the start of the first step.
    pub(super) fn begin<F: Rhs<B::Item>>(
        &mut self,
        rhs: &F,
        t: f64,
        u: &B,
        p: &[B::Item],
    ) -> Result<(), Failure> {
        self.count += 1;
        rhs.eval(B::Item::from_f64(t), u.as_ref(), p, self.f.as_mut())
    }

    /// `out = f(t, u + z)`.
    #[inline(always)]
    pub(super) fn stage<F: Rhs<B::Item>>(
        &mut self,
        rhs: &F,
        t: f64,
        u: &[B::Item],
        z: &[B::Item],
        p: &[B::Item],
        out: &mut [B::Item],
    ) -> Result<(), Failure> {
        let at = self.at.as_mut();
        for ((at, &u), &z) in at.iter_mut().zip(u).zip(z) {
            *at = u + z;
        }
        self.count += 1;
        rhs.eval(B::Item::from_f64(t), at, p, out)
    }

    /// The step is accepted: `f` at its end.
    pub(super) fn accept<F: Rhs<B::Item>>(
        &mut self,
        rhs: &F,
        step: &Step<'_, B>,
    ) -> Result<(), Failure> {
        self.end.as_mut().copy_from_slice(step.u_next.as_ref());
        self.count += 1;
        let t = B::Item::from_f64(step.t_last);
        rhs.eval(t, step.u_next.as_ref(), step.p, self.f_next.as_mut())
    }

    pub(super) fn advance(&mut self) {
        std::mem::swap(&mut self.f, &mut self.f_next);
    }

    pub(super) fn count(&self) -> usize {
        self.count
    }
}
