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
            fn first_order(&self, _cache: &Self::Cache) -> u32 {
                1
            }
            fn is_adaptive(&self) -> bool {
                true
            }
            fn takes_mass(&self) -> bool {
                true
            }
            fn squared_error(
                &self,
                step: &ode_core::Step<'_, B>,
                cache: &mut Self::Cache,
                norm: &mut ode_core::ErrorNorm<'_>,
            ) -> f64 {
                cache.squared_error(step.u.as_ref(), norm)
            }
            fn step_factor(&self, cache: &mut Self::Cache, _dt: f64, _factor: f64) -> f64 {
                cache.step_factor()
            }
            fn retry_factor(&self, cache: &mut Self::Cache, _factor: f64) -> f64 {
                cache.retry_factor()
            }
            $crate::by_cache::by_cache!(F, B);
            $crate::by_cache::admitted_by_cache!(F, B);
            $crate::by_cache::remembered_by_cache!(B);
        }

        impl<F, B> $crate::NewtonIteration<F, B> for $method
        where
            F: system::Jacobian<B::Item>,
            B: system::Buffer<Item: scalar::Concrete + linalg::Field>,
        {
            $crate::by_cache::krylov_by_cache!(F, B, stringify!($method));
        }
    };
}

pub(super) use multistep;
