use super::newton::{Newton, Places};
use crate::iteration_matrix::Trouble;
use linalg::Field;
use ode_core::{Algorithm, Dense, ErrorNorm, Interval, Refusal, Stats, Step};
use scalar::{Concrete, Scalar};
use system::{Buffer, Failure, Jacobian};

/// The implicit midpoint rule: second order, A-stable, symplectic, symmetric, for fixed steps.
///
/// ```text
/// Y = u + dt/2 f(t + dt/2, Y),    u_next = u + dt f(t + dt/2, Y) = 2 Y - u
/// ```
///
/// It keeps every quadratic invariant. So that this is true in practice, its equation is solved until
/// nothing but rounding is left, whatever the tolerances are; invariants then change by rounding alone.
/// Nothing is damped: `R(∞) = -1`. Its interpolant is Hermite's cubic.
///
/// ```
/// use ode_core::{OdeProblem, Options, StepSize, solve};
/// use ode_stiff::ImplicitMidpoint;
///
/// system::system! {
///     struct Pendulum;
///     state { angle, speed }
///     params { }
///     rhs(_t) {
///         d(angle) = speed;
///         d(speed) = -angle;
///     }
/// }
///
/// let problem = OdeProblem::new(Pendulum, [1.0, 0.0], [], (0.0, 1000.0))?;
/// let options = Options { step: StepSize::Fixed(0.1), ..Options::default() };
/// let [angle, speed] = *solve(&problem, ImplicitMidpoint, &options)?.last() else { unreachable!() };
/// assert!((angle * angle + speed * speed - 1.0).abs() < 1e-12);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # References
///
/// Hairer, Lubich, Wanner, *Geometric Numerical Integration*, IV.2.1 and VI.4.
#[derive(Clone, Copy, Debug, Default)]
pub struct ImplicitMidpoint;

/// Memory of the implicit midpoint rule.
#[derive(Debug)]
pub struct ImplicitMidpointCache<B: Buffer<Item: Field>, W> {
    newton: Newton<B, W>,
    /// Half the step, and `f` at both ends.
    z: B,
    f: B,
    f_next: B,
    end: B,
}

impl<F, B> Algorithm<F, B> for ImplicitMidpoint
where
    F: Jacobian<B::Item>,
    B: Buffer<Item: Concrete + Field>,
{
    type Cache = ImplicitMidpointCache<B, F::Work>;

    fn name(&self) -> &'static str {
        "ImplicitMidpoint"
    }
    fn order(&self) -> u32 {
        2
    }
    fn is_adaptive(&self) -> bool {
        false
    }
    fn cache(&self, rhs: &F, u: &B) -> Self::Cache {
        let newton = Newton::new(rhs, u);
        let [z, f, f_next, end] = [u.zeros(), u.zeros(), u.zeros(), u.zeros()];
        ImplicitMidpointCache { newton, z, f, f_next, end }
    }
    fn begin(
        &self,
        rhs: &F,
        t: f64,
        u: &B,
        p: &[B::Item],
        cache: &mut Self::Cache,
    ) -> Result<(), Failure> {
        cache.newton.restart();
        cache.newton.evaluations += 1;
        rhs.eval(B::Item::from_f64(t), u.as_ref(), p, cache.f.as_mut())
    }
    fn derivative<'c>(&self, cache: &'c Self::Cache) -> &'c [B::Item] {
        cache.f.as_ref()
    }
    fn attempt(
        &self,
        rhs: &F,
        step: &mut Step<'_, B>,
        _norm: &mut ErrorNorm<'_>,
        cache: &mut Self::Cache,
    ) -> Result<(), Failure> {
        let ImplicitMidpointCache { newton, z, f, .. } = cache;
        let (h, u, p) = (0.5 * step.dt, step.u.as_ref(), step.p);
        let y = step.u_next.as_mut();
        newton.attempt(rhs, (step.t_first, u, p), h, |newton| -> Result<(), Trouble> {
            for (z, f) in z.as_mut().iter_mut().zip(f.as_ref()) {
                *z = f.scale(h);
            }
            newton.solve_to_rounding(
                rhs,
                (step.t + h, p),
                Places { base: u, z: z.as_mut(), y: &mut *y },
            )?;
            for ((y, &u), &z) in y.iter_mut().zip(u).zip(z.as_ref()) {
                *y = u + z.scale(2.0);
            }
            Ok(())
        })
    }
    fn accept(
        &self,
        rhs: &F,
        step: &mut Step<'_, B>,
        cache: &mut Self::Cache,
    ) -> Result<(), Failure> {
        cache.end.as_mut().copy_from_slice(step.u_next.as_ref());
        cache.newton.evaluations += 1;
        let t = B::Item::from_f64(step.t_last);
        rhs.eval(t, step.u_next.as_ref(), step.p, cache.f_next.as_mut())
    }
    fn dense(
        &self,
        _rhs: &F,
        interval: &Interval<'_, B>,
        _scratch: &mut B,
        cache: &mut Self::Cache,
        dense: &mut Dense<B::Item>,
    ) -> Result<(), Failure> {
        let ends = [interval.u.as_ref(), cache.end.as_ref()];
        let slopes = [cache.f.as_ref(), cache.f_next.as_ref()];
        dense.hermite(interval.step.t, interval.step.dt, ends, slopes);
        Ok(())
    }
    fn advance(&self, cache: &mut Self::Cache) {
        std::mem::swap(&mut cache.f, &mut cache.f_next);
        cache.newton.advance();
    }
    fn memory(&self, cache: &Self::Cache, advanced: bool) -> Vec<B::Item> {
        let mut out = Vec::new();
        cache.newton.write_memory(&mut out, advanced);
        out
    }
    fn restore(&self, cache: &mut Self::Cache, mut memory: &[B::Item]) {
        cache.newton.read_memory(&mut memory);
    }
    fn refusal(&self, cache: &Self::Cache) -> Option<Refusal> {
        cache.newton.refusal()
    }
    fn work(&self, cache: &Self::Cache) -> Stats {
        cache.newton.work()
    }
}
