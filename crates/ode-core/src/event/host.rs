use crate::{Algorithm, Error, Integrator, Taken};
use scalar::Concrete;
use system::{Buffer, Rhs};

/// What events need of a solve in progress. They are handled between steps, where a virtual call
/// costs nothing.
pub(super) trait Host<S> {
    fn t(&self) -> f64;
    fn u(&self) -> &[S];
    fn p(&self) -> &[S];
    fn last_step(&self) -> Taken;
    fn covers(&self, t: f64) -> bool;
    fn interpolate(&mut self, t: f64, u: &mut [S]) -> Result<(), Error>;
    fn state_at(&mut self, t: f64, u: &mut [S]) -> Result<(), Error>;
    fn rewind(&mut self, t: f64) -> Result<(), Error>;
    fn settle(&mut self) -> bool;
    /// Whether the right-hand side is `M u'` and not `u'`.
    fn has_mass(&self) -> bool;
    fn set(&mut self, u: &[S], p: &[S]);
    fn correct(&mut self, u: &[S]);
    fn add_stop(&mut self, t: f64) -> Result<(), Error>;
    fn jumps_ahead(&self) -> bool;
    fn evaluate(&mut self, t: S, u: &[S], p: &[S], du: &mut [S]) -> Result<(), Error>;
    /// `u'`, which is not what `evaluate` gives where there is a mass matrix.
    fn slope(&mut self, t: S, u: &[S], p: &[S], du: &mut [S]) -> Result<(), Error>;
}

impl<F: Rhs<B::Item>, A: Algorithm<F, B>, B: Buffer> Host<B::Item> for Integrator<'_, F, A, B>
where
    B::Item: Concrete,
{
    fn t(&self) -> f64 {
        self.t()
    }
    fn u(&self) -> &[B::Item] {
        self.u()
    }
    fn p(&self) -> &[B::Item] {
        self.p()
    }
    fn last_step(&self) -> Taken {
        self.last_step()
    }
    fn covers(&self, t: f64) -> bool {
        self.covers(t)
    }
    fn interpolate(&mut self, t: f64, u: &mut [B::Item]) -> Result<(), Error> {
        self.interpolate(t, u)
    }
    fn state_at(&mut self, t: f64, u: &mut [B::Item]) -> Result<(), Error> {
        self.state_at(t, u)
    }
    fn rewind(&mut self, t: f64) -> Result<(), Error> {
        self.rewind(t)
    }
    fn has_mass(&self) -> bool {
        self.has_mass()
    }
    fn settle(&mut self) -> bool {
        self.settle()
    }
    fn set(&mut self, u: &[B::Item], p: &[B::Item]) {
        self.replace(u, p);
    }
    fn correct(&mut self, u: &[B::Item]) {
        self.correct(u);
    }
    fn add_stop(&mut self, t: f64) -> Result<(), Error> {
        self.add_stop(t)
    }
    fn jumps_ahead(&self) -> bool {
        self.jumps_ahead()
    }
    fn evaluate(
        &mut self,
        t: B::Item,
        u: &[B::Item],
        p: &[B::Item],
        du: &mut [B::Item],
    ) -> Result<(), Error> {
        self.evaluate(t, u, p, du)
    }
    fn slope(
        &mut self,
        t: B::Item,
        u: &[B::Item],
        p: &[B::Item],
        du: &mut [B::Item],
    ) -> Result<(), Error> {
        self.slope(t, u, p, du)
    }
}
