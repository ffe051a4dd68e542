//! The stiff problems and the DAEs of the test set, behind one type: a method is compiled once.

#![allow(dead_code)] // Each test program uses a part of it.

use ode_core::{Algorithm, OdeProblem, Options, Save, Solution, SolveError, solve};
use system::Rhs;
use testset::{Erased, ErasedProblem, Reference};

/// All models are of this type.
pub(crate) type Model = Erased<'static>;

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

fn collect<const K: usize>(lists: [Result<Vec<ErasedProblem>, testset::Error>; K]) -> Vec<Case> {
    let case = |ErasedProblem { model, reference, .. }: ErasedProblem| {
        let (u0, p, tspan) = (reference.u0.clone(), reference.p.clone(), reference.tspan);
        let problem = OdeProblem::new(model, u0, p, tspan).unwrap();
        Case { reference, problem }
    };
    lists.into_iter().flat_map(Result::unwrap).map(case).collect()
}

/// The ordinary problems, then the DAEs.
pub(crate) fn cases() -> Vec<Case> {
    collect([ErasedProblem::stiff(), ErasedProblem::differential_algebraic()])
}

/// The ordinary problems, and those of the demanding ones that take less than a second.
pub(crate) fn small() -> Vec<Case> {
    let mut cases = collect([ErasedProblem::stiff(), ErasedProblem::demanding()]);
    cases.retain(|case| case.reference.name != "ring_modulator");
    cases
}

/// The others: many states, or very many steps.
pub(crate) fn large() -> Vec<Case> {
    let mut cases = collect([ErasedProblem::demanding(), ErasedProblem::large()]);
    cases.retain(|case| {
        case.reference.variables.len() >= 80 || case.reference.name == "ring_modulator"
    });
    cases
}

/// Every problem there is.
pub(crate) fn all() -> Vec<Case> {
    let nonstiff = collect([ErasedProblem::nonstiff()]);
    let implicit = [ErasedProblem::demanding(), ErasedProblem::large()];
    nonstiff.into_iter().chain(cases()).chain(collect(implicit)).collect()
}

/// The problem of this name.
pub(crate) fn case(name: &str) -> Case {
    cases().into_iter().find(|case| case.reference.name == name).unwrap()
}
