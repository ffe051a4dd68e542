use crate::{Algorithm, Dense, ErrorNorm, Interval, Stats, Step, Taken};
use scalar::{Concrete, Scalar};
use system::{Buffer, Failure, Rhs};

/// The reversible Heun method: second order, one evaluation per step, algebraically reversible.
///
/// Beside the state `u` it carries a second one, `v`, with `v₀ = u₀`:
///
/// ```text
/// vₙ₊₁ = 2 uₙ - vₙ + dt f(tₙ, vₙ)
/// uₙ₊₁ = uₙ + dt (f(tₙ, vₙ) + f(tₙ₊₁, vₙ₊₁)) / 2
/// ```
///
/// The same formulas with `-dt` lead from `(uₙ₊₁, vₙ₊₁)` back to `(uₙ, vₙ)`, exactly up to rounding:
/// an adjoint can walk back through the very same steps and store none of them. Estimates its error
/// by the difference to Euler's method, `dt (f(tₙ₊₁, vₙ₊₁) - f(tₙ, vₙ)) / 2`.
///
/// **Not for damped or stiff problems over long times**: the linear stability region is the segment
/// `[-i, i]` of the imaginary axis, so that `u - v` grows where solutions decay. At a declared stop,
/// and where the state is edited, it starts anew with `v = u`. Dense output is the cubic through both
/// ends with the slopes `f(t, v)`: second order.
///
/// ```
/// use ode_core::{OdeProblem, Options, ReversibleHeun, solve};
///
/// system::system! {
///     struct Oscillator;
///     state { x, v }
///     params {}
///     rhs(_t) {
///         d(x) = v;
///         d(v) = -x;
///     }
/// }
/// let problem = OdeProblem::new(Oscillator, [1.0, 0.0], [], (0.0, 1.0))?;
/// let solution = solve(&problem, ReversibleHeun, &Options::default())?;
/// assert!((solution.last()[0] - 1f64.cos()).abs() < 1e-4);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # References
///
/// P. Kidger, J. Foster, X. Li, T. Lyons, *Efficient and accurate gradients for neural SDEs*, NeurIPS
/// 34 (2021) 18747–18761, Algorithm 1.
#[derive(Clone, Copy, Debug, Default)]
pub struct ReversibleHeun;

/// Memory of [`ReversibleHeun`].
#[derive(Clone, Debug)]
pub struct ReversibleHeunCache<B> {
    v: B,
    v_next: B,
    /// `f(t, v)` at the start and at the end of the step.
    f: B,
    f_next: B,
    /// The state at the end of the step last accepted.
    end: B,
    evaluations: usize,
}

impl<B> ReversibleHeunCache<B> {
    /// The second state, at the start of the next step.
    pub fn v(&self) -> &B {
        &self.v
    }
}

impl<F: Rhs<B::Item>, B: Buffer> Algorithm<F, B> for ReversibleHeun {
    type Cache = ReversibleHeunCache<B>;

    fn name(&self) -> &'static str {
        "ReversibleHeun"
    }

    fn order(&self) -> u32 {
        2
    }

    fn is_adaptive(&self) -> bool {
        true
    }

    fn cache(&self, _rhs: &F, u: &B) -> Self::Cache {
        let zeros = || u.zeros();
        ReversibleHeunCache {
            v: u.clone(),
            v_next: zeros(),
            f: zeros(),
            f_next: zeros(),
            end: zeros(),
            evaluations: 0,
        }
    }

    fn begin(
        &self,
        rhs: &F,
        t: f64,
        u: &B,
        p: &[B::Item],
        cache: &mut Self::Cache,
    ) -> Result<(), Failure> {
        cache.v.as_mut().copy_from_slice(u.as_ref());
        cache.evaluations += 1;
        rhs.eval(B::Item::from_f64(t), u.as_ref(), p, cache.f.as_mut())
    }

    /// `f(t, v)`, which is within `O(dt²)` of `f(t, u)`.
    fn derivative<'c>(&self, cache: &'c Self::Cache) -> &'c [B::Item] {
        cache.f.as_ref()
    }

    #[inline]
    fn attempt(
        &self,
        rhs: &F,
        step: &mut Step<'_, B>,
        _norm: &mut ErrorNorm<'_>,
        cache: &mut Self::Cache,
    ) -> Result<(), Failure>
    where
        B::Item: Concrete,
    {
        let ReversibleHeunCache { v, v_next, f, f_next, evaluations, .. } = cache;
        let (u, v, f) = (step.u.as_ref(), v.as_ref(), f.as_ref());
        for (i, v_next) in v_next.as_mut().iter_mut().enumerate() {
            *v_next = u[i].scale(2.0) - v[i] + f[i].scale(step.dt);
        }
        *evaluations += 1;
        let t = B::Item::from_f64(step.t_last);
        rhs.eval(t, v_next.as_ref(), step.p, f_next.as_mut())?;
        let (half, f_next) = (0.5 * step.dt, f_next.as_ref());
        for (i, u_next) in step.u_next.as_mut().iter_mut().enumerate() {
            *u_next = u[i] + (f[i] + f_next[i]).scale(half);
        }
        for (i, error) in step.error.as_mut().iter_mut().enumerate() {
            *error = (f_next[i] - f[i]).scale(half);
        }
        Ok(())
    }

    fn accept(
        &self,
        _rhs: &F,
        step: &mut Step<'_, B>,
        cache: &mut Self::Cache,
    ) -> Result<(), Failure> {
        cache.end.as_mut().copy_from_slice(step.u_next.as_ref());
        Ok(())
    }

    fn dense(
        &self,
        _rhs: &F,
        interval: &Interval<'_, B>,
        _scratch: &mut B,
        cache: &mut Self::Cache,
        dense: &mut Dense<B::Item>,
    ) -> Result<(), Failure> {
        let Taken { t, dt, .. } = interval.step;
        let u = [interval.u.as_ref(), cache.end.as_ref()];
        dense.hermite(t, dt, u, [cache.f.as_ref(), cache.f_next.as_ref()]);
        Ok(())
    }

    #[inline]
    fn advance(&self, cache: &mut Self::Cache) {
        std::mem::swap(&mut cache.v, &mut cache.v_next);
        std::mem::swap(&mut cache.f, &mut cache.f_next);
    }

    /// `v` and `f(t, v)` at the start of the next step.
    fn memory(&self, cache: &Self::Cache, advanced: bool) -> Vec<B::Item> {
        let (v, f) = if advanced { (&cache.v, &cache.f) } else { (&cache.v_next, &cache.f_next) };
        [v.as_ref(), f.as_ref()].concat()
    }

    fn restore(&self, cache: &mut Self::Cache, memory: &[B::Item]) {
        let n = cache.v.as_ref().len();
        if memory.len() == 2 * n {
            cache.v.as_mut().copy_from_slice(&memory[..n]);
            cache.f.as_mut().copy_from_slice(&memory[n..]);
        }
    }

    fn work(&self, cache: &Self::Cache) -> Stats {
        Stats { evaluations: cache.evaluations, ..Stats::default() }
    }
}
