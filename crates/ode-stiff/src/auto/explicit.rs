use ode_core::{Algorithm, Dense, ErkCache, ErrorNorm, Interval, Stats, Step, Tsit5, Vern7, Vern9};
use system::{Buffer, Failure, Rhs};

/// The explicit method for a tolerance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AutoExplicit {
    /// [`Tsit5`], for tolerances from 1e-6 on.
    Tsit5,
    /// [`Vern7`], below.
    Vern7,
    /// [`Vern9`], below 1e-11.
    Vern9,
}

impl AutoExplicit {
    /// By the relative tolerance.
    pub fn for_tolerance(rtol: f64) -> Self {
        match rtol {
            rtol if rtol >= 1e-6 => Self::Tsit5,
            rtol if rtol >= 1e-11 => Self::Vern7,
            _ => Self::Vern9,
        }
    }
}

macro_rules! method {
    ($which:expr, |$method:ident| $call:expr) => {
        match $which {
            AutoExplicit::Tsit5 => {
                let $method = &Tsit5;
                $call
            }
            AutoExplicit::Vern7 => {
                let $method = &Vern7;
                $call
            }
            AutoExplicit::Vern9 => {
                let $method = &Vern9;
                $call
            }
        }
    };
}

impl<F: Rhs<f64>, B: Buffer<Item = f64>> Algorithm<F, B> for AutoExplicit {
    type Cache = ErkCache<B>;

    fn name(&self) -> &'static str {
        method!(self, |method| Algorithm::<F, B>::name(method))
    }
    fn order(&self) -> u32 {
        method!(self, |method| Algorithm::<F, B>::order(method))
    }
    fn is_adaptive(&self) -> bool {
        true
    }
    fn cache(&self, rhs: &F, u: &B) -> Self::Cache {
        method!(self, |method| method.cache(rhs, u))
    }
    fn begin(
        &self,
        rhs: &F,
        t: f64,
        u: &B,
        p: &[f64],
        cache: &mut Self::Cache,
    ) -> Result<(), Failure> {
        method!(self, |method| method.begin(rhs, t, u, p, cache))
    }
    fn derivative<'c>(&self, cache: &'c Self::Cache) -> &'c [f64] {
        method!(self, |method| Algorithm::<F, B>::derivative(method, cache))
    }
    #[inline]
    fn attempt(
        &self,
        rhs: &F,
        step: &mut Step<'_, B>,
        norm: &mut ErrorNorm<'_>,
        cache: &mut Self::Cache,
    ) -> Result<(), Failure> {
        method!(self, |method| method.attempt(rhs, step, norm, cache))
    }
    #[inline]
    fn accept(
        &self,
        rhs: &F,
        step: &mut Step<'_, B>,
        cache: &mut Self::Cache,
    ) -> Result<(), Failure> {
        method!(self, |method| method.accept(rhs, step, cache))
    }
    fn dense(
        &self,
        rhs: &F,
        interval: &Interval<'_, B>,
        scratch: &mut B,
        cache: &mut Self::Cache,
        dense: &mut Dense<f64>,
    ) -> Result<(), Failure> {
        method!(self, |method| method.dense(rhs, interval, scratch, cache, dense))
    }
    #[inline]
    fn advance(&self, cache: &mut Self::Cache) {
        method!(self, |method| Algorithm::<F, B>::advance(method, cache));
    }
    fn spectral_radius(&self, step: &Step<'_, B>, cache: &Self::Cache) -> Option<f64> {
        method!(self, |method| Algorithm::<F, B>::spectral_radius(method, step, cache))
    }
    fn real_stability(&self) -> f64 {
        method!(self, |method| Algorithm::<F, B>::real_stability(method))
    }
    fn work(&self, cache: &Self::Cache) -> Stats {
        method!(self, |method| Algorithm::<F, B>::work(method, cache))
    }
}
