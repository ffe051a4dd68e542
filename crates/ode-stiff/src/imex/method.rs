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
            #[inline]
            fn step_factor(&self, _cache: &mut Self::Cache, _dt: f64, factor: f64) -> f64 {
                $crate::sdirk::newton::dead_band(factor)
            }
            $crate::by_cache::by_cache!(system::Split<I, E>, B);
            $crate::by_cache::remembered_by_cache!(B);
        }

        impl<I, E, B> $crate::NewtonIteration<system::Split<I, E>, B> for $method
        where
            I: system::Jacobian<B::Item>,
            E: system::Rhs<B::Item>,
            B: system::Buffer<Item: scalar::Concrete + linalg::Field>,
        {
            $crate::by_cache::krylov_by_cache!(system::Split<I, E>, B, stringify!($method));
        }
    };
}

pub(super) use ark;
