use super::Splitting;

/// A symplectic method of this crate: its splitting, from which everything else follows. Not to be
/// implemented elsewhere.
///
/// | method | order | forces per step | |
/// |---|---|---|---|
/// | [`SymplecticEuler`](crate::SymplecticEuler) | 1 | 1 | |
/// | [`VelocityVerlet`](crate::VelocityVerlet), [`PositionVerlet`](crate::PositionVerlet) | 2 | 1 | symmetric |
/// | [`Ruth3`](crate::Ruth3) | 3 | 3 | |
/// | [`McAte4`](crate::McAte4), [`McAte5`](crate::McAte5) | 4, 5 | 4, 6 | quadratic kinetic energies |
/// | [`Yoshida6`](crate::Yoshida6), [`KahanLi6`](crate::KahanLi6) | 6 | 7, 9 | symmetric |
/// | [`KahanLi8`](crate::KahanLi8) | 8 | 17 | symmetric |
///
/// **Step sizes are fixed**: `StepSize::Fixed`; a controller would destroy what makes these methods
/// good over long times. **Round-off** is kept from drifting by compensated summation of the state,
/// so that the energy error of a high-order method grows like a random walk. **Dense output** has
/// the order of the method (third at least): a polynomial through both ends with up to three
/// derivatives each. **Time** may enter both energies: the kinetic one is evaluated at the time that
/// kicks have reached, the potential one at the time that drifts have reached. Methods beyond second
/// order have negative coefficients, so that they look a little outside the step.
///
/// The coefficient of a method, for a test or a figure:
///
/// ```
/// use ode_core::{KahanLi6, Symplectic};
///
/// assert_eq!(KahanLi6::SPLITTING.stages(), 10); // the last one is a kick only
/// assert!(KahanLi6::SPLITTING.is_symmetric());
/// ```
pub trait Symplectic: Clone + Sealed {
    /// The name of the literature.
    const NAME: &'static str;

    /// The coefficients.
    const SPLITTING: Splitting;
}

/// Only methods of this crate are symplectic ones.
pub trait Sealed {}

/// Makes a type with a [`Splitting`] an algorithm.
///
/// One `impl` per type: the blanket one is taken by explicit Runge–Kutta methods.
macro_rules! symplectic {
    ($method:ident, $splitting:expr) => {
        impl $crate::symplectic::method::Sealed for $method {}

        impl $crate::symplectic::Symplectic for $method {
            const NAME: &'static str = stringify!($method);
            const SPLITTING: $crate::symplectic::Splitting = $splitting.checked();
        }

        impl<F: $crate::symplectic::Separable, B: system::Buffer> $crate::Algorithm<F, B>
            for $method
        {
            type Cache = $crate::symplectic::SymplecticCache<B>;

            fn name(&self) -> &'static str {
                <Self as $crate::symplectic::Symplectic>::NAME
            }
            fn order(&self) -> u32 {
                const { <Self as $crate::symplectic::Symplectic>::SPLITTING.order }
            }
            fn is_adaptive(&self) -> bool {
                false
            }
            fn cache(&self, _rhs: &F, u: &B) -> Self::Cache {
                Self::Cache::new(u)
            }
            fn begin(
                &self,
                rhs: &F,
                t: f64,
                u: &B,
                p: &[B::Item],
                cache: &mut Self::Cache,
            ) -> Result<(), system::Failure> {
                cache.begin(rhs, t, u, p);
                Ok(())
            }
            fn derivative<'c>(&self, cache: &'c Self::Cache) -> &'c [B::Item] {
                cache.derivative()
            }
            #[inline]
            fn attempt(
                &self,
                rhs: &F,
                step: &mut $crate::Step<'_, B>,
                _norm: &mut $crate::ErrorNorm<'_>,
                cache: &mut Self::Cache,
            ) -> Result<(), system::Failure>
            where
                B::Item: scalar::Concrete,
            {
                cache.attempt::<Self, F>(rhs, step);
                Ok(())
            }
            #[inline]
            fn accept(
                &self,
                rhs: &F,
                step: &mut $crate::Step<'_, B>,
                cache: &mut Self::Cache,
            ) -> Result<(), system::Failure> {
                cache.accept::<Self, F>(rhs, step);
                Ok(())
            }
            fn dense(
                &self,
                rhs: &F,
                interval: &$crate::Interval<'_, B>,
                _scratch: &mut B,
                cache: &mut Self::Cache,
                dense: &mut $crate::Dense<B::Item>,
            ) -> Result<(), system::Failure> {
                cache.dense::<Self, F>(rhs, interval, dense)
            }
            #[inline]
            fn advance(&self, cache: &mut Self::Cache) {
                cache.advance();
            }
            fn memory(&self, cache: &Self::Cache, _advanced: bool) -> Vec<B::Item> {
                cache.memory()
            }
            fn restore(&self, cache: &mut Self::Cache, memory: &[B::Item]) {
                cache.restore(memory);
            }
            fn work(&self, cache: &Self::Cache) -> $crate::Stats {
                $crate::Stats { evaluations: cache.evaluations(), ..$crate::Stats::default() }
            }
        }
    };
}

pub(super) use symplectic;
