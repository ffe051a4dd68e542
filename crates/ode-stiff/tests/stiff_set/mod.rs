//! The stiff problems and the DAEs of the test set, behind one type: a method is compiled once.

#![allow(dead_code)] // Each test program uses a part of it.

use ode_core::{Algorithm, OdeProblem, Options, Save, Solution, SolveError, solve};
use system::{Coloring, DualWork, Failure, Jacobian, Mass, Pattern, Rhs, System};
use testset::{Problem, Reference, Visitor};

/// A model behind a pointer, with its exact Jacobian.
pub(crate) struct Model {
    system: Box<dyn Erased>,
    mass: Option<Mass>,
}

trait Erased {
    fn dim(&self) -> usize;
    fn eval(&self, t: f64, u: &[f64], p: &[f64], du: &mut [f64]);
    fn work(&self) -> DualWork<f64>;
    fn jacobian(
        &self,
        at: (f64, &[f64], &[f64]),
        jac: &mut [f64],
        work: &mut DualWork<f64>,
    ) -> Result<(), Failure>;
    fn time_derivative(
        &self,
        at: (f64, &[f64], &[f64]),
        dfdt: &mut [f64],
        work: &mut DualWork<f64>,
    ) -> Result<(), Failure>;
    fn pattern(&self) -> Option<Pattern>;
    fn sparse(
        &self,
        at: (f64, &[f64], &[f64]),
        coloring: &Coloring,
        out: (&mut [f64], &mut [f64]),
        work: &mut DualWork<f64>,
    ) -> Result<(), Failure>;
}

impl<F: System> Erased for F {
    fn dim(&self) -> usize {
        System::dim(self)
    }
    fn eval(&self, t: f64, u: &[f64], p: &[f64], du: &mut [f64]) {
        self.rhs(t, u, p, du);
    }
    fn work(&self) -> DualWork<f64> {
        self.jacobian_work()
    }
    fn jacobian(
        &self,
        (t, u, p): (f64, &[f64], &[f64]),
        jac: &mut [f64],
        work: &mut DualWork<f64>,
    ) -> Result<(), Failure> {
        Jacobian::jacobian(self, t, u, p, jac, work)
    }
    fn time_derivative(
        &self,
        (t, u, p): (f64, &[f64], &[f64]),
        dfdt: &mut [f64],
        work: &mut DualWork<f64>,
    ) -> Result<(), Failure> {
        Jacobian::time_derivative(self, t, u, p, dfdt, work)
    }
    fn pattern(&self) -> Option<Pattern> {
        Jacobian::<f64>::pattern(self)
    }
    fn sparse(
        &self,
        (t, u, p): (f64, &[f64], &[f64]),
        coloring: &Coloring,
        out: (&mut [f64], &mut [f64]),
        work: &mut DualWork<f64>,
    ) -> Result<(), Failure> {
        self.sparse_derivatives(t, u, p, coloring, out, work)
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
        self.system.eval(t, u, p, du);
        Ok(())
    }
    fn mass(&self) -> Option<&Mass> {
        self.mass.as_ref()
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
        self.system.jacobian((t, u, p), jac, work)
    }
    fn time_derivative(
        &self,
        t: f64,
        u: &[f64],
        p: &[f64],
        dfdt: &mut [f64],
        work: &mut DualWork<f64>,
    ) -> Result<(), Failure> {
        self.system.time_derivative((t, u, p), dfdt, work)
    }
    fn pattern(&self) -> Option<Pattern> {
        self.system.pattern()
    }
    fn sparse_derivatives(
        &self,
        t: f64,
        u: &[f64],
        p: &[f64],
        coloring: &Coloring,
        out: (&mut [f64], &mut [f64]),
        work: &mut DualWork<f64>,
    ) -> Result<(), Failure> {
        self.system.sparse((t, u, p), coloring, out, work)
    }
}

/// A problem `M u' = f` and its reference values.
pub(crate) struct Case {
    pub(crate) reference: Reference,
    pub(crate) problem: OdeProblem<Model>,
}

impl Case {
    /// `atol = 0.01 rtol max |component|` of each component: the small ones matter.
    pub(crate) fn options(&self, rtol: f64) -> Options {
        let small = |scale: f64| 0.01 * rtol * if scale > 0.0 { scale } else { 1.0 };
        Options {
            rtol,
            atol_each: self.reference.scale().into_iter().map(small).collect(),
            save: Save::At(self.reference.times()),
            max_steps: 1_000_000,
            ..Options::default()
        }
    }

    /// The same, but steps end at the listed times and where the right-hand side jumps: what is measured
    /// is the method and not its interpolant. Two problems have concentrations that fall to 1e-22 and
    /// 1e-13 and must not become negative: beyond, Robertson's solution explodes.
    pub(crate) fn ending_at_points(&self, rtol: f64) -> Options {
        let mut options = self.options(rtol);
        options.stops = self.reference.times();
        options.stops.extend(&self.reference.stops);
        match self.reference.name.as_str() {
            "pyrolysis_e5" => options.atol_each = vec![1e-18 * rtol; 4],
            "rober" => options.atol_each.iter_mut().for_each(|atol| *atol *= 1e-4),
            _ => {}
        }
        options
    }

    pub(crate) fn solve<A>(&self, method: A, rtol: f64) -> Result<Solution, SolveError>
    where
        A: Algorithm<Model, Vec<f64>>,
    {
        solve(&self.problem, method, &self.options(rtol))
    }

    /// The largest error of all components at all listed times, relative to the largest value of
    /// each component.
    pub(crate) fn error(&self, solution: &Solution) -> f64 {
        let states: Vec<&[f64]> = solution.iter().map(|(_, u)| u).collect();
        self.reference.scaled_error(&states).unwrap()
    }

    /// The largest algebraic residual of the saved points.
    pub(crate) fn residual(&self, solution: &Solution) -> f64 {
        let Some(mass) = self.problem.rhs().mass() else { return 0.0 };
        let mut f = vec![0.0; mass.size()];
        let mut largest = 0.0f64;
        for (t, u) in solution {
            self.problem.rhs().eval(t, u, self.problem.p(), &mut f).unwrap();
            for i in (0..mass.size()).filter(|&i| mass.is_algebraic(i)) {
                largest = largest.max(f[i].abs());
            }
        }
        largest
    }
}

struct Collect(Vec<Case>);

impl Visitor for Collect {
    fn visit<F: System + Copy + 'static, const N: usize>(&mut self, problem: &Problem<F, N>) {
        let reference = problem.reference.clone();
        let mass = reference.mass_matrix_diagonal.as_ref().map(Mass::diagonal);
        let rhs = Model { system: Box::new(problem.system), mass };
        let (u0, p, tspan) = (reference.u0.clone(), reference.p.clone(), reference.tspan);
        let problem = OdeProblem::new(rhs, u0, p, tspan).unwrap();
        self.0.push(Case { reference, problem });
    }
}

/// The ordinary problems, then the DAEs.
pub(crate) fn cases() -> Vec<Case> {
    let mut collect = Collect(Vec::new());
    testset::stiff(&mut collect).unwrap();
    testset::differential_algebraic(&mut collect).unwrap();
    collect.0
}

/// The ordinary problems, and those of the demanding ones that take less than a second.
pub(crate) fn small() -> Vec<Case> {
    let mut collect = Collect(Vec::new());
    testset::stiff(&mut collect).unwrap();
    testset::demanding(&mut collect).unwrap();
    collect.0.retain(|case| case.reference.name != "ring_modulator");
    collect.0
}

/// The others: many states, or very many steps.
pub(crate) fn large() -> Vec<Case> {
    let mut collect = Collect(Vec::new());
    testset::demanding(&mut collect).unwrap();
    testset::large(&mut collect).unwrap();
    collect.0.retain(|case| {
        case.reference.variables.len() >= 80 || case.reference.name == "ring_modulator"
    });
    collect.0
}

/// The problem of this name.
pub(crate) fn case(name: &str) -> Case {
    cases().into_iter().find(|case| case.reference.name == name).unwrap()
}
