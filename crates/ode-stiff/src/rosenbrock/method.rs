use super::RosenbrockTableau;

/// A Rosenbrock method is its tableau; everything else follows.
///
/// | method | order | stages | good for |
/// |---|---|---|---|
/// | [`Rosenbrock23`](crate::Rosenbrock23) | 2 | 3 | loose tolerances |
/// | [`Ros3P`](crate::Ros3P) | 3 | 4 | parabolic problems, loose tolerances |
/// | [`Rodas4`](crate::Rodas4) | 4 | 6 | medium tolerances |
/// | [`Rodas4P`](crate::Rodas4P) | 4 | 6 | the same for parabolic problems |
/// | [`Rodas5P`](crate::Rodas5P) | 5 | 8 | everything small, and DAEs |
///
/// **No iteration**: a step is as many linear systems as stages, with one matrix and one exact
/// Jacobian, which is evaluated for every step. **Mass matrices** are taken, singular ones too where
/// the index is 1. **Dense output** is the method's own and knows about stiffness.
pub trait Rosenbrock: Clone {
    /// The name of the literature.
    const NAME: &'static str;

    /// The coefficients.
    const TABLEAU: RosenbrockTableau;
}

/// Makes a type with a [`RosenbrockTableau`] an algorithm.
macro_rules! rosenbrock {
    ($method:ident, $tableau:expr) => {
        impl $crate::Rosenbrock for $method {
            const NAME: &'static str = stringify!($method);
            const TABLEAU: $crate::RosenbrockTableau = $tableau.checked();
        }

        impl $crate::OneStep for $method {
            type Family = $crate::RosenbrockFamily;
        }

        impl<F, B> ode_core::Algorithm<F, B> for $method
        where
            F: system::Jacobian<B::Item>,
            B: system::Buffer<Item: scalar::Concrete + linalg::Field>,
        {
            type Cache = $crate::RosenbrockCache<B, F::Work>;

            fn name(&self) -> &'static str {
                <Self as $crate::Rosenbrock>::NAME
            }
            fn order(&self) -> u32 {
                const { <Self as $crate::Rosenbrock>::TABLEAU.order }
            }
            fn is_adaptive(&self) -> bool {
                true
            }
            fn takes_mass(&self) -> bool {
                true
            }
            $crate::by_cache::by_cache!(F, B);
            $crate::by_cache::admitted_by_cache!(F, B);
        }

        impl<F, B, const W: usize> ode_core::Abreast<F, B, W> for $method
        where
            F: system::Jacobian<f64> + system::Jacobian<scalar::Lanes<W>>,
            B: ode_core::Bundled,
        {
            type Team = $crate::RosenbrockCache<
                B::InLanes<W>,
                <F as system::Jacobian<scalar::Lanes<W>>>::Work,
            >;

            fn team(&self, rhs: &F, u: &B::InLanes<W>) -> Self::Team {
                Self::Team::new(self, rhs, u)
            }
            fn is_able(&self, n: usize) -> bool {
                n <= $crate::iteration_matrix::SMALL
            }
            fn begin_lane(&self, lane: usize, f0: &[f64], team: &mut Self::Team) {
                team.begin_lane(lane, f0);
            }
            fn attempt_abreast(
                &self,
                rhs: &F,
                step: &mut ode_core::Step<'_, B::InLanes<W>, scalar::Lanes<W>>,
                team: &mut Self::Team,
            ) -> Result<(), system::Failure> {
                team.attempt_abreast::<Self, F>(rhs, step)
            }
            fn accept_abreast(
                &self,
                rhs: &F,
                step: &mut ode_core::Step<'_, B::InLanes<W>, scalar::Lanes<W>>,
                team: &mut Self::Team,
            ) -> Result<(), system::Failure> {
                team.accept(self, rhs, step)
            }
            fn degree(&self) -> usize {
                const { <Self as $crate::Rosenbrock>::TABLEAU.degree() }
            }
            fn dense_abreast(
                &self,
                _rhs: &F,
                interval: &ode_core::Interval<'_, B::InLanes<W>, scalar::Lanes<W>>,
                _scratch: &mut B::InLanes<W>,
                team: &mut Self::Team,
                coefficients: &mut [scalar::Lanes<W>],
            ) -> Result<(), system::Failure> {
                team.polynomial::<Self>(interval.u.as_ref(), coefficients);
                Ok(())
            }
            fn advance_abreast(&self, square: scalar::Lanes<W>, team: &mut Self::Team) {
                team.advance_abreast(square);
            }
            fn work_of_one(
                &self,
                accepted: usize,
                rejected: usize,
                _interpolated: usize,
            ) -> ode_core::Stats {
                const { <Self as $crate::Rosenbrock>::TABLEAU }.work_of_one(accepted, rejected)
            }
        }
    };
}

pub(super) use rosenbrock;
