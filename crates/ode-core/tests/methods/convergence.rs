//! Observed orders of convergence, of the solutions and of the interpolants, with fixed steps.

use crate::erased::erased;
use crate::method_matrix::{Claim, Visitor, every};
use ode_core::{ExplicitRk, Options, Save, Solution, StepSize, solve};
use system::System;
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
struct Case<F, const N: usize> {
    name: &'static str,
    system: F,
    p: Vec<f64>,
    end: f64,
    /// Steps of a first-order method that are surely too few; others start with fewer.
    coarsest: f64,
    exact: fn(f64) -> [f64; N],
}

impl<F: System + Copy, const N: usize> Case<F, N> {
    fn solve<M: ExplicitRk>(&self, method: M, steps: usize, save: Save) -> Solution {
        let dt = self.end / steps as f64;
        let problem = erased(self.system, (self.exact)(0.0), self.p.clone(), (0.0, self.end));
        let options = Options { step: StepSize::Fixed(dt), save, ..Options::default() };
        let solution = solve(&problem.unwrap(), method, &options).unwrap();
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
fn observed<M: ExplicitRk>(
    what: &str,
    end: f64,
    coarsest: f64,
    mut error: impl FnMut(usize) -> f64,
) -> f64 {
    // Large weights that cancel leave more round-off.
    let weights: f64 = M::TABLEAU.b.iter().map(|b| b.abs()).sum();
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

/// Visits every method with every case.
trait Check {
    fn check<M, F, const N: usize>(&self, method: M, claim: Claim, case: &Case<F, N>)
    where
        M: ExplicitRk + Copy,
        F: System + Copy;
}

struct OverCases<C>(C);

impl<C: Check> Visitor for OverCases<C> {
    fn visit<M: ExplicitRk + Copy>(&mut self, method: M, claim: Claim) {
        let OverCases(check) = self;
        let case = Case {
            name: "linear, two states",
            system: LinearDampedOscillator,
            p: vec![2.0, 0.05],
            end: 20.0,
            coarsest: 400.0,
            exact: |t| LinearDampedOscillator::exact(t, [1.0, 0.3], [2.0, 0.05]),
        };
        check.check(method, claim, &case);
        let case = Case {
            name: "not autonomous",
            system: Waves,
            p: vec![],
            end: 30.0,
            coarsest: 600.0,
            exact: |t| [t.sin().exp()],
        };
        check.check(method, claim, &case);
        let case = Case {
            name: "nonlinear",
            system: Chirp,
            p: vec![],
            end: 6.0,
            coarsest: 480.0,
            exact: |t| [(t * t).sin().exp(), (t * t).cos()],
        };
        check.check(method, claim, &case);
    }
}

/// The largest error of all steps is `O(dtᵖ)`. (The error at one time alone may change its sign.)
struct OfSteps;

impl Check for OfSteps {
    fn check<M, F, const N: usize>(&self, method: M, claim: Claim, case: &Case<F, N>)
    where
        M: ExplicitRk + Copy,
        F: System + Copy,
    {
        let what = format!("{} on {}", M::NAME, case.name);
        let order = observed::<M>(&what, case.end, case.coarsest / f64::from(claim.0), |steps| {
            let solution = case.solve(method, steps, Save::Steps);
            let errors = solution.iter().map(|(t, u)| distance(u, &(case.exact)(t)));
            errors.fold(0.0, f64::max)
        });
        println!("{what}: {order:.3}");
        let nominal = f64::from(claim.0);
        // The leading terms of the error are all but zero in pairs of high order: they show where
        // round-off hides them.
        let most = if claim.0 > 5 { nominal + 1.3 } else { nominal + 0.15 };
        assert!(nominal - 0.15 <= order && order <= most, "{what}: observed order {order}");
    }
}

#[test]
fn solutions_converge_with_the_nominal_order() {
    every(&mut OverCases(OfSteps));
}

/// The error between the steps is at least of the order that the interpolant claims, wherever one
/// looks.
struct Between;

impl Check for Between {
    fn check<M, F, const N: usize>(&self, method: M, claim: Claim, case: &Case<F, N>)
    where
        M: ExplicitRk + Copy,
        F: System + Copy,
    {
        let what = format!("the interpolant of {} on {}", M::NAME, case.name);
        for theta in [0.12, 0.35, 0.5, 0.7, 0.93] {
            let order =
                observed::<M>(&what, case.end, case.coarsest / f64::from(claim.0), |steps| {
                    let solution = case.solve(method, steps, Save::Dense);
                    let dt = case.end / steps as f64;
                    let errors =
                        (0..steps).map(|i| case.error_at(&solution, (i as f64 + theta) * dt));
                    errors.fold(0.0, f64::max)
                });

            let nominal = f64::from(claim.1);
            assert!(order >= nominal - 0.15, "{what} at {theta}: observed order {order}");
        }
    }
}

#[test]
fn interpolants_converge_at_every_interior_point() {
    every(&mut OverCases(Between));
}
