//! Methods behind a pointer: the loop around the steps is compiled once for each number type and
//! storage, and so are the tests.
//!
//! That this changes no bit is seen by `ensemble` and `literature`, where the methods themselves
//! run. A test over another number type or storage adds it to `storages!` below.

use crate::erased::Erased;
use crate::method_matrix::{self, Claim};
use core::fmt::{self, Debug};
use ode_core::{Algorithm, Dense, ErkTableau, ErrorNorm, ExplicitRk, Interval, Stats, Step, Tsit5};
use scalar::{Concrete, Dual, Lanes};
use system::{Buffer, Failure};

/// One of the explicit methods.
#[derive(Clone, Copy)]
pub(crate) struct Method(&'static dyn Explicit);

impl Method {
    pub(crate) fn new(method: impl ExplicitRk + Sync + 'static) -> Self {
        // Methods have no settings: nothing is allocated.
        Self(Box::leak(Box::new(method)))
    }

    pub(crate) fn tableau(self) -> &'static ErkTableau {
        self.0.tableau()
    }

    pub(crate) fn name(self) -> &'static str {
        Described::name(self.0)
    }

    pub(crate) fn is_adaptive(self) -> bool {
        !self.tableau().e.is_empty()
    }

    /// Whether large weights that cancel cost digits: how much more round-off they leave.
    pub(crate) fn cancellation(self) -> f64 {
        self.tableau().b.iter().map(|b| b.abs()).sum()
    }
}

impl Debug for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Described::name(self.0))
    }
}

/// A test that is run for many methods.
pub(crate) trait Visitor {
    fn visit(&mut self, method: Method, claim: Claim);
}

/// Runs a test for every method of the matrix.
pub(crate) fn every(visitor: &mut impl Visitor) {
    struct Points<'v, V>(&'v mut V);
    impl<V: Visitor> method_matrix::Visitor for Points<'_, V> {
        fn visit<M: ExplicitRk + Sync + 'static>(&mut self, method: M, claim: Claim) {
            self.0.visit(Method::new(method), claim);
        }
    }
    method_matrix::every(&mut Points(visitor));
}

/// Declares a `#[test]` that runs its body for every adaptive method.
macro_rules! adaptive_test {
    ($name:ident, |$method:ident| $body:block) => {
        #[test]
        fn $name() {
            struct Test;
            impl crate::method::Visitor for Test {
                fn visit(
                    &mut self,
                    $method: crate::method::Method,
                    _: crate::method_matrix::Claim,
                ) {
                    if $method.is_adaptive() {
                        $body
                    }
                }
            }
            crate::method::every(&mut Test);
        }
    };
}

type Cache<B> = <Tsit5 as Algorithm<Erased<'static, <B as Buffer>::Item>, B>>::Cache;

/// The part of [`Algorithm`] that differs between explicit methods.
trait Steps<B: Buffer> {
    fn cache(&self, rhs: &Erased<'_, B::Item>, u: &B) -> Cache<B>;
    fn attempt(
        &self,
        rhs: &Erased<'_, B::Item>,
        step: &mut Step<'_, B>,
        norm: &mut ErrorNorm<'_>,
        cache: &mut Cache<B>,
    ) -> Result<(), Failure>;
    fn squared_error(
        &self,
        step: &Step<'_, B>,
        cache: &mut Cache<B>,
        norm: &mut ErrorNorm<'_>,
    ) -> f64;
    fn accept(
        &self,
        rhs: &Erased<'_, B::Item>,
        step: &mut Step<'_, B>,
        cache: &mut Cache<B>,
    ) -> Result<(), Failure>;
    fn dense(
        &self,
        rhs: &Erased<'_, B::Item>,
        interval: &Interval<'_, B>,
        scratch: &mut B,
        cache: &mut Cache<B>,
        dense: &mut Dense<B::Item>,
    ) -> Result<(), Failure>;
    fn advance(&self, cache: &mut Cache<B>);
}

impl<M: ExplicitRk, B: Buffer> Steps<B> for M
where
    B::Item: Concrete,
{
    fn cache(&self, rhs: &Erased<'_, B::Item>, u: &B) -> Cache<B> {
        Algorithm::cache(self, rhs, u)
    }
    fn attempt(
        &self,
        rhs: &Erased<'_, B::Item>,
        step: &mut Step<'_, B>,
        norm: &mut ErrorNorm<'_>,
        cache: &mut Cache<B>,
    ) -> Result<(), Failure> {
        Algorithm::attempt(self, rhs, step, norm, cache)
    }
    fn squared_error(
        &self,
        step: &Step<'_, B>,
        cache: &mut Cache<B>,
        norm: &mut ErrorNorm<'_>,
    ) -> f64 {
        Algorithm::<Erased<'_, B::Item>, B>::squared_error(self, step, cache, norm)
    }
    fn accept(
        &self,
        rhs: &Erased<'_, B::Item>,
        step: &mut Step<'_, B>,
        cache: &mut Cache<B>,
    ) -> Result<(), Failure> {
        Algorithm::accept(self, rhs, step, cache)
    }
    fn dense(
        &self,
        rhs: &Erased<'_, B::Item>,
        interval: &Interval<'_, B>,
        scratch: &mut B,
        cache: &mut Cache<B>,
        dense: &mut Dense<B::Item>,
    ) -> Result<(), Failure> {
        Algorithm::dense(self, rhs, interval, scratch, cache, dense)
    }
    fn advance(&self, cache: &mut Cache<B>) {
        Algorithm::<Erased<'_, B::Item>, B>::advance(self, cache);
    }
}

trait Described: Sync {
    fn tableau(&self) -> &'static ErkTableau;
    fn name(&self) -> &'static str;
}

impl<M: ExplicitRk + Sync> Described for M {
    fn tableau(&self) -> &'static ErkTableau {
        const { &M::TABLEAU }
    }
    fn name(&self) -> &'static str {
        M::NAME
    }
}

/// The number types and storages of the tests.
macro_rules! storages {
    ($($storage:ty),* $(,)?) => {
        trait Explicit: Described $(+ Steps<$storage>)* {}
        impl<M: ExplicitRk + Sync> Explicit for M {}
        $(impl<'a> Algorithm<Erased<'a, <$storage as Buffer>::Item>, $storage> for Method {
            type Cache = Cache<$storage>;

            fn name(&self) -> &'static str {
                Described::name(self.0)
            }
            fn order(&self) -> u32 {
                self.0.tableau().order
            }
            fn is_adaptive(&self) -> bool {
                Method::is_adaptive(*self)
            }
            fn cache(
                &self,
                rhs: &Erased<'a, <$storage as Buffer>::Item>,
                u: &$storage,
            ) -> Self::Cache {
                Steps::<$storage>::cache(self.0, rhs, u)
            }
            fn begin(
                &self,
                rhs: &Erased<'a, <$storage as Buffer>::Item>,
                t: f64,
                u: &$storage,
                p: &[<$storage as Buffer>::Item],
                cache: &mut Self::Cache,
            ) -> Result<(), Failure> {
                Algorithm::begin(&Tsit5, rhs, t, u, p, cache)
            }
            fn derivative<'c>(
                &self,
                cache: &'c Self::Cache,
            ) -> &'c [<$storage as Buffer>::Item] {
                Algorithm::<Erased<'a, _>, $storage>::derivative(&Tsit5, cache)
            }
            fn attempt(
                &self,
                rhs: &Erased<'a, <$storage as Buffer>::Item>,
                step: &mut Step<'_, $storage>,
                norm: &mut ErrorNorm<'_>,
                cache: &mut Self::Cache,
            ) -> Result<(), Failure> {
                self.0.attempt(rhs, step, norm, cache)
            }
            fn squared_error(
                &self,
                step: &Step<'_, $storage>,
                cache: &mut Self::Cache,
                norm: &mut ErrorNorm<'_>,
            ) -> f64 {
                self.0.squared_error(step, cache, norm)
            }
            fn accept(
                &self,
                rhs: &Erased<'a, <$storage as Buffer>::Item>,
                step: &mut Step<'_, $storage>,
                cache: &mut Self::Cache,
            ) -> Result<(), Failure> {
                self.0.accept(rhs, step, cache)
            }
            fn dense(
                &self,
                rhs: &Erased<'a, <$storage as Buffer>::Item>,
                interval: &Interval<'_, $storage>,
                scratch: &mut $storage,
                cache: &mut Self::Cache,
                dense: &mut Dense<<$storage as Buffer>::Item>,
            ) -> Result<(), Failure> {
                self.0.dense(rhs, interval, scratch, cache, dense)
            }
            fn advance(&self, cache: &mut Self::Cache) {
                Steps::<$storage>::advance(self.0, cache);
            }
            fn work(&self, cache: &Self::Cache) -> Stats {
                Algorithm::<Erased<'a, _>, $storage>::work(&Tsit5, cache)
            }
        })*
    };
}

storages! {
    [f64; 1], [f64; 2], [f64; 3], [f64; 4], [f64; 28], Vec<f64>,
    [f32; 2], [Dual<f32, 2>; 2],
    [Lanes<4>; 3], Vec<Lanes<4>>, Vec<Dual<Lanes<4>, 2>>,
    [Dual<f64, 4>; 2], Vec<Dual<f64, 2>>, Vec<Dual<f64, 6>>,
    Vec<Dual<Dual<f64, 2>, 2>>,
}
