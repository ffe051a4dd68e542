//! What the two multistep methods have in common: the calls of their caches.

/// Makes a type with `max_order` and `jacobian_age` an algorithm, whose work is done by its cache.
macro_rules! multistep {
    ($method:ident, $cache:ident) => {
        impl<F, B> ode_core::Algorithm<F, B> for $method
        where
            F: system::Jacobian<B::Item>,
            B: system::Buffer<Item: scalar::Concrete + linalg::Field>,
        {
            type Cache = $cache<B, F::Work>;

            fn name(&self) -> &'static str {
                stringify!($method)
            }
            fn order(&self) -> u32 {
                self.max_order.clamp(1, $crate::bdf::coefficients::MOST) as u32
            }
            fn first_order(&self) -> u32 {
                1
            }
            fn is_adaptive(&self) -> bool {
                true
            }
            fn takes_mass(&self) -> bool {
                true
            }
            fn cache(&self, rhs: &F, u: &B) -> Self::Cache {
                $cache::new(self.max_order, rhs, u)
            }
            fn begin(
                &self,
                rhs: &F,
                t: f64,
                u: &B,
                p: &[B::Item],
                cache: &mut Self::Cache,
            ) -> Result<(), system::Failure> {
                cache.begin(rhs, t, u, p)
            }
            fn admit(
                &self,
                rhs: &F,
                (t, u, p): (f64, &B, &[B::Item]),
                norm: &mut ode_core::ErrorNorm<'_>,
                cache: &mut Self::Cache,
            ) -> Result<(), ode_core::Error> {
                cache.admit(rhs, (t, u.as_ref(), p), norm)
            }
            fn settle(
                &self,
                rhs: &F,
                (t, u, p): (f64, &mut B, &[B::Item]),
                norm: &mut ode_core::ErrorNorm<'_>,
                cache: &mut Self::Cache,
            ) {
                cache.settle(rhs, (t, u.as_mut(), p), norm);
            }
            fn derivative<'c>(&self, cache: &'c Self::Cache) -> &'c [B::Item] {
                cache.derivative()
            }
            fn attempt(
                &self,
                rhs: &F,
                step: &mut ode_core::Step<'_, B>,
                norm: &mut ode_core::ErrorNorm<'_>,
                cache: &mut Self::Cache,
            ) -> Result<(), system::Failure> {
                cache.attempt(self.jacobian_age, rhs, step, norm)
            }
            fn squared_error(
                &self,
                step: &ode_core::Step<'_, B>,
                cache: &mut Self::Cache,
                norm: &mut ode_core::ErrorNorm<'_>,
            ) -> f64 {
                cache.squared_error(step.u.as_ref(), norm)
            }
            fn accept(
                &self,
                _rhs: &F,
                step: &mut ode_core::Step<'_, B>,
                cache: &mut Self::Cache,
            ) -> Result<(), system::Failure> {
                cache.accept(step.u_next.as_ref());
                Ok(())
            }
            fn dense(
                &self,
                _rhs: &F,
                interval: &ode_core::Interval<'_, B>,
                _scratch: &mut B,
                cache: &mut Self::Cache,
                dense: &mut ode_core::Dense<B::Item>,
            ) -> Result<(), system::Failure> {
                cache.dense(interval, dense);
                Ok(())
            }
            fn advance(&self, cache: &mut Self::Cache) {
                cache.advance();
            }
            fn memory(&self, cache: &Self::Cache, _advanced: bool) -> Vec<B::Item> {
                cache.memory()
            }
            fn restore(&self, cache: &mut Self::Cache, memory: &[B::Item]) {
                cache.restore(memory);
            }
            fn step_factor(&self, cache: &mut Self::Cache, _dt: f64, _factor: f64) -> f64 {
                cache.step_factor()
            }
            fn retry_factor(&self, cache: &mut Self::Cache, _factor: f64) -> f64 {
                cache.retry_factor()
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

pub(super) use multistep;
