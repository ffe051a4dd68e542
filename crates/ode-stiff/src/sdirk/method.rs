use super::EsdirkTableau;

/// A singly diagonally implicit Runge–Kutta method with an explicit first stage is its tableau;
/// everything else follows.
///
/// | method | order | stages | good for |
/// |---|---|---|---|
/// | [`ImplicitEuler`](crate::ImplicitEuler) | 1 | 1 | teaching, the roughest problems |
/// | [`Trapezoid`](crate::Trapezoid) | 2 | 1 | fixed steps, problems without damping |
/// | [`TrBdf2`](crate::TrBdf2) | 2 | 2 | loose tolerances |
/// | [`Kvaerno3`](crate::Kvaerno3), [`KenCarp3`](crate::KenCarp3) | 3 | 3 | loose tolerances |
/// | [`Kvaerno4`](crate::Kvaerno4), [`KenCarp4`](crate::KenCarp4) | 4 | 4, 5 | medium tolerances |
/// | [`Kvaerno5`](crate::Kvaerno5), [`KenCarp5`](crate::KenCarp5) | 5 | 6, 7 | tight tolerances |
///
/// The stages are those that are solved for. All but the trapezoidal rule are L-stable, and all are
/// stiffly accurate.
///
/// **Newton's iteration** is the simplified one, with the matrix `M / (γ dt) - J` of all stages, that is
/// kept for as long as it converges fast: an old Jacobian is a question of work, not of accuracy.
/// **Stages are differences**: the derivative of a stage is taken from the solution of its equation,
/// `kᵢ = zᵢ / (γ dt)`, and not from another evaluation, which would multiply what is left of the
/// iteration by the stiffness. **Mass matrices** are taken, singular ones too where the index is 1.
/// **Dense output** is continuous with its derivative: Hermite's cubic with the derivatives of the
/// stages, for the methods of order 4 and 5 with a term that makes it one of fourth order.
pub trait Esdirk: Clone {
    /// The name of the literature.
    const NAME: &'static str;

    /// The coefficients.
    const TABLEAU: EsdirkTableau;
}

/// Makes a type with an [`EsdirkTableau`] an algorithm.
macro_rules! esdirk {
    ($method:ident, $tableau:expr) => {
        impl $crate::Esdirk for $method {
            const NAME: &'static str = stringify!($method);
            const TABLEAU: $crate::EsdirkTableau = $tableau.checked();
        }

        impl $crate::OneStep for $method {
            type Family = $crate::EsdirkFamily;
        }

        impl<F, B> ode_core::Algorithm<F, B> for $method
        where
            F: system::Jacobian<B::Item>,
            B: system::Buffer<Item: scalar::Concrete + linalg::Field>,
        {
            type Cache = $crate::EsdirkCache<B, F::Work>;

            fn name(&self) -> &'static str {
                <Self as $crate::Esdirk>::NAME
            }
            fn order(&self) -> u32 {
                const { <Self as $crate::Esdirk>::TABLEAU.order }
            }
            fn is_adaptive(&self) -> bool {
                const { !<Self as $crate::Esdirk>::TABLEAU.e.is_empty() }
            }
            fn takes_mass(&self) -> bool {
                true
            }
            #[inline]
            fn step_factor(&self, _cache: &mut Self::Cache, _dt: f64, factor: f64) -> f64 {
                $crate::sdirk::newton::dead_band(factor)
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

pub(super) use esdirk;
