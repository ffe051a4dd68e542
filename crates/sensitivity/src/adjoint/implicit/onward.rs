use crate::Loss;
use crate::augmented::Augmented;
use scalar::Scalar;
use system::{Coloring, Failure, Jacobian, Mass, Pattern, Rhs, System};

/// What an implicit method solves forward in time: the model, perhaps with a mass matrix, and the integral of
/// the running term as one more state where there is one.
#[derive(Debug)]
pub struct Onward<'a, F, L> {
    pub(super) system: Augmented<'a, F, L>,
    mass: Option<Mass>,
}

impl<F, L> Clone for Onward<'_, F, L> {
    fn clone(&self) -> Self {
        Self { system: self.system, mass: self.mass.clone() }
    }
}

impl<'a, F: System, L: Loss> Onward<'a, F, L> {
    pub(super) fn new((rhs, mass): (&'a F, Option<&Mass>), loss: &'a L, integrates: bool) -> Self {
        let system = Augmented { rhs, loss, integrates };
        let mass = mass.map(|mass| mass.clone().extended(usize::from(integrates)));
        Self { system, mass }
    }

    pub(super) fn mass(&self) -> Option<&Mass> {
        self.mass.as_ref()
    }

    /// `out += w M x`.
    pub(super) fn add_mass(&self, w: f64, x: &[f64], out: &mut [f64]) {
        match &self.mass {
            None => out.iter_mut().zip(x).for_each(|(out, x)| *out += w * x),
            Some(mass) => {
                for (i, out) in out.iter_mut().enumerate() {
                    *out += w * mass.row(i).iter().map(|&(j, m)| m * x[j]).sum::<f64>();
                }
            }
        }
    }

    /// `out += w Mᵀ x`.
    pub(super) fn add_transposed_mass(&self, w: f64, x: &[f64], out: &mut [f64]) {
        match &self.mass {
            None => out.iter_mut().zip(x).for_each(|(out, x)| *out += w * x),
            Some(mass) => {
                for (i, x) in x.iter().enumerate() {
                    mass.row(i).iter().for_each(|&(j, m)| out[j] += w * m * x);
                }
            }
        }
    }
}

impl<S: Scalar, F: System, L: Loss> Rhs<S> for Onward<'_, F, L> {
    fn states(&self) -> usize {
        self.system.dim()
    }
    fn params(&self) -> Option<usize> {
        Some(self.system.num_params())
    }
    #[inline]
    fn eval(&self, t: S, u: &[S], p: &[S], du: &mut [S]) -> Result<(), Failure> {
        self.system.rhs(t, u, p, du);
        Ok(())
    }
    fn mass(&self) -> Option<&Mass> {
        self.mass.as_ref()
    }
    fn names(&self) -> Vec<String> {
        self.system.state_names()
    }
}

/// Everything is that of the system.
impl<'a, S: Scalar, F: System, L: Loss> Jacobian<S> for Onward<'a, F, L> {
    type Work = <Augmented<'a, F, L> as Jacobian<S>>::Work;

    fn jacobian_work(&self) -> Self::Work {
        self.system.jacobian_work()
    }
    fn jacobian(
        &self,
        t: S,
        u: &[S],
        p: &[S],
        jac: &mut [S],
        work: &mut Self::Work,
    ) -> Result<(), Failure> {
        self.system.jacobian(t, u, p, jac, work)
    }
    fn time_derivative(
        &self,
        t: S,
        u: &[S],
        p: &[S],
        dfdt: &mut [S],
        work: &mut Self::Work,
    ) -> Result<(), Failure> {
        self.system.time_derivative(t, u, p, dfdt, work)
    }
    fn derivatives(
        &self,
        t: S,
        u: &[S],
        p: &[S],
        out: (&mut [S], &mut [S]),
        work: &mut Self::Work,
    ) -> Result<(), Failure> {
        self.system.derivatives(t, u, p, out, work)
    }
    fn jvp(
        &self,
        t: S,
        u: &[S],
        p: &[S],
        product: (&[S], &mut [S]),
        work: &mut Self::Work,
    ) -> Result<(), Failure> {
        self.system.jvp(t, u, p, product, work)
    }
    fn pattern(&self) -> Option<Pattern> {
        Jacobian::<S>::pattern(&self.system)
    }
    fn declares_pattern(&self) -> bool {
        Jacobian::<S>::declares_pattern(&self.system)
    }
    fn sparse_derivatives(
        &self,
        t: S,
        u: &[S],
        p: &[S],
        coloring: &Coloring,
        out: (&mut [S], &mut [S]),
        work: &mut Self::Work,
    ) -> Result<(), Failure> {
        self.system.sparse_derivatives(t, u, p, coloring, out, work)
    }
}
