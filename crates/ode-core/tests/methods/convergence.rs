//! Observed orders of convergence, of the solutions and of the interpolants, with fixed steps.

use crate::erased::Erased;
use crate::method::{Method, Visitor, every};
use crate::method_matrix::Claim;
use ode_core::{OdeProblem, Options, Save, Solution, StepSize, solve};
use testset::models::LinearDampedOscillator;

system::system! {
    /// Nonlinear, faster and faster: `x = exp(sin t²)`, `y = cos t²`.
    struct Chirp;
    state { x, y }
    params {}
    rhs(t) {
        d(x) = 2.0 * t * x * y;
        d(y) = -2.0 * t * x.ln();
    }
}

system::system! {
    /// `y = exp(sin t)`.
    struct Waves;
    state { y }
    params {}
    rhs(t) {
        d(y) = y * t.cos();
    }
}

/// A model with its solution in closed form.
struct Case {
    name: &'static str,
    model: Erased<'static, f64>,
    p: Vec<f64>,
    end: f64,
    /// Steps of a first-order method that are surely too few; others start with fewer.
    coarsest: f64,
    exact: fn(f64) -> Vec<f64>,
}

fn cases() -> [Case; 3] {
    [
        Case {
            name: "linear, two states",
            model: Erased::new(LinearDampedOscillator),
            p: vec![2.0, 0.05],
            end: 20.0,
            coarsest: 400.0,
            exact: |t| LinearDampedOscillator::exact(t, [1.0, 0.3], [2.0, 0.05]).to_vec(),
        },
        Case {
            name: "not autonomous",
            model: Erased::new(Waves),
            p: vec![],
            end: 30.0,
            coarsest: 600.0,
            exact: |t| vec![t.sin().exp()],
        },
        Case {
            name: "nonlinear",
            model: Erased::new(Chirp),
            p: vec![],
            end: 6.0,
            coarsest: 480.0,
            exact: |t| vec![(t * t).sin().exp(), (t * t).cos()],
        },
    ]
}

impl Case {
    fn solve(&self, method: Method, steps: usize, save: Save) -> Solution {
        let step = StepSize::Fixed(self.end / steps as f64);
        let options = Options { step, save, ..Options::default() };
        let (model, p, tspan) = (self.model.clone(), self.p.clone(), (0.0, self.end));
        let solution = match (self.exact)(0.0)[..] {
            [u] => solve(&OdeProblem::new(model, [u], p, tspan).unwrap(), method, &options),
            [u, v] => solve(&OdeProblem::new(model, [u, v], p, tspan).unwrap(), method, &options),
            ref u => {
                solve(&OdeProblem::new(model, u.to_vec(), p, tspan).unwrap(), method, &options)
            }
        };
        let solution = solution.unwrap();
        assert_eq!(solution.stats().accepted, steps);
        solution
    }

    fn error_at(&self, solution: &Solution, t: f64) -> f64 {
        distance(&solution.at(t).unwrap(), &(self.exact)(t))
    }
}

fn distance(u: &[f64], v: &[f64]) -> f64 {
    u.iter().zip(v).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

/// The slope of `log error` over `log size`, by least squares.
fn slope(points: &[(f64, f64)]) -> f64 {
    let n = points.len() as f64;
    let logs: Vec<_> = points.iter().map(|(size, error)| (size.ln(), error.ln())).collect();
    let mean = |f: fn(&(f64, f64)) -> f64| logs.iter().map(f).sum::<f64>() / n;
    let (x, y) = (mean(|l| l.0), mean(|l| l.1));
    let (mut above, mut below) = (0.0, 0.0);
    for (a, b) in &logs {
        above += (a - x) * (b - y);
        below += (a - x) * (a - x);
    }
    above / below
}

/// Refines the steps until round-off is near, and fits the finest of the sizes.
fn observed(
    method: Method,
    what: &str,
    end: f64,
    coarsest: f64,
    mut error: impl FnMut(usize) -> f64,
) -> f64 {
    // Large weights that cancel leave more round-off.
    let weights = method.cancellation();
    let round_off = 5e-15 * (weights / 10.0).max(1.0);
    let mut points = Vec::new();
    let mut steps = coarsest;
    while steps < 20_000.0 {
        let error = error(steps as usize);
        if error < round_off * (20.0 + steps) {
            break;
        }
        points.push((end / (steps as usize) as f64, error));
        steps *= 1.15;
    }
    assert!(points.len() >= 5, "{what}: too few sizes above round-off: {points:?}");
    slope(&points[points.len() - 5..])
}

/// The largest error of all steps is `O(dtᵖ)`. (The error at one time alone may change its sign.)
struct OfSteps;

impl Visitor for OfSteps {
    fn visit(&mut self, method: Method, (order, _): Claim) {
        let nominal = f64::from(order);
        for case in cases() {
            let what = format!("{method:?} on {}", case.name);
            let found = observed(method, &what, case.end, case.coarsest / nominal, |steps| {
                let solution = case.solve(method, steps, Save::Steps);
                let errors = solution.iter().map(|(t, u)| distance(u, &(case.exact)(t)));
                errors.fold(0.0, f64::max)
            });
            println!("{what}: {found:.3}");
            // The leading terms of the error are all but zero in pairs of high order: they show where
            // round-off hides them.
            let most = if order > 5 { nominal + 1.3 } else { nominal + 0.15 };
            assert!(nominal - 0.15 <= found && found <= most, "{what}: observed order {found}");
        }
    }
}

#[test]
fn solutions_converge_with_the_nominal_order() {
    every(&mut OfSteps);
}

/// The error between the steps is at least of the order that the interpolant claims, wherever one
/// looks.
struct Between;

impl Visitor for Between {
    fn visit(&mut self, method: Method, (order, nominal): Claim) {
        let nominal = f64::from(nominal);
        for case in cases() {
            let what = format!("the interpolant of {method:?} on {}", case.name);
            for theta in [0.12, 0.35, 0.5, 0.7, 0.93] {
                let coarsest = case.coarsest / f64::from(order);
                let found = observed(method, &what, case.end, coarsest, |steps| {
                    let solution = case.solve(method, steps, Save::Dense);
                    let dt = case.end / steps as f64;
                    let times = (0..steps).map(|i| (i as f64 + theta) * dt);
                    times.map(|t| case.error_at(&solution, t)).fold(0.0, f64::max)
                });
                assert!(found >= nominal - 0.15, "{what} at {theta}: observed order {found}");
            }
        }
    }
}

#[test]
fn interpolants_converge_at_every_interior_point() {
    every(&mut Between);
}
