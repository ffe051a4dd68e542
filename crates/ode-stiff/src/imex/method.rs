use super::ArkTableau;

/// An additive Runge–Kutta method, implicit in one part of a [`Split`](system::Split) right-hand side
/// and explicit in the other, is its pair of tableaus.
///
/// | method | order | stages | with everything implicit |
/// |---|---|---|---|
/// | [`Ark324`](crate::Ark324) | 3 | 4 | [`KenCarp3`](crate::KenCarp3) |
/// | [`Ark436`](crate::Ark436) | 4 | 6 | [`KenCarp4`](crate::KenCarp4) |
/// | [`Ark548`](crate::Ark548) | 5 | 8 | [`KenCarp5`](crate::KenCarp5) |
///
/// Each stage solves one nonlinear system with the Jacobian of the stiff part alone, and evaluates each
/// part at its solution. Steps are bounded by the stability of the explicit method for the nonstiff part.
/// An evaluation counted is one of both parts. Dense output is Hermite's cubic.
pub trait Ark: Clone {
    /// The name of the literature.
    const NAME: &'static str;

    /// The coefficients.
    const TABLEAU: ArkTableau;
}

/// Makes a type with an [`ArkTableau`] an algorithm for split right-hand sides.
macro_rules! ark {
    ($method:ident, $tableau:expr) => {
        impl $crate::Ark for $method {
            const NAME: &'static str = stringify!($method);
            const TABLEAU: $crate::ArkTableau = $tableau.checked();
        }

        impl<I, E, B> ode_core::Algorithm<system::Split<I, E>, B> for $method
        where
            I: system::Jacobian<B::Item>,
            E: system::Rhs<B::Item>,
            B: system::Buffer<Item: scalar::Concrete + linalg::Field>,
        {
            type Cache = $crate::ArkCache<B, I::Work>;

            fn name(&self) -> &'static str {
                <Self as $crate::Ark>::NAME
            }
            fn order(&self) -> u32 {
                const { <Self as $crate::Ark>::TABLEAU.implicit.order }
            }
            fn is_adaptive(&self) -> bool {
                true
            }
            fn cache(&self, rhs: &system::Split<I, E>, u: &B) -> Self::Cache {
                Self::Cache::new::<Self, I>(rhs.stiff(), u)
            }
            fn begin(
                &self,
                rhs: &system::Split<I, E>,
                t: f64,
                u: &B,
                p: &[B::Item],
                cache: &mut Self::Cache,
            ) -> Result<(), system::Failure> {
                cache.begin(rhs, t, u, p)
            }
            fn derivative<'c>(&self, cache: &'c Self::Cache) -> &'c [B::Item] {
                cache.derivative()
            }
            #[inline]
            fn attempt(
                &self,
                rhs: &system::Split<I, E>,
                step: &mut ode_core::Step<'_, B>,
                norm: &mut ode_core::ErrorNorm<'_>,
                cache: &mut Self::Cache,
            ) -> Result<(), system::Failure> {
                cache.attempt::<Self, I, E>(rhs, step, norm)
            }
            #[inline]
            fn accept(
                &self,
                rhs: &system::Split<I, E>,
                step: &mut ode_core::Step<'_, B>,
                cache: &mut Self::Cache,
            ) -> Result<(), system::Failure> {
                cache.accept(rhs, step)
            }
            fn dense(
                &self,
                _rhs: &system::Split<I, E>,
                interval: &ode_core::Interval<'_, B>,
                _scratch: &mut B,
                cache: &mut Self::Cache,
                dense: &mut ode_core::Dense<B::Item>,
            ) -> Result<(), system::Failure> {
                cache.dense(interval, dense);
                Ok(())
            }
            #[inline]
            fn advance(&self, cache: &mut Self::Cache) {
                cache.advance();
            }
            #[inline]
            fn step_factor(&self, _cache: &mut Self::Cache, _dt: f64, factor: f64) -> f64 {
                $crate::sdirk::newton::dead_band(factor)
            }
            fn memory(&self, cache: &Self::Cache, advanced: bool) -> Vec<B::Item> {
                cache.memory(advanced)
            }
            fn restore(&self, cache: &mut Self::Cache, memory: &[B::Item]) {
                cache.restore(memory);
            }
            fn refusal(&self, cache: &Self::Cache) -> Option<ode_core::Refusal> {
                cache.refusal()
            }
            fn work(&self, cache: &Self::Cache) -> ode_core::Stats {
                cache.work()
            }
        }
    };
}

pub(super) use ark;
