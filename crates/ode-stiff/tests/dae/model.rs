//! Models behind a pointer and methods behind a function: each method is compiled once.

use ode_core::{Events, OdeProblem, Options, Solution, SolveError, solve_with};
use ode_stiff::{
    Bdf, KenCarp4, KenCarp5, Kvaerno3, Kvaerno4, Kvaerno5, Ndf, RadauIIA5, Rodas4, Rodas4P,
    Rodas5P, TrBdf2,
};
use system::{DualWork, Failure, Jacobian, Mass, Rhs, System};

/// A model with its exact Jacobian, and a mass matrix.
pub(crate) struct Model {
    system: Box<dyn Erased>,
    mass: Mass,
}

impl Model {
    pub(crate) fn new(system: impl System + 'static, mass: Mass) -> Self {
        assert_eq!(mass.size(), System::dim(&system));
        Self { system: Box::new(system), mass }
    }
}

type At<'a> = (f64, &'a [f64], &'a [f64]);

trait Erased {
    fn dim(&self) -> usize;
    fn names(&self) -> Vec<String>;
    fn eval(&self, at: At<'_>, du: &mut [f64]);
    fn work(&self) -> DualWork<f64>;
    fn jac(&self, at: At<'_>, out: &mut [f64], work: &mut DualWork<f64>) -> Result<(), Failure>;
    fn dfdt(&self, at: At<'_>, out: &mut [f64], work: &mut DualWork<f64>) -> Result<(), Failure>;
}

impl<F: System> Erased for F {
    fn dim(&self) -> usize {
        System::dim(self)
    }
    fn names(&self) -> Vec<String> {
        self.state_names()
    }
    fn eval(&self, (t, u, p): At<'_>, du: &mut [f64]) {
        self.rhs(t, u, p, du);
    }
    fn work(&self) -> DualWork<f64> {
        self.jacobian_work()
    }
    fn jac(
        &self,
        (t, u, p): At<'_>,
        out: &mut [f64],
        work: &mut DualWork<f64>,
    ) -> Result<(), Failure> {
        self.jacobian(t, u, p, out, work)
    }
    fn dfdt(
        &self,
        (t, u, p): At<'_>,
        out: &mut [f64],
        work: &mut DualWork<f64>,
    ) -> Result<(), Failure> {
        self.time_derivative(t, u, p, out, work)
    }
}

impl Rhs<f64> for Model {
    fn states(&self) -> usize {
        self.system.dim()
    }
    fn params(&self) -> Option<usize> {
        None
    }
    fn eval(&self, t: f64, u: &[f64], p: &[f64], du: &mut [f64]) -> Result<(), Failure> {
        self.system.eval((t, u, p), du);
        Ok(())
    }
    fn mass(&self) -> Option<&Mass> {
        Some(&self.mass)
    }
    fn names(&self) -> Vec<String> {
        self.system.names()
    }
}

impl Jacobian<f64> for Model {
    type Work = DualWork<f64>;

    fn jacobian_work(&self) -> DualWork<f64> {
        self.system.work()
    }
    fn jacobian(
        &self,
        t: f64,
        u: &[f64],
        p: &[f64],
        jac: &mut [f64],
        work: &mut DualWork<f64>,
    ) -> Result<(), Failure> {
        self.system.jac((t, u, p), jac, work)
    }
    fn time_derivative(
        &self,
        t: f64,
        u: &[f64],
        p: &[f64],
        dfdt: &mut [f64],
        work: &mut DualWork<f64>,
    ) -> Result<(), Failure> {
        self.system.dfdt((t, u, p), dfdt, work)
    }
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
