use super::cost::{self, CANDIDATES, Work};
use super::{AutoCache, Choice, ImplicitMethod, each};
use crate::iteration_matrix::IterationMatrix;
use crate::{KenCarp4, Ndf, NewtonKrylov, RadauIIA5, Rodas5P};
use ode_core::{Algorithm, Dense, Error, ErrorNorm, Interval, Refusal, Stats, Step};
use std::sync::{Arc, Mutex, PoisonError};
use system::{Buffer, Failure, Jacobian};

/// The implicit method that a problem is solved by fastest, chosen when it is first needed.
///
/// | states | method |
/// |---|---|
/// | up to 10 | [`Rodas5P`]; [`RadauIIA5`] below a tolerance of 1e-7 |
/// | more | the cheapest of these, [`KenCarp4`] and [`Ndf`], by what the right-hand side, its Jacobian, a factorisation and a solve take, measured on the spot, and the steps that each takes on the stiff test set; not [`Ndf`] where the largest eigenvalues oscillate |
/// | from 500 on | [`Ndf`] by [`NewtonKrylov`] also, where a system tried by GMRES takes few products |
/// | more than 1000 without a pattern | [`Ndf`] by [`NewtonKrylov`]: nothing is factored |
///
/// The choice is made once for a value and its clones, and told by [`choice`](AutoImplicit::choice).
#[derive(Clone, Debug)]
pub struct AutoImplicit {
    rtol: f64,
    pub(super) krylov: NewtonKrylov<Ndf>,
    choice: Arc<Mutex<Option<Choice>>>,
}

/// The largest dense matrix that anybody wants to factor.
const DENSE: usize = 1000;

impl AutoImplicit {
    /// For a relative tolerance.
    pub fn for_tolerance(rtol: f64) -> Self {
        let krylov = NewtonKrylov::new(Ndf::default());
        Self { rtol, krylov, choice: Arc::default() }
    }

    /// What was chosen, if an implicit method was needed so far.
    pub fn choice(&self) -> Option<Choice> {
        self.choice.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Chooses, unless that was done before.
    fn choose<F: Jacobian<f64>>(&self, rhs: &F, at: (f64, &[f64], &[f64])) -> ImplicitMethod {
        let mut choice = self.choice.lock().unwrap_or_else(PoisonError::into_inner);
        choice.get_or_insert_with(|| self.weigh(rhs, at)).method
    }

    fn weigh<F: Jacobian<f64>>(&self, rhs: &F, at: (f64, &[f64], &[f64])) -> Choice {
        let n = rhs.states();
        let told = |method, why: String| Choice { method, why, timings: None, costs: Vec::new() };
        if n <= 10 {
            // RadauIIA5 is often faster before that too. But where a state follows what drives it, its
            // estimate is small over steps that its interpolant does not resolve.
            return if self.rtol < 1e-7 {
                told(ImplicitMethod::RadauIIA5, format!("{n} states to a tolerance below 1e-7"))
            } else {
                told(
                    ImplicitMethod::Rodas5P,
                    format!("{n} states: steps are cheap without an iteration"),
                )
            };
        }
        let matrix =
            if n > DENSE { IterationMatrix::sparse(rhs) } else { Some(IterationMatrix::new(rhs)) };
        let Some(matrix) = matrix else {
            let why = format!("{n} states and no sparse Jacobian: no matrix is factored");
            return told(ImplicitMethod::NdfKrylov, why);
        };
        let Some(timings) = cost::measure(rhs, matrix, at, self.rtol) else {
            let why = "the Jacobian at the start could not be evaluated and factored";
            return told(ImplicitMethod::Rodas5P, why.to_owned());
        };
        let oscillates = cost::spectrum(rhs, at).oscillates;
        let differs = |method| matches!(method, ImplicitMethod::Ndf | ImplicitMethod::NdfKrylov);
        let suits = |work: &&Work| !(oscillates && differs(work.method));
        let costs = CANDIDATES.iter().filter(suits);
        let cost = |work: &Work| Some((work.method, work.cost(n, &timings)?));
        let mut costs: Vec<_> = costs.filter_map(cost).collect();
        costs.sort_by(|a, b| a.1.total_cmp(&b.1));
        let (method, least) = costs[0];
        costs.iter_mut().for_each(|(_, cost)| *cost /= least);
        let among = if oscillates { ", among those stable on the imaginary axis" } else { "" };
        let why = format!("the cheapest for {n} states{among}");
        Choice { method, why, timings: Some(timings), costs }
    }
}

impl<F: Jacobian<f64>, B: Buffer<Item = f64>> Algorithm<F, B> for AutoImplicit {
    type Cache = AutoCache<B, F::Work>;

    /// The same before and after the choice, for checkpoints of both.
    fn name(&self) -> &'static str {
        "the cheapest"
    }
    fn order(&self) -> u32 {
        5
    }
    fn order_of_error(&self, cache: &Self::Cache) -> u32 {
        each!(self, cache, |method, memory| Algorithm::<F, B>::order_of_error(method, memory), 5)
    }
    fn first_order(&self, cache: &Self::Cache) -> u32 {
        each!(self, cache, |method, memory| Algorithm::<F, B>::first_order(method, memory), 1)
    }
    fn is_adaptive(&self) -> bool {
        true
    }
    fn takes_mass(&self) -> bool {
        true
    }
    /// Nothing: the choice is made when the first step begins.
    fn cache(&self, _rhs: &F, _u: &B) -> Self::Cache {
        AutoCache::Undecided
    }
    fn begin(
        &self,
        rhs: &F,
        t: f64,
        u: &B,
        p: &[f64],
        cache: &mut Self::Cache,
    ) -> Result<(), Failure> {
        if let AutoCache::Undecided = cache {
            *cache = match self.choose(rhs, (t, u.as_ref(), p)) {
                ImplicitMethod::RadauIIA5 => {
                    AutoCache::RadauIIA5(Box::new(RadauIIA5.cache(rhs, u)))
                }
                ImplicitMethod::KenCarp4 => AutoCache::KenCarp4(Box::new(KenCarp4.cache(rhs, u))),
                ImplicitMethod::Ndf => AutoCache::Ndf(Box::new(Ndf::default().cache(rhs, u))),
                ImplicitMethod::NdfKrylov => AutoCache::Krylov(Box::new(self.krylov.cache(rhs, u))),
                ImplicitMethod::Rodas5P => AutoCache::Rodas5P(Box::new(Rodas5P.cache(rhs, u))),
            };
        }
        each!(self, cache, |method, memory| method.begin(rhs, t, u, p, memory), Ok(()))
    }
    fn admit(
        &self,
        rhs: &F,
        at: (f64, &B, &[f64]),
        norm: &mut ErrorNorm<'_>,
        cache: &mut Self::Cache,
    ) -> Result<(), Error> {
        each!(self, cache, |method, memory| method.admit(rhs, at, norm, memory), Ok(()))
    }
    fn settle(
        &self,
        rhs: &F,
        at: (f64, &mut B, &[f64]),
        norm: &mut ErrorNorm<'_>,
        cache: &mut Self::Cache,
    ) -> Result<bool, Error> {
        each!(self, cache, |method, memory| method.settle(rhs, at, norm, memory), Ok(false))
    }
    fn slope(
        &self,
        rhs: &F,
        at: (f64, &[f64], &[f64]),
        du: &mut [f64],
        cache: &mut Self::Cache,
    ) -> Result<(), Failure> {
        each!(
            self,
            cache,
            |method, memory| Algorithm::<F, B>::slope(method, rhs, at, du, memory),
            Err(Failure::Recoverable)
        )
    }
    fn derivative<'c>(&self, cache: &'c Self::Cache) -> &'c [f64] {
        each!(self, cache, |method, memory| Algorithm::<F, B>::derivative(method, memory), &[])
    }
    #[inline]
    fn attempt(
        &self,
        rhs: &F,
        step: &mut Step<'_, B>,
        norm: &mut ErrorNorm<'_>,
        cache: &mut Self::Cache,
    ) -> Result<(), Failure> {
        each!(
            self,
            cache,
            |method, memory| method.attempt(rhs, step, norm, memory),
            Err(Failure::Recoverable)
        )
    }
    #[inline]
    fn squared_error(
        &self,
        step: &Step<'_, B>,
        cache: &mut Self::Cache,
        norm: &mut ErrorNorm<'_>,
    ) -> f64 {
        each!(
            self,
            cache,
            |method, memory| Algorithm::<F, B>::squared_error(method, step, memory, norm),
            f64::NAN
        )
    }
    #[inline]
    fn accept(
        &self,
        rhs: &F,
        step: &mut Step<'_, B>,
        cache: &mut Self::Cache,
    ) -> Result<(), Failure> {
        each!(self, cache, |method, memory| method.accept(rhs, step, memory), Ok(()))
    }
    fn dense(
        &self,
        rhs: &F,
        interval: &Interval<'_, B>,
        scratch: &mut B,
        cache: &mut Self::Cache,
        dense: &mut Dense<f64>,
    ) -> Result<(), Failure> {
        each!(
            self,
            cache,
            |method, memory| method.dense(rhs, interval, scratch, memory, dense),
            Ok(())
        )
    }
    fn advance(&self, cache: &mut Self::Cache) {
        each!(self, cache, |method, memory| Algorithm::<F, B>::advance(method, memory), ());
    }
    fn memory(&self, cache: &Self::Cache, advanced: bool) -> Vec<f64> {
        each!(
            self,
            cache,
            |method, memory| Algorithm::<F, B>::memory(method, memory, advanced),
            Vec::new()
        )
    }
    fn is_memory(&self, cache: &Self::Cache, words: &[f64]) -> bool {
        each!(
            self,
            cache,
            |method, memory| Algorithm::<F, B>::is_memory(method, memory, words),
            false
        )
    }
    fn restore(&self, cache: &mut Self::Cache, words: &[f64]) {
        each!(self, cache, |method, memory| Algorithm::<F, B>::restore(method, memory, words), ());
    }
    fn work(&self, cache: &Self::Cache) -> Stats {
        each!(
            self,
            cache,
            |method, memory| Algorithm::<F, B>::work(method, memory),
            Stats::default()
        )
    }
    fn step_factor(&self, cache: &mut Self::Cache, dt: f64, factor: f64) -> f64 {
        each!(
            self,
            cache,
            |method, memory| Algorithm::<F, B>::step_factor(method, memory, dt, factor),
            factor
        )
    }
    fn retry_factor(&self, cache: &mut Self::Cache, factor: f64) -> f64 {
        each!(
            self,
            cache,
            |method, memory| Algorithm::<F, B>::retry_factor(method, memory, factor),
            factor
        )
    }
    fn spectral_radius(&self, step: &Step<'_, B>, cache: &Self::Cache) -> Option<f64> {
        each!(
            self,
            cache,
            |method, memory| Algorithm::<F, B>::spectral_radius(method, step, memory),
            None
        )
    }
    fn refusal(&self, cache: &Self::Cache) -> Option<Refusal> {
        each!(self, cache, |method, memory| Algorithm::<F, B>::refusal(method, memory), None)
    }
}
