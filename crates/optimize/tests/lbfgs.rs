//! L-BFGS against published minima and its own defining conditions.

mod problems;

use optimize::{
    Control, FromFn, Lbfgs, Minimizer, Objective, Stop, StopReason, StrongWolfe, minimize,
};
use proptest::prelude::*;

fn tight() -> Stop {
    Stop { gradient_tol: 1e-9, ..Stop::default() }
}

#[test]
fn gradients_of_the_test_problems_agree_with_central_differences() {
    for mut problem in problems::all() {
        let x: Vec<f64> = problem.start.iter().map(|x| x * 0.9 + 0.05).collect();
        let mut gradient = vec![0.0; x.len()];
        problem.value_gradient(&x, &mut gradient);
        for i in 0..x.len() {
            let h = 1e-5;
            let (mut up, mut down) = (x.clone(), x.clone());
            up[i] += h;
            down[i] -= h;
            let difference = (problem.value(&up) - problem.value(&down)) / (2.0 * h);
            let error = (difference - gradient[i]).abs() / (1.0 + difference.abs());
            assert!(error < 1e-6, "{}: {difference} {}", problem.name, gradient[i]);
        }
    }
}

#[test]
fn values_at_the_published_starts() {
    // Rosenbrock 24.2, Beale 14.203125, Powell singular 215, Wood 19192: exact in the formulas.
    let start_value = |mut p: problems::Problem| p.value(&p.start.clone());
    assert!((start_value(problems::rosenbrock(2)) - 24.2).abs() < 1e-12);
    assert!((start_value(problems::beale()) - 14.203125).abs() < 1e-12);
    assert!((start_value(problems::powell_singular()) - 215.0).abs() < 1e-11);
    assert!((start_value(problems::wood()) - 19192.0).abs() < 1e-9);
}

#[test]
fn published_minima_are_found() {
    for mut problem in problems::all() {
        let start = problem.start.clone();
        let outcome = minimize(&Lbfgs::default(), &mut problem, &start, &tight()).unwrap();
        let name = problem.name;
        let minimum = problem.minimum;
        assert!(outcome.reason.is_converged(), "{name}: {}", outcome.reason);
        if outcome.reason == StopReason::ConvergedByGradient {
            assert!(outcome.gradient_norm <= 1e-9, "{name}: not the point that passed the test");
        }
        if minimum == 0.0 {
            assert!(outcome.value < 1e-8, "{name}: {:e}", outcome.value);
        } else {
            // Six digits are printed: one unit of the last.
            let unit = 10f64.powf(minimum.log10().floor() - 5.0);
            assert!((outcome.value - minimum).abs() <= unit, "{name}: {}", outcome.value);
        }
        if let Some(solution) = &problem.solution {
            for (x, s) in outcome.x.iter().zip(solution) {
                assert!((x - s).abs() < 1e-8, "{name}: {:?}", outcome.x);
            }
        }
        assert!(outcome.evaluations < 250, "{name}: {} evaluations", outcome.evaluations);
        assert_eq!(outcome.history.len(), outcome.iterations + 1);
    }
}

/// ½ (x − 1)ᵀ A (x − 1) with A = diag(1 … 10⁶) in a basis turned by Householder's reflection.
fn ill_conditioned(dim: usize) -> impl Objective {
    let eigenvalues: Vec<f64> =
        (0..dim).map(|i| 1e6f64.powf(i as f64 / (dim - 1) as f64)).collect();
    let reflect = move |v: &mut [f64]| {
        let mean = 2.0 * v.iter().sum::<f64>() / dim as f64;
        v.iter_mut().for_each(|v| *v -= mean);
    };
    FromFn::new(dim, move |x: &[f64], g: &mut [f64]| {
        for (g, x) in g.iter_mut().zip(x) {
            *g = x - 1.0;
        }
        reflect(g);
        let value = g.iter().zip(&eigenvalues).map(|(g, e)| 0.5 * e * g * g).sum();
        g.iter_mut().zip(&eigenvalues).for_each(|(g, e)| *g *= e);
        reflect(g);
        value
    })
}

#[test]
fn quadratic_of_condition_one_million() {
    let start: Vec<f64> = (0..10).map(|i| f64::from(i) - 3.0).collect();
    // With exact searches and full memory BFGS ends on a quadratic after n = 10 iterations (Nocedal
    // & Wright, theorem 6.4); a nearly exact search must come close to that.
    let exact = StrongWolfe { c2: 0.01, ..StrongWolfe::default() };
    for (method, most) in [
        (Lbfgs::default(), 1000),
        (Lbfgs { memory: 20, line_search: exact.clone() }, 14),
        (Lbfgs { memory: 10, line_search: exact }, 16),
    ] {
        let outcome = minimize(&method, &mut ill_conditioned(10), &start, &tight()).unwrap();
        assert!(outcome.reason.is_converged(), "{}", outcome.reason);
        assert!(outcome.iterations <= most, "{}", outcome.iterations);
        for x in &outcome.x {
            assert!((x - 1.0).abs() < 1e-8, "{:?}", outcome.x);
        }
    }
}

#[test]
fn every_accepted_step_meets_the_strong_wolfe_conditions() {
    // Usual, nearly exact, and one in which the decrease is the harder of the two.
    for (c1, c2) in [(1e-4, 0.9), (1e-3, 0.1), (0.4, 0.45)] {
        let line_search = StrongWolfe { c1, c2, ..StrongWolfe::default() };
        for mut problem in problems::all() {
            let start = problem.start.clone();
            let name = problem.name;
            let method = Lbfgs { line_search: line_search.clone(), ..Lbfgs::default() };
            let mut iterates: Vec<Vec<f64>> = Vec::new();
            let mut watch = |iterate: &optimize::Iterate<'_>| {
                iterates.push(iterate.x.to_vec());
                Control::Continue
            };
            method.minimize(&mut problem, &start, &tight(), &mut watch).unwrap();
            assert!(iterates.len() > 5, "{name}");
            let dim = start.len();
            let (mut g0, mut g1) = (vec![0.0; dim], vec![0.0; dim]);
            for pair in iterates.windows(2) {
                let f0 = problem.value_gradient(&pair[0], &mut g0);
                let f1 = problem.value_gradient(&pair[1], &mut g1);
                // Slopes along s = α p: α φ′(0) and α φ′(α).
                let (mut slope0, mut slope1) = (0.0, 0.0);
                for i in 0..dim {
                    let s = pair[1][i] - pair[0][i];
                    slope0 += g0[i] * s;
                    slope1 += g1[i] * s;
                }
                assert!(slope0 < 0.0, "{name}: not a descent direction");
                let slack = 4.0 * f64::EPSILON * f0.abs();
                assert!(f1 <= f0 + line_search.c1 * slope0 + slack, "{name}: decrease");
                // s is rounded, so that the slopes are known to about that accuracy only.
                let rounding = 1e-6 * slope0.abs() + 1e-20;
                assert!(slope1.abs() <= line_search.c2 * slope0.abs() + rounding, "{name}: slope");
            }
        }
    }
}

#[test]
fn a_wrong_gradient_ends_in_a_line_search_failure() {
    let mut liar = FromFn::new(2, |x: &[f64], g: &mut [f64]| {
        g[0] = -2.0 * x[0];
        g[1] = -2.0 * x[1];
        x[0] * x[0] + x[1] * x[1]
    });
    let outcome = minimize(&Lbfgs::default(), &mut liar, &[1.0, 2.0], &Stop::default()).unwrap();
    let StopReason::LineSearchFailed { iteration: 1, evaluations, slope } = outcome.reason else {
        panic!("{}", outcome.reason)
    };
    assert!(evaluations <= 30 && slope < 0.0);
    assert_eq!(outcome.x, [1.0, 2.0]);
}

#[test]
fn a_function_without_minimum_ends() {
    let mut slide = FromFn::new(1, |x: &[f64], g: &mut [f64]| {
        g[0] = -1.0;
        -x[0]
    });
    let outcome = minimize(&Lbfgs::default(), &mut slide, &[0.0], &Stop::iterations(50)).unwrap();
    assert!(!outcome.reason.is_converged());
    assert!(outcome.value < -1e6 && outcome.x[0].is_finite());
}

proptest! {
    /// On ½ xᵀAx − bᵀx with A = LLᵀ + I the answer is A⁻¹b: the residual b − Ax vanishes.
    #[test]
    fn random_quadratics_reach_the_linear_solution(
        l in proptest::collection::vec(-1.0..1.0f64, 16),
        b in proptest::collection::vec(-10.0..10.0f64, 4),
        x0 in proptest::collection::vec(-10.0..10.0f64, 4),
        memory in 1usize..6,
    ) {
        let a = |i: usize, j: usize| {
            (0..4).map(|k| l[4 * i + k] * l[4 * j + k]).sum::<f64>() + f64::from(i == j)
        };
        let mut quadratic = FromFn::new(4, |x: &[f64], g: &mut [f64]| {
            for i in 0..4 {
                g[i] = (0..4).map(|j| a(i, j) * x[j]).sum::<f64>() - b[i];
            }
            (0..4).map(|i| 0.5 * x[i] * (g[i] - b[i])).sum()
        });
        let method = Lbfgs { memory, ..Lbfgs::default() };
        let outcome = minimize(&method, &mut quadratic, &x0, &Stop::default()).unwrap();
        prop_assert!(outcome.gradient_norm < 1e-6, "{:?}", outcome);
    }
}
