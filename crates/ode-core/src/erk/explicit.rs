use super::kernel::{padded, sum, sum_blocks};
use super::stages::{polynomial, stages, stages_in_a_loop};
use super::stiffness::spectral_radius;
use super::tableau::{near, sum as total};
use super::{ErkTableau, InterpolantWeights};
use crate::{Algorithm, Dense, ErrorNorm, Interval, Stats, Step, Taken};
use scalar::{Concrete, Scalar};
use system::{Buffer, Failure, Rhs};

/// An explicit Runge–Kutta method is its tableau; everything else follows.
///
/// ```
/// use ode_core::{ErkTableau, ExplicitRk, Interpolant, OdeProblem, Options, StepSize, solve};
///
/// /// Kutta's third-order method.
/// #[derive(Clone, Debug)]
/// struct Kutta3;
///
/// impl ExplicitRk for Kutta3 {
///     const NAME: &'static str = "Kutta3";
///     const TABLEAU: ErkTableau = KUTTA3;
/// }
///
/// const KUTTA3: ErkTableau = ErkTableau {
///     order: 3,
///     c: &[0.5, 1.0],
///     a: &[&[0.5], &[-1.0, 2.0]],
///     b: &[1.0 / 6.0, 2.0 / 3.0, 1.0 / 6.0],
///     e: &[],
///     interpolant: Interpolant::Hermite,
/// }
/// .checked();
///
/// # system::system! { struct Decay; state { u } params {} rhs(_t) { d(u) = -u; } }
/// let problem = OdeProblem::new(Decay, [1.0], [], (0.0, 1.0))?;
/// let options = Options { step: StepSize::Fixed(0.01), ..Options::default() };
/// let end = solve(&problem, Kutta3, &options)?.last()[0];
/// assert!((end - (-1f64).exp()).abs() < 1e-7);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A tableau that is not consistent is refused when a solve with it is compiled, `checked` or not:
///
/// ```compile_fail,E0080
/// use ode_core::{ErkTableau, ExplicitRk, Interpolant, OdeProblem, Options, StepSize, solve};
///
/// #[derive(Clone, Debug)]
/// struct Typo;
///
/// impl ExplicitRk for Typo {
///     const NAME: &'static str = "Typo";
///     const TABLEAU: ErkTableau = ErkTableau {
///         order: 1,
///         c: &[],
///         a: &[],
///         b: &[1.1],
///         e: &[],
///         interpolant: Interpolant::Hermite,
///     };
/// }
///
/// # system::system! { struct Decay; state { u } params {} rhs(_t) { d(u) = -u; } }
/// let problem = OdeProblem::new(Decay, [1.0], [], (0.0, 1.0)).unwrap();
/// let options = Options { step: StepSize::Fixed(0.01), ..Options::default() };
/// let _ = solve(&problem, Typo, &options);
/// ```
pub trait ExplicitRk: Clone {
    /// The name of the literature.
    const NAME: &'static str;

    /// The coefficients: a constant, so that the stages are unrolled.
    const TABLEAU: ErkTableau;

    /// The weights of a second error estimate, of lower order; empty for all methods but those in
    /// the manner of DOP853.
    ///
    /// With the norms `e` of `dt Σ eᵢ kᵢ` and `s` of `dt Σ sᵢ kᵢ` the error is
    /// `e² / √(e² + 0.01 s²)`. Where steps are long `s` is far above `e`, and the error behaves as an
    /// estimate of the order of the solution would.
    const SECOND_ESTIMATE: &'static [f64] = &[];

    /// The SSP coefficient: a norm or a total variation that Euler's method does not increase with
    /// steps up to `h` is not increased with steps up to `SSP h`. Zero for methods that preserve none.
    const SSP: f64 = 0.0;
}

/// Stages of an explicit method.
#[derive(Clone, Debug)]
pub struct ErkCache<B> {
    /// The stages, then `f(t + dt, u_next)` where that is not the last of them, then the extra
    /// stages of the interpolant.
    k: Vec<B>,
    /// Made when a step is first interpolated.
    weights: Option<InterpolantWeights>,
    /// The second error estimate, for methods that have one.
    second: Option<B>,
    evaluations: usize,
}

impl<B> ErkCache<B> {
    pub(super) const fn check<M: ExplicitRk>() {
        let _ = M::TABLEAU.checked();
        let (s, stages) = (M::SECOND_ESTIMATE, M::TABLEAU.stages());
        assert!(s.is_empty() || s.len() == stages, "the second estimate is empty or as long as b");
        assert!(near(total(s), 0.0), "the second estimate must sum to 0");
    }
}

/// A buffer of a few plain numbers: copying it costs less than going through memory.
const fn fits_in_registers<B>() -> bool {
    !std::mem::needs_drop::<B>() && size_of::<B>() <= 64
}

/// Whether the stages are unrolled. Not for long states, which spend their time inside the sums: a
/// loop serves them as well and compiles once instead of once for every stage.
const fn is_unrolled<B>() -> bool {
    !std::mem::needs_drop::<B>() && size_of::<B>() <= 256
}

/// The square of the scaled error from one estimate, or from two in the manner of DOP853.
#[inline]
pub(super) fn squared_error<M: ExplicitRk, B: Buffer>(
    step: &Step<'_, B>,
    k: &[B],
    second: &mut Option<B>,
    norm: &mut ErrorNorm<'_>,
) -> f64
where
    B::Item: Concrete,
{
    let (u, u_next) = (step.u.as_ref(), step.u_next.as_ref());
    let error = norm.square_of(step.error.as_ref(), u, u_next);
    let Some(second) = second else { return error };
    if const { is_unrolled::<B>() } {
        sum(second, step.dt, const { padded(M::SECOND_ESTIMATE) }, k);
    } else {
        sum_blocks(second, step.dt, M::SECOND_ESTIMATE, k);
    }
    let second = norm.square_of(second.as_ref(), u, u_next);
    if error == 0.0 { 0.0 } else { error * (error / (error + 0.01 * second)) }
}

#[diagnostic::do_not_recommend]
impl<M: ExplicitRk, F: Rhs<B::Item>, B: Buffer> Algorithm<F, B> for M {
    type Cache = ErkCache<B>;

    fn name(&self) -> &'static str {
        M::NAME
    }

    fn order(&self) -> u32 {
        M::TABLEAU.order
    }

    fn is_adaptive(&self) -> bool {
        !M::TABLEAU.e.is_empty()
    }

    fn cache(&self, _rhs: &F, u: &B) -> ErkCache<B> {
        const { ErkCache::<B>::check::<M>() };
        let second = (!M::SECOND_ESTIMATE.is_empty()).then(|| u.zeros());
        let k = vec![u.zeros(); const { M::TABLEAU.all_stages() }];
        ErkCache { k, weights: None, second, evaluations: 0 }
    }

    fn begin(
        &self,
        rhs: &F,
        t: f64,
        u: &B,
        p: &[B::Item],
        cache: &mut ErkCache<B>,
    ) -> Result<(), Failure> {
        cache.evaluations += 1;
        rhs.eval(B::Item::from_f64(t), u.as_ref(), p, cache.k[0].as_mut())
    }

    fn derivative<'c>(&self, cache: &'c ErkCache<B>) -> &'c [B::Item] {
        cache.k[0].as_ref()
    }

    #[inline]
    fn attempt(
        &self,
        rhs: &F,
        step: &mut Step<'_, B>,
        _norm: &mut ErrorNorm<'_>,
        cache: &mut ErkCache<B>,
    ) -> Result<(), Failure>
    where
        B::Item: Concrete,
    {
        cache.evaluations += const { M::TABLEAU.stages() - 1 };
        let k = &mut cache.k[..const { M::TABLEAU.stages() }];
        let when = step.taken();
        if !const { fits_in_registers::<B>() } {
            let (start, out) = ((step.u, step.p), (&mut *step.u_next, &mut *step.error));
            return if const { is_unrolled::<B>() } {
                stages::<M, F, B, f64>(rhs, when, start, out, k, |_, _| {})
            } else {
                stages_in_a_loop::<M, F, B, f64>(rhs, when, start, out, k)
            };
        }
        // On local copies, so that the compiler can keep them out of memory.
        let u = step.u.clone();
        let (mut u_next, mut error) = (u.clone(), u.clone());
        let mut local: [B; ErkTableau::MAX_STAGES] = std::array::from_fn(|_| u.zeros());
        local[0] = k[0].clone();
        let (start, out) = ((&u, step.p), (&mut u_next, &mut error));
        stages::<M, F, B, f64>(rhs, when, start, out, &mut local, |i, stage| {
            k[i] = stage.clone();
        })?;
        (*step.u_next, *step.error) = (u_next, error);
        Ok(())
    }

    #[inline]
    fn squared_error(
        &self,
        step: &Step<'_, B>,
        cache: &mut ErkCache<B>,
        norm: &mut ErrorNorm<'_>,
    ) -> f64
    where
        B::Item: Concrete,
    {
        squared_error::<M, B>(step, &cache.k, &mut cache.second, norm)
    }

    #[inline]
    fn accept(
        &self,
        rhs: &F,
        step: &mut Step<'_, B>,
        cache: &mut ErkCache<B>,
    ) -> Result<(), Failure> {
        if const { M::TABLEAU.is_fsal() } {
            return Ok(());
        }
        let next = &mut cache.k[const { M::TABLEAU.next_stage() }];
        cache.evaluations += 1;
        rhs.eval(B::Item::from_f64(step.t_last), step.u_next.as_ref(), step.p, next.as_mut())
    }

    fn dense(
        &self,
        rhs: &F,
        interval: &Interval<'_, B>,
        scratch: &mut B,
        cache: &mut ErkCache<B>,
        dense: &mut Dense<B::Item>,
    ) -> Result<(), Failure> {
        let when @ Taken { t, dt, .. } = interval.step;
        let weights = cache.weights.get_or_insert_with(|| M::TABLEAU.interpolant_weights());
        let k = &mut cache.k[..];
        let coefficients = dense.reset(t, dt, interval.u.as_ref().len(), weights.degree());
        cache.evaluations += M::TABLEAU.interpolant.extra().len();
        let start = (interval.u, interval.p);
        polynomial::<M, F, B, f64>(rhs, when, start, scratch, (k, weights), coefficients)
    }

    #[inline]
    fn advance(&self, cache: &mut ErkCache<B>) {
        cache.k.swap(0, const { M::TABLEAU.next_stage() });
    }

    fn spectral_radius(&self, step: &Step<'_, B>, cache: &ErkCache<B>) -> Option<f64>
    where
        B::Item: Concrete,
    {
        Some(spectral_radius::<M, B>(step.dt, &cache.k))
    }

    fn real_stability(&self) -> f64 {
        const { M::TABLEAU.real_stability() }
    }

    fn work(&self, cache: &ErkCache<B>) -> Stats {
        Stats { evaluations: cache.evaluations, ..Stats::default() }
    }
}
