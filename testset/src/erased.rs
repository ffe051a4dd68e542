use crate::{Error, Problem, Reference, Visitor};
use core::fmt;
use std::rc::Rc;
use system::{
    Coloring, DualWork, Failure, Jacobian, Mass, MassError, Pattern, Rhs, System, WithMass,
};

/// A model behind a pointer: whatever the model, it is of one type, so that a solver is compiled once for
/// each method and not once more for every model.
///
/// Nothing else changes: derivatives are exact and by the same duals, the pattern of the Jacobian is the
/// traced or declared one, and all numbers have the same bits. A right-hand side with a mass matrix
/// (`WithMass`) or a declared pattern (`WithPattern`) can stand behind the pointer as well as a [`System`].
///
/// The price is a call by pointer for each evaluation, and one number type for each value.
///
/// ```
/// use system::{Jacobian, Mass, Rhs, WithMass};
/// use testset::Erased;
/// use testset::models::{Robertson, RobertsonDae};
///
/// let dae = WithMass::new(RobertsonDae, Mass::diagonal([1.0, 1.0, 0.0]))?;
/// let models: [Erased; 2] = [Erased::new(Robertson), Erased::new(dae)];
/// let mut jac = [0.0; 9];
/// for model in &models {
///     let mut work = model.jacobian_work();
///     model.jacobian(0.0, &[1.0, 0.0, 0.0], &[0.04, 3e7, 1e4], &mut jac, &mut work)?;
///     assert_eq!(jac[..3], [-0.04, 0.0, 0.0]);
/// }
/// assert!(models[1].mass().is_some());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Erased<'a, S: Copy = f64>(Rc<dyn Jacobian<S, Work = DualWork<S>> + 'a>);

impl<'a, S: Copy> Erased<'a, S> {
    /// Moves a model behind the pointer. One allocation.
    pub fn new(model: impl Jacobian<S, Work = DualWork<S>> + 'a) -> Self {
        Self(Rc::new(model))
    }
}

impl<'a> Erased<'a> {
    /// The same for a model with a mass matrix.
    ///
    /// # Errors
    ///
    /// Those of [`WithMass::new`]: a matrix of another size, or one that is not finite.
    pub fn with_mass(system: impl System + 'a, mass: Mass) -> Result<Self, MassError> {
        Ok(Self::new(WithMass::new(system, mass)?))
    }
}

impl<S: Copy> Clone for Erased<'_, S> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<S: Copy> fmt::Debug for Erased<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Erased").field("states", &self.0.states()).finish_non_exhaustive()
    }
}

impl<S: Copy> Rhs<S> for Erased<'_, S> {
    fn states(&self) -> usize {
        self.0.states()
    }
    fn params(&self) -> Option<usize> {
        self.0.params()
    }
    fn eval(&self, t: S, u: &[S], p: &[S], du: &mut [S]) -> Result<(), Failure> {
        self.0.eval(t, u, p, du)
    }
    fn mass(&self) -> Option<&Mass> {
        self.0.mass()
    }
    fn names(&self) -> Vec<String> {
        self.0.names()
    }
}

impl<S: Copy> Jacobian<S> for Erased<'_, S> {
    type Work = DualWork<S>;

    fn jacobian_work(&self) -> DualWork<S> {
        self.0.jacobian_work()
    }
    fn jacobian(
        &self,
        t: S,
        u: &[S],
        p: &[S],
        jac: &mut [S],
        work: &mut DualWork<S>,
    ) -> Result<(), Failure> {
        self.0.jacobian(t, u, p, jac, work)
    }
    fn time_derivative(
        &self,
        t: S,
        u: &[S],
        p: &[S],
        dfdt: &mut [S],
        work: &mut DualWork<S>,
    ) -> Result<(), Failure> {
        self.0.time_derivative(t, u, p, dfdt, work)
    }
    fn derivatives(
        &self,
        t: S,
        u: &[S],
        p: &[S],
        out: (&mut [S], &mut [S]),
        work: &mut DualWork<S>,
    ) -> Result<(), Failure> {
        self.0.derivatives(t, u, p, out, work)
    }
    fn jvp(
        &self,
        t: S,
        u: &[S],
        p: &[S],
        product: (&[S], &mut [S]),
        work: &mut DualWork<S>,
    ) -> Result<(), Failure> {
        self.0.jvp(t, u, p, product, work)
    }
    fn pattern(&self) -> Option<Pattern> {
        self.0.pattern()
    }
    fn declares_pattern(&self) -> bool {
        self.0.declares_pattern()
    }
    fn sparse_derivatives(
        &self,
        t: S,
        u: &[S],
        p: &[S],
        coloring: &Coloring,
        out: (&mut [S], &mut [S]),
        work: &mut DualWork<S>,
    ) -> Result<(), Failure> {
        self.0.sparse_derivatives(t, u, p, coloring, out, work)
    }
}

/// A problem of the test set whose model stands behind a pointer, with its mass matrix where it has one.
///
/// ```
/// let names = |problems: Vec<testset::ErasedProblem>| -> Vec<String> {
///     problems.into_iter().map(|problem| problem.reference.name).collect()
/// };
/// let daes = names(testset::ErasedProblem::differential_algebraic()?);
/// assert_eq!(daes, ["rober_dae", "chemakzo_dae"]);
/// # Ok::<(), testset::Error>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ErasedProblem {
    /// The model.
    pub model: Erased<'static>,
    /// Initial state, parameters, time span and values.
    pub reference: Reference,
}

// Lists, and not a method of `Problem`: so the models are compiled with this crate and not in every test.
impl ErasedProblem {
    /// Those of [`nonstiff`](crate::nonstiff).
    ///
    /// # Errors
    ///
    /// As [`stiff`](Self::stiff).
    pub fn nonstiff() -> Result<Vec<Self>, Error> {
        collected(crate::nonstiff)
    }

    /// Those of [`stiff`](crate::stiff).
    ///
    /// # Errors
    ///
    /// Those of [`Problem::new`]; none for the embedded references.
    pub fn stiff() -> Result<Vec<Self>, Error> {
        collected(crate::stiff)
    }

    /// Those of [`demanding`](crate::demanding).
    ///
    /// # Errors
    ///
    /// As [`stiff`](Self::stiff).
    pub fn demanding() -> Result<Vec<Self>, Error> {
        collected(crate::demanding)
    }

    /// Those of [`large`](crate::large).
    ///
    /// # Errors
    ///
    /// As [`stiff`](Self::stiff).
    pub fn large() -> Result<Vec<Self>, Error> {
        collected(crate::large)
    }

    /// Those of [`differential_algebraic`](crate::differential_algebraic), with their mass matrices.
    ///
    /// # Errors
    ///
    /// As [`stiff`](Self::stiff).
    pub fn differential_algebraic() -> Result<Vec<Self>, Error> {
        collected(crate::differential_algebraic)
    }
}

fn collected(
    visit: impl FnOnce(&mut Collect) -> Result<(), Error>,
) -> Result<Vec<ErasedProblem>, Error> {
    let mut each = Collect(Vec::new());
    visit(&mut each)?;
    each.0.into_iter().collect()
}

struct Collect(Vec<Result<ErasedProblem, Error>>);

impl Visitor for Collect {
    fn visit<F: System + Copy + 'static, const N: usize>(&mut self, problem: &Problem<F, N>) {
        self.0.push(erase(problem.system, problem.reference.clone()));
    }
}

fn erase(system: impl System + 'static, reference: Reference) -> Result<ErasedProblem, Error> {
    let model = match &reference.mass_matrix_diagonal {
        None => Erased::new(system),
        Some(diagonal) => {
            let (expected, found) = (system.dim(), diagonal.len());
            Erased::with_mass(system, Mass::diagonal(diagonal)).map_err(|_| {
                let place = format!("reference `{}`, mass matrix", reference.name);
                Error::from(crate::ErrorKind::Count { place, expected, found })
            })?
        }
    };
    Ok(ErasedProblem { model, reference })
}
