use super::newton::{Newton, Places};
use crate::by_cache::{by_cache, remembered_by_cache};
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
    by_cache!(F, B);
    remembered_by_cache!(B);
}

impl<B, W> ImplicitMidpointCache<B, W>
where
    B: Buffer<Item: Concrete + Field>,
{
    fn new<F: Jacobian<B::Item, Work = W>>(_: &ImplicitMidpoint, rhs: &F, u: &B) -> Self {
        let newton = Newton::new(rhs, u, None);
        let [z, f, f_next, end] = [u.zeros(), u.zeros(), u.zeros(), u.zeros()];
        Self { newton, z, f, f_next, end }
    }

    fn begin<F: Jacobian<B::Item, Work = W>>(
        &mut self,
        rhs: &F,
        t: f64,
        u: &B,
        p: &[B::Item],
    ) -> Result<(), Failure> {
        self.newton.restart();
        self.newton.evaluations += 1;
        rhs.eval(B::Item::from_f64(t), u.as_ref(), p, self.f.as_mut())
    }

    fn derivative(&self) -> &[B::Item] {
        self.f.as_ref()
    }

    fn attempt<F: Jacobian<B::Item, Work = W>>(
        &mut self,
        _: &ImplicitMidpoint,
        rhs: &F,
        step: &mut Step<'_, B>,
        norm: &mut ErrorNorm<'_>,
    ) -> Result<(), Failure> {
        let Self { newton, z, f, .. } = self;
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
                norm,
            )?;
            for ((y, &u), &z) in y.iter_mut().zip(u).zip(z.as_ref()) {
                *y = u + z.scale(2.0);
            }
            Ok(())
        })
    }

    fn accept<F: Jacobian<B::Item, Work = W>>(
        &mut self,
        _: &ImplicitMidpoint,
        rhs: &F,
        step: &Step<'_, B>,
    ) -> Result<(), Failure> {
        self.end.as_mut().copy_from_slice(step.u_next.as_ref());
        self.newton.evaluations += 1;
        let t = B::Item::from_f64(step.t_last);
        rhs.eval(t, step.u_next.as_ref(), step.p, self.f_next.as_mut())
    }

    fn dense(&self, _: &ImplicitMidpoint, interval: &Interval<'_, B>, dense: &mut Dense<B::Item>) {
        let ends = [interval.u.as_ref(), self.end.as_ref()];
        let slopes = [self.f.as_ref(), self.f_next.as_ref()];
        dense.hermite(interval.step.t, interval.step.dt, ends, slopes);
    }

    fn advance(&mut self) {
        std::mem::swap(&mut self.f, &mut self.f_next);
        self.newton.advance();
    }

    fn memory(&self, advanced: bool) -> Vec<B::Item> {
        let mut out = Vec::new();
        self.newton.write_memory(&mut out, advanced);
        out
    }

    fn restore(&mut self, mut memory: &[B::Item]) {
        self.newton.read_memory(&mut memory);
    }

    fn refusal(&self) -> Option<Refusal> {
        self.newton.refusal()
    }

    fn work(&self) -> Stats {
        self.newton.work()
    }
}
