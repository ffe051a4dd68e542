//! Every method on every problem of the literature for explicit methods, against reference values.
//!
//! Tolerances: `atol = 0.01 rtol max |component|` over components and listed times, as the runs of
//! the peer (scipy's DOP853) that stand in the reference files, here one number for all components.

use crate::erased::Erased;
use crate::method::{Method, Visitor as Methods, every};
use crate::method_matrix::Claim;
use ode_core::{
    Algorithm, Bs3, Dop853, Dp5, ExplicitRk, OdeProblem, Options, Save, Solution, Ssprk43,
    StepSize, Tsit5, Vern6, Vern7, Vern8, Vern9, solve,
};
use system::{Buffer, System};
use testset::{Problem, Reference, Visitor};

fn options(reference: &Reference, rtol: f64) -> Options {
    let largest = reference.scale().into_iter().fold(0.0, f64::max);
    Options {
        rtol,
        atol: 0.01 * rtol * largest,
        save: Save::At(reference.times()),
        max_steps: 1_000_000,
        ..Options::default()
    }
}

/// A problem that does not show its model.
struct Case<'a> {
    model: Erased<'a, f64>,
    reference: &'a Reference,
}

/// Runs a test on every problem.
fn on_every_problem(test: impl FnMut(&Case<'_>)) {
    struct Each<T>(T, usize);
    impl<T: FnMut(&Case<'_>)> Visitor for Each<T> {
        fn visit<F: System + Copy, const N: usize>(&mut self, problem: &Problem<F, N>) {
            self.0(&Case { model: Erased::new(problem.system), reference: &problem.reference });
            self.1 += 1;
        }
    }
    let mut each = Each(test, 0);
    testset::nonstiff(&mut each).unwrap();
    assert_eq!(each.1, 12);
}

impl Case<'_> {
    fn solve<'a, A, B>(&'a self, method: A, u0: B, options: &Options) -> Solution
    where
        A: Algorithm<Erased<'a, f64>, B>,
        B: Buffer<Item = f64>,
    {
        let Reference { p, tspan, .. } = self.reference;
        let problem = OdeProblem::new(self.model.clone(), u0, p.clone(), *tspan).unwrap();
        solve(&problem, method, options).unwrap()
    }

    fn array<const N: usize>(&self) -> [f64; N] {
        self.reference.u0[..].try_into().unwrap()
    }

    /// Solves with both kinds of storage, which must give the same bits.
    fn run(&self, method: Method, options: &Options) -> Solution {
        let Reference { name, u0, .. } = self.reference;
        let fixed = match u0.len() {
            1 => self.solve(method, self.array::<1>(), options),
            2 => self.solve(method, self.array::<2>(), options),
            3 => self.solve(method, self.array::<3>(), options),
            4 => self.solve(method, self.array::<4>(), options),
            28 => self.solve(method, self.array::<28>(), options),
            n => panic!("{name}: no array of {n} numbers among the storages of the tests"),
        };
        let any = self.solve(method, u0.clone(), options);
        assert!(fixed.iter().eq(any.iter()), "{method:?} on {name}: arrays and Vecs differ");
        assert_eq!(fixed.stats(), any.stats());
        assert_eq!(fixed.times(), self.reference.times());
        fixed
    }
}

fn error(reference: &Reference, solution: &Solution) -> f64 {
    let states: Vec<&[f64]> = solution.iter().map(|(_, u)| u).collect();
    reference.scaled_error(&states).unwrap()
}

/// The peer's error at this tolerance: between its runs on a straight line of logarithms.
fn peer(reference: &Reference, rtol: f64) -> f64 {
    let runs = &reference.peer_errors;
    let upper = runs.windows(2).find(|w| w[1].rtol <= rtol).unwrap();
    let [a, b] = upper else { unreachable!() };
    let x = (rtol / a.rtol).ln() / (b.rtol / a.rtol).ln();
    (a.scaled_error.ln() * (1.0 - x) + b.scaled_error.ln() * x).exp()
}

/// How much worse than the peer, a method of order eight, a method may be.
fn factor(order: u32) -> f64 {
    if order < 5 { 1000.0 } else { 20.0 }
}

adaptive_test!(every_adaptive_method_solves_every_problem, |method| {
    on_every_problem(|case| {
        let reference = case.reference;
        for rtol in [1e-6, 1e-9] {
            let solution = case.run(method, &options(reference, rtol));
            let error = error(reference, &solution);
            let bound = factor(method.tableau().order) * peer(reference, rtol);
            let what = format!("{method:?} on {} at {rtol:e}", reference.name);
            assert!(error < bound, "{what}: error {error:.1e}, bound {bound:.1e}");
            // The controller foresees most of the errors.
            let stats = solution.stats();
            assert!(stats.rejected <= 10 + stats.accepted / 5, "{what}: {stats}");
        }
    });
});

/// Errors after 20 000 equal steps: bounds for Euler, Midpoint, Rk4 and methods of higher order.
/// (Above 1 where equal steps of this size resolve nothing, close encounters and chaos: there the
/// bound says that the trajectory stays about where it belongs.)
const FIXED: &[(&str, [f64; 4])] = &[
    ("linear_decay_forced", [1e-3, 1e-7, 1e-14, 1e-14]),
    ("linear_damped_oscillator", [1e-2, 1e-5, 2e-12, 1e-14]),
    ("linear_nonnormal_3x3", [1e-3, 1e-6, 3e-13, 3e-14]),
    ("time_varying_linear", [1e-4, 1e-8, 1e-14, 1e-14]),
    ("logistic", [1e-3, 1e-7, 1e-14, 1e-14]),
    ("lotka_volterra", [1e-2, 2e-6, 1e-12, 1e-13]),
    ("brusselator_0d", [1e-3, 2e-6, 2e-12, 1e-13]),
    ("fitzhugh_nagumo", [1e-3, 1e-6, 3e-12, 1e-13]),
    ("lorenz63_short", [2.0, 0.5, 1e-5, 1e-7]),
    ("kepler_e05", [2.0, 3e-4, 2e-10, 2e-12]),
    ("arenstorf", [10.0, 6.0, 2.0, 5e-2]),
    ("pleiades", [50.0, 0.1, 3e-5, 2e-7]),
];

struct EqualSteps;

impl Methods for EqualSteps {
    fn visit(&mut self, method: Method, _: Claim) {
        on_every_problem(|case| {
            let reference = case.reference;
            let row = FIXED.iter().find(|(name, _)| *name == reference.name).unwrap();
            let bound = match method.tableau().order {
                2 | 3 => row.1[1],
                4 => row.1[2],
                5.. => row.1[3],
                _ => row.1[0],
            };
            // Large weights that cancel leave more round-off.
            let bound = bound * (method.cancellation() / 10.0).max(1.0);
            let step = StepSize::Fixed((reference.tspan.1 - reference.tspan.0) / 20_000.0);
            let options = Options { step, ..options(reference, 1e-6) };
            let solution = case.run(method, &options);
            assert_eq!(solution.stats().accepted, 20_000);
            let error = error(reference, &solution);
            let what = format!("{method:?} on {}", reference.name);
            assert!(error <= bound, "{what}: error {error:.1e}, bound {bound:.1e}");
        });
    }
}

#[test]
fn every_method_solves_every_problem_in_equal_steps() {
    every(&mut EqualSteps);
}

/// Within two per cent, or within two.
fn pinned(what: &str, found: usize, wanted: usize) {
    let slack = 2.max(wanted / 50);
    assert!(found.abs_diff(wanted) <= slack, "{what}: {found}, was {wanted}");
}

/// The method itself, compiled with its integrator, and behind its pointer: the same bits, and the
/// work that it always was.
fn pin<M, F, const N: usize, const RUNS: usize>(
    method: M,
    problem: &Problem<F, N>,
    work: [(f64, [usize; 3]); RUNS],
) where
    M: ExplicitRk + Copy + Sync + 'static,
    F: System + Copy,
{
    let reference = &problem.reference;
    let case = Case { model: Erased::new(problem.system), reference };
    for (rtol, counts) in work {
        let options = options(reference, rtol);
        let what = format!("{} on {} at {rtol:e}", M::NAME, reference.name);
        let behind = case.run(Method::new(method), &options);
        let itself = case.solve(method, problem.u0, &options);
        assert!(itself.iter().eq(behind.iter()) && itself.stats() == behind.stats(), "{what}");
        let stats = itself.stats();
        pinned(&format!("accepted, {what}"), stats.accepted, counts[0]);
        pinned(&format!("rejected, {what}"), stats.rejected, counts[1]);
        pinned(&format!("evaluations, {what}"), stats.evaluations, counts[2]);
    }
}

/// Accepted and rejected steps, evaluations: a change here is a change of the step size control.
#[test]
fn the_work_is_pinned() {
    let arenstorf = &testset::problems::arenstorf().unwrap();
    let brusselator = &testset::problems::brusselator_0d().unwrap();
    let lotka_volterra = &testset::problems::lotka_volterra().unwrap();
    pin(Bs3, arenstorf, [(1e-6, [1743, 2, 5237]), (1e-9, [17659, 4, 52991])]);
    pin(Bs3, brusselator, [(1e-6, [917, 0, 2753]), (1e-9, [9232, 0, 27698])]);
    pin(Bs3, lotka_volterra, [(1e-6, [946, 0, 2840]), (1e-9, [9489, 0, 28469])]);
    pin(Ssprk43, arenstorf, [(1e-6, [2059, 3, 8247]), (1e-9, [20804, 4, 83230])]);
    pin(Ssprk43, brusselator, [(1e-6, [1192, 0, 4770]), (1e-9, [11924, 0, 47698])]);
    pin(Ssprk43, lotka_volterra, [(1e-6, [891, 0, 3566]), (1e-9, [8930, 0, 35722])]);
    pin(Dp5, arenstorf, [(1e-6, [224, 20, 1466]), (1e-9, [865, 1, 5198])]);
    pin(Dp5, brusselator, [(1e-6, [162, 12, 1046]), (1e-9, [595, 0, 3572])]);
    pin(Dp5, lotka_volterra, [(1e-6, [110, 1, 668]), (1e-9, [434, 0, 2606])]);
    pin(Tsit5, arenstorf, [(1e-6, [226, 21, 1484]), (1e-9, [876, 1, 5264])]);
    pin(Tsit5, brusselator, [(1e-6, [154, 16, 1022]), (1e-9, [561, 0, 3368])]);
    pin(Tsit5, lotka_volterra, [(1e-6, [113, 0, 680]), (1e-9, [448, 0, 2690])]);
    pin(Vern6, arenstorf, [(1e-6, [177, 23, 1608]), (1e-9, [523, 2, 4208])]);
    pin(Vern6, brusselator, [(1e-6, [122, 9, 1059]), (1e-9, [358, 2, 2891])]);
    pin(Vern6, lotka_volterra, [(1e-6, [97, 3, 811]), (1e-9, [299, 0, 2403])]);
    pin(Vern7, arenstorf, [(1e-6, [143, 14, 1568]), (1e-9, [363, 13, 3759])]);
    pin(Vern7, brusselator, [(1e-6, [93, 12, 1055]), (1e-9, [220, 6, 2271])]);
    pin(Vern7, lotka_volterra, [(1e-6, [65, 6, 721]), (1e-9, [158, 0, 1597])]);
    pin(Vern8, arenstorf, [(1e-6, [90, 10, 1306]), (1e-9, [191, 19, 2727])]);
    pin(Vern8, brusselator, [(1e-6, [58, 8, 873]), (1e-9, [124, 10, 1755])]);
    pin(Vern8, lotka_volterra, [(1e-6, [37, 2, 528]), (1e-9, [84, 1, 1127])]);
    pin(Vern9, arenstorf, [(1e-6, [85, 11, 1545]), (1e-9, [163, 21, 2943])]);
    pin(Vern9, brusselator, [(1e-6, [58, 8, 1077]), (1e-9, [109, 11, 1938])]);
    pin(Vern9, lotka_volterra, [(1e-6, [38, 5, 712]), (1e-9, [74, 5, 1288])]);
    pin(Dop853, arenstorf, [(1e-6, [95, 13, 1291]), (1e-9, [200, 25, 2683])]);
    pin(Dop853, brusselator, [(1e-6, [67, 7, 892]), (1e-9, [146, 13, 1906])]);
    pin(Dop853, lotka_volterra, [(1e-6, [48, 8, 675]), (1e-9, [104, 5, 1314])]);
    let pleiades = &testset::problems::pleiades().unwrap();
    pin(Tsit5, pleiades, [(1e-6, [231, 28, 1556])]);
    pin(Vern7, pleiades, [(1e-9, [360, 23, 3819])]);
}
