//! What every implicit method leaves to its cache, in one place.

/// The functions of [`Algorithm`](ode_core::Algorithm) whose work is done by functions of the same
/// names of the cache, for use inside `impl Algorithm<rhs, buffer>`. The method itself is passed
/// along where its coefficients or settings matter; its name, its orders, and what it estimates and
/// carries over are told beside it.
macro_rules! by_cache {
    ($rhs:ty, $buffer:ident) => {
        fn cache(&self, rhs: &$rhs, u: &$buffer) -> Self::Cache {
            Self::Cache::new(self, rhs, u)
        }
        fn begin(
            &self,
            rhs: &$rhs,
            t: f64,
            u: &$buffer,
            p: &[$buffer::Item],
            cache: &mut Self::Cache,
        ) -> Result<(), system::Failure> {
            cache.begin(rhs, t, u, p)
        }
        fn derivative<'c>(&self, cache: &'c Self::Cache) -> &'c [$buffer::Item] {
            cache.derivative()
        }
        #[inline]
        fn attempt(
            &self,
            rhs: &$rhs,
            step: &mut ode_core::Step<'_, $buffer>,
            norm: &mut ode_core::ErrorNorm<'_>,
            cache: &mut Self::Cache,
        ) -> Result<(), system::Failure> {
            cache.attempt(self, rhs, step, norm)
        }
        #[inline]
        fn accept(
            &self,
            rhs: &$rhs,
            step: &mut ode_core::Step<'_, $buffer>,
            cache: &mut Self::Cache,
        ) -> Result<(), system::Failure> {
            cache.accept(self, rhs, step)
        }
        fn dense(
            &self,
            _rhs: &$rhs,
            interval: &ode_core::Interval<'_, $buffer>,
            _scratch: &mut $buffer,
            cache: &mut Self::Cache,
            dense: &mut ode_core::Dense<$buffer::Item>,
        ) -> Result<(), system::Failure> {
            cache.dense(self, interval, dense);
            Ok(())
        }
        #[inline]
        fn advance(&self, cache: &mut Self::Cache) {
            cache.advance();
        }
        fn refusal(&self, cache: &Self::Cache) -> Option<ode_core::Refusal> {
            cache.refusal()
        }
        fn work(&self, cache: &Self::Cache) -> ode_core::Stats {
            cache.work()
        }
    };
}

/// The same for methods that take mass matrices: whether they can start from a state, how one is moved
/// onto the constraints, where it is heading, and how stiff it is.
macro_rules! admitted_by_cache {
    ($rhs:ty, $buffer:ident) => {
        fn admit(
            &self,
            rhs: &$rhs,
            (t, u, p): (f64, &$buffer, &[$buffer::Item]),
            norm: &mut ode_core::ErrorNorm<'_>,
            cache: &mut Self::Cache,
        ) -> Result<(), ode_core::Error> {
            cache.admit(rhs, (t, u.as_ref(), p), norm)
        }
        fn settle(
            &self,
            rhs: &$rhs,
            (t, u, p): (f64, &mut $buffer, &[$buffer::Item]),
            norm: &mut ode_core::ErrorNorm<'_>,
            cache: &mut Self::Cache,
        ) -> Result<bool, ode_core::Error> {
            cache.settle(rhs, (t, u.as_mut(), p), norm)
        }
        fn slope(
            &self,
            rhs: &$rhs,
            at: ($buffer::Item, &[$buffer::Item], &[$buffer::Item]),
            du: &mut [$buffer::Item],
            cache: &mut Self::Cache,
        ) -> Result<(), system::Failure> {
            cache.slope(rhs, at, du)
        }
        fn spectral_radius(
            &self,
            _step: &ode_core::Step<'_, $buffer>,
            cache: &Self::Cache,
        ) -> Option<f64> {
            cache.spectral_radius()
        }
    };
}

/// The same for methods that carry something from step to step beside the state.
macro_rules! remembered_by_cache {
    ($buffer:ident) => {
        fn memory(&self, cache: &Self::Cache, advanced: bool) -> Vec<$buffer::Item> {
            cache.memory(advanced)
        }
        fn restore(&self, cache: &mut Self::Cache, memory: &[$buffer::Item]) {
            cache.restore(memory);
        }
    };
}

/// The methods of [`NewtonIteration`](crate::NewtonIteration) by the same caches, whose constructor takes
/// the settings of GMRES.
macro_rules! krylov_by_cache {
    ($rhs:ty, $buffer:ident, $name:expr) => {
        const KRYLOV_NAME: &'static str = concat!("NewtonKrylov ", $name);

        fn krylov_cache(
            &self,
            rhs: &$rhs,
            u: &$buffer,
            krylov: &$crate::newton_krylov::Krylov<$buffer::Item>,
        ) -> Self::Cache {
            Self::Cache::with(self, rhs, u, Some(krylov))
        }
    };
}

pub(crate) use {admitted_by_cache, by_cache, krylov_by_cache, remembered_by_cache};
