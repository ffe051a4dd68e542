use super::ExplicitRk;
use super::explicit::{ErkCache, squared_error};
use super::kernel::{combine_blocks, sum_blocks};
use crate::{Algorithm, Dense, ErrorNorm, Interval, Stats, Step, Taken};
use scalar::{Concrete, Scalar};
use system::{Buffer, Failure, Rhs};

/// Changes what an explicit method computes where it must not stay as it is: a slope limiter or a
/// positivity limiter of a conservation law. Given to a method by [`Limited`].
///
/// A limiter is written once for every number type, as a model is: branches are `select_lt`, `min`
/// and `max`. It should leave a state alone that needs no limiting, or the order of the method is
/// lost.
pub trait Limiter: Clone {
    /// Changes the state of a stage, before the right-hand side sees it.
    fn stage<S: Scalar>(&self, t: S, u: &mut [S], p: &[S]) {
        let _ = (t, u, p);
    }

    /// Changes the state at the end of a step.
    fn step<S: Scalar>(&self, t: S, u: &mut [S], p: &[S]) {
        let _ = (t, u, p);
    }
}

/// An explicit method whose stages and steps a [`Limiter`] may change.
///
/// Strong-stability-preserving methods work in the form of Shu and Osher: a stage goes on from the
/// limited states of the stages before it, so that bounds which Euler's method keeps under the
/// limiter are kept under steps up to the [SSP coefficient](ExplicitRk::SSP) times as long. In other
/// methods only the right-hand side sees the limited states.
///
/// The error estimate does not see what the step limiter changes. Dense output is the cubic Hermite
/// polynomial through the limited ends: third order, and not limited itself. The initial state is
/// taken as it is. Discrete adjoints and lanes refuse a limited method by type; duals and ensembles
/// [one by one](crate::Ensemble::one_by_one) are served.
///
/// ```compile_fail,E0277
/// # use ode_core::{Ensemble, Limited, Limiter, Member, Options, Tsit5};
/// # system::system! { struct Decay; state { u } params { k } rhs(_t) { d(u) = -k * u; } }
/// # #[derive(Clone)]
/// # struct Idle;
/// # impl Limiter for Idle {}
/// let method = Limited { method: Tsit5, limiter: Idle };
/// let members = [Member::new([1.0], [0.5], (0.0, 1.0))];
/// Ensemble::new(&Decay, &members).solve(method, &Options::default()); // in lanes
/// ```
///
/// ```
/// use ode_core::{Limited, Limiter, OdeProblem, Options, Ssprk33, StepSize, solve};
/// use system::Scalar;
///
/// system::system! { struct Sink; state { height } params {} rhs(_t) { d(height) = -1.0 + 0.0 * height; } }
///
/// /// A tank does not become emptier than empty.
/// #[derive(Clone, Copy)]
/// struct NotBelowZero;
///
/// impl Limiter for NotBelowZero {
///     fn step<S: Scalar>(&self, _t: S, u: &mut [S], _p: &[S]) {
///         u[0] = u[0].max(S::zero());
///     }
/// }
///
/// let problem = OdeProblem::new(Sink, [1.0], [], (0.0, 2.0))?;
/// let options = Options { step: StepSize::Fixed(0.1), ..Options::default() };
/// let tank = Limited { method: Ssprk33, limiter: NotBelowZero };
/// assert_eq!(solve(&problem, tank, &options)?.last(), [0.0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # References
///
/// C.-W. Shu, S. Osher, *Efficient implementation of essentially non-oscillatory shock-capturing
/// schemes*, J. Comput. Phys. 77 (1988) 439–471; X. Zhang, C.-W. Shu, *On maximum-principle-satisfying
/// high order schemes for scalar conservation laws*, J. Comput. Phys. 229 (2010) 3091–3120.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limited<M, L> {
    /// The method.
    pub method: M,
    /// What limits it.
    pub limiter: L,
}

impl<M: ExplicitRk, L> Limited<M, L> {
    /// `Limited ` and the name of the method, and its length.
    const LETTERS: ([u8; 64], usize) = {
        let (prefix, name) = (b"Limited ", M::NAME.as_bytes());
        let (mut letters, mut i) = ([0; 64], 0);
        while i < prefix.len() + name.len() && i < letters.len() {
            letters[i] = if i < prefix.len() { prefix[i] } else { name[i - prefix.len()] };
            i += 1;
        }
        (letters, i)
    };

    /// A name of its own: a checkpoint of a limited method is none of the method's.
    const NAME: &'static str = {
        let (letters, length) = &Self::LETTERS;
        match core::str::from_utf8(letters.split_at(*length).0) {
            Ok(name) => name,
            Err(_) => "Limited",
        }
    };
}

/// Stages of a limited method.
#[derive(Clone, Debug)]
pub struct LimitedCache<B> {
    /// The stages, then `f(t + dt, u_next)` where that is not the last of them.
    k: Vec<B>,
    /// A state before it was limited.
    unlimited: B,
    /// The end of the step.
    end: B,
    /// The second error estimate, for methods that have one.
    second: Option<B>,
    evaluations: usize,
}

impl<F: Rhs<B::Item>, M: ExplicitRk, L: Limiter, B: Buffer> Algorithm<F, B> for Limited<M, L> {
    type Cache = LimitedCache<B>;

    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn order(&self) -> u32 {
        M::TABLEAU.order
    }

    fn is_adaptive(&self) -> bool {
        !M::TABLEAU.e.is_empty()
    }

    fn cache(&self, _rhs: &F, u: &B) -> Self::Cache {
        const { ErkCache::<B>::check::<M>() };
        let k = vec![u.zeros(); const { M::TABLEAU.next_stage() } + 1];
        let second = (!M::SECOND_ESTIMATE.is_empty()).then(|| u.zeros());
        LimitedCache { k, unlimited: u.zeros(), end: u.clone(), second, evaluations: 0 }
    }

    fn begin(
        &self,
        rhs: &F,
        t: f64,
        u: &B,
        p: &[B::Item],
        cache: &mut Self::Cache,
    ) -> Result<(), Failure> {
        cache.evaluations += 1;
        rhs.eval(B::Item::from_f64(t), u.as_ref(), p, cache.k[0].as_mut())
    }

    fn derivative<'c>(&self, cache: &'c Self::Cache) -> &'c [B::Item] {
        cache.k[0].as_ref()
    }

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
        let tableau = const { M::TABLEAU };
        let LimitedCache { k, unlimited, evaluations, .. } = cache;
        let when = step.taken();
        // y_i = u + Σ K_ij (dt k_j + r (L(y_j) - y_j)), with the SSP coefficient r, is the form of Shu
        // and Osher: a limited stage counts as k_j + r / dt (L(y_j) - y_j).
        let r = const { M::SSP } / step.dt;
        for (i, (&c, a)) in tableau.c.iter().zip(tableau.a).enumerate() {
            let (done, rest) = k.split_at_mut(i + 1);
            let (y, k, t) = (&mut *step.u_next, rest[0].as_mut(), when.at::<B::Item>(c));
            combine_blocks(y, step.u, step.dt, a, done);
            unlimited.as_mut().copy_from_slice(y.as_ref());
            self.limiter.stage(t, y.as_mut(), step.p);
            if const { M::TABLEAU.is_fsal() } && i + 1 == tableau.a.len() {
                self.limiter.step(t, y.as_mut(), step.p);
            }
            *evaluations += 1;
            rhs.eval(t, y.as_ref(), step.p, k)?;
            if r != 0.0 {
                let moved = y.as_ref().iter().zip(unlimited.as_ref());
                for (k, (&limited, &y)) in k.iter_mut().zip(moved) {
                    *k += (limited - y).scale(r);
                }
            }
        }
        if !const { M::TABLEAU.is_fsal() } {
            combine_blocks(step.u_next, step.u, step.dt, tableau.b, k);
            self.limiter.step(when.at::<B::Item>(1.0), step.u_next.as_mut(), step.p);
        }
        if !tableau.e.is_empty() {
            sum_blocks(step.error, step.dt, tableau.e, k);
        }
        Ok(())
    }

    fn squared_error(
        &self,
        step: &Step<'_, B>,
        cache: &mut Self::Cache,
        norm: &mut ErrorNorm<'_>,
    ) -> f64
    where
        B::Item: Concrete,
    {
        squared_error::<M, B>(step, &cache.k, &mut cache.second, norm)
    }

    fn accept(
        &self,
        rhs: &F,
        step: &mut Step<'_, B>,
        cache: &mut Self::Cache,
    ) -> Result<(), Failure> {
        cache.end.as_mut().copy_from_slice(step.u_next.as_ref());
        if const { M::TABLEAU.is_fsal() } {
            return Ok(());
        }
        cache.evaluations += 1;
        let next = &mut cache.k[const { M::TABLEAU.next_stage() }];
        rhs.eval(B::Item::from_f64(step.t_last), step.u_next.as_ref(), step.p, next.as_mut())
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
        let ends = [interval.u.as_ref(), cache.end.as_ref()];
        let next = const { M::TABLEAU.next_stage() };
        dense.hermite(t, dt, ends, [cache.k[0].as_ref(), cache.k[next].as_ref()]);
        Ok(())
    }

    fn advance(&self, cache: &mut Self::Cache) {
        cache.k.swap(0, const { M::TABLEAU.next_stage() });
    }

    fn work(&self, cache: &Self::Cache) -> Stats {
        Stats { evaluations: cache.evaluations, ..Stats::default() }
    }
}
