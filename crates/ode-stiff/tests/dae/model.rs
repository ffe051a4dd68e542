//! Models behind a pointer and methods behind a function: each method is compiled once.

use ode_core::{Events, OdeProblem, Options, Solution, SolveError, solve_with};
use ode_stiff::{
    Bdf, KenCarp4, KenCarp5, Kvaerno3, Kvaerno4, Kvaerno5, Ndf, RadauIIA5, Rodas4, Rodas4P,
    Rodas5P, TrBdf2,
};
use system::{Mass, System};
use testset::Erased;

/// All models are of this type.
pub(crate) type Model = Erased<'static>;

pub(crate) fn with_mass(system: impl System + 'static, mass: Mass) -> Model {
    Erased::with_mass(system, mass).unwrap()
}

/// A method: its name, the relative tolerance that suits its order, and how it solves.
#[derive(Clone, Copy)]
pub(crate) struct Method {
    pub(crate) name: &'static str,
    pub(crate) rtol: f64,
    solve: Solve,
}

type Solve = fn(&OdeProblem<Model>, &Options, &mut Events<'_>) -> Result<Solution, SolveError>;

impl Method {
    pub(crate) fn solve(
        &self,
        problem: &OdeProblem<Model>,
        options: &Options,
    ) -> Result<Solution, SolveError> {
        (self.solve)(problem, options, &mut Events::new())
    }

    pub(crate) fn solve_with(
        &self,
        problem: &OdeProblem<Model>,
        options: &Options,
        events: &mut Events<'_>,
    ) -> Result<Solution, SolveError> {
        (self.solve)(problem, options, events)
    }
}

macro_rules! methods {
    ($($rtol:literal: $name:literal = $method:expr;)*) => {
        [$(Method {
            name: $name,
            rtol: $rtol,
            solve: |problem, options, events| solve_with(problem, $method, options, events),
        }),*]
    };
}

/// All families.
pub(crate) const METHODS: [Method; 12] = methods! {
    1e-6: "Rodas4" = Rodas4;
    1e-6: "Rodas4P" = Rodas4P;
    1e-7: "Rodas5P" = Rodas5P;
    1e-4: "TrBdf2" = TrBdf2;
    1e-5: "Kvaerno3" = Kvaerno3;
    1e-6: "Kvaerno4" = Kvaerno4;
    1e-6: "Kvaerno5" = Kvaerno5;
    1e-6: "KenCarp4" = KenCarp4;
    1e-6: "KenCarp5" = KenCarp5;
    1e-7: "RadauIIA5" = RadauIIA5;
    1e-6: "Bdf" = Bdf::default();
    1e-6: "Ndf" = Ndf::default();
};
