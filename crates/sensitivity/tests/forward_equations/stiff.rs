//! Stiff kinetics: published values, and duals.

use crate::close;
use crate::losses::Losses;
use crate::models::Model;
use ode_core::{Algorithm, OdeProblem, Options, Save};
use ode_stiff::{Bdf, KenCarp4, Ndf, RadauIIA5, Rodas5P};
use sensitivity::{
    Augmented, Corrector, ForwardEquations, ForwardSensitivity, Sensitivities, StateAndTangents,
    StepControl,
};

fn options(rtol: f64, atol: f64, times: &[f64]) -> Options {
    Options {
        rtol,
        atol,
        save: Save::At(times.to_vec()),
        max_steps: 1_000_000,
        ..Options::default()
    }
}

/// `∂yⱼ/∂(k1, k3, k2)` at t = 0.4 and 4, as printed by the example `cvsRoberts_FSA_dns` of CVODES
/// (SUNDIALS; relative tolerance 1e-4).
const PUBLISHED: [[[f64; 3]; 3]; 2] = [
    [
        [-3.5595e-1, 9.5431e-8, -1.5833e-11],
        [3.9025e-4, -2.1309e-10, -5.2900e-13],
        [3.5556e-1, -9.5218e-8, 1.6362e-11],
    ],
    [
        [-1.8761, 2.9614e-6, -4.9334e-10],
        [1.7922e-4, -5.8305e-10, -2.7626e-13],
        [1.8759, -2.9608e-6, 4.9362e-10],
    ],
];

fn robertson<A>(how: ForwardEquations, method: A, rtol: f64) -> Sensitivities
where
    A: for<'a> Algorithm<StateAndTangents<&'a Model>, Vec<f64>>,
{
    let p = [0.04, 3e7, 1e4];
    let problem = OdeProblem::new(Model::Robertson, [1.0, 0.0, 0.0], p, (0.0, 400.0)).unwrap();
    how.solve(&problem, method, &options(rtol, 1e-6 * rtol, &[0.4, 4.0, 400.0])).unwrap()
}

#[test]
fn robertson_as_published() {
    let p = [0.04, 3e7, 1e4];
    let problem = OdeProblem::new(Model::Robertson, vec![1.0, 0.0, 0.0], p, (0.0, 400.0)).unwrap();
    let fine = options(1e-10, 1e-16, &[0.4, 4.0, 400.0]);
    let exact = ForwardSensitivity.solve(&problem, RadauIIA5, &fine).unwrap();
    for (i, at) in PUBLISHED.iter().enumerate() {
        for (j, row) in at.iter().enumerate() {
            let found = exact.derivative(i, j);
            for (k, (expected, found)) in row.iter().zip([found[3], found[5], found[4]]).enumerate()
            {
                assert!((found / expected - 1.0).abs() < 2e-4, "{i} {j} {k}: {found} {expected}");
            }
        }
    }
    let compare = |found: Sensitivities, tol: f64, what: &str| {
        for i in 0..3 {
            for input in 0..6 {
                let of = |s: &Sensitivities| {
                    (0..3).map(|j| s.derivative(i, j)[input]).collect::<Vec<_>>()
                };
                close(&of(&found), &of(&exact), tol, &format!("{what}, time {i}, input {input}"));
            }
        }
    };
    let staggered = ForwardEquations::default();
    let together = ForwardEquations { corrector: Corrector::Simultaneous, ..staggered };
    let of_state = ForwardEquations { control: StepControl::State, ..staggered };
    compare(robertson(staggered, Rodas5P, 1e-9), 1e-6, "Rodas5P");
    compare(robertson(staggered, RadauIIA5, 1e-9), 1e-6, "Radau");
    compare(robertson(staggered, KenCarp4, 1e-8), 1e-5, "KenCarp4");
    compare(robertson(together, KenCarp4, 1e-8), 1e-5, "KenCarp4 together");
    compare(robertson(of_state, KenCarp4, 1e-8), 1e-4, "KenCarp4 of state");
    compare(robertson(staggered, Bdf::default(), 1e-10), 1e-6, "Bdf");
    compare(robertson(together, Bdf::default(), 1e-10), 1e-6, "Bdf together");
    compare(robertson(staggered, Ndf::default(), 1e-10), 1e-6, "Ndf");
}

fn pollution<A>(how: ForwardEquations, method: A, rtol: f64, expected: &[f64])
where
    A: for<'a> Algorithm<StateAndTangents<Augmented<'a, Model, Losses>>, Vec<f64>>,
{
    let what = method.name();
    let reference = testset::problems::pollution().unwrap();
    let tspan = reference.reference.tspan;
    let problem =
        OdeProblem::new(Model::Pollution, reference.u0, reference.reference.p.clone(), tspan)
            .unwrap();
    let options = options(rtol, 1e-6 * rtol, &[7.0, tspan.1]);
    let found = how.gradient(&problem, method, &options, &Losses::Smog).unwrap();
    let n = found.u0.len();
    close(&found.p, &expected[n..], 1e-6, what);
    close(&found.u0, &expected[..n], 1e-6, what);
}

#[test]
fn pollution_agrees_with_duals() {
    let reference = testset::problems::pollution().unwrap();
    let (u0, tspan) = (reference.u0, reference.reference.tspan);
    let problem =
        OdeProblem::new(Model::Pollution, u0.to_vec(), reference.reference.p.clone(), tspan)
            .unwrap();
    let fine = options(1e-10, 1e-16, &[7.0, tspan.1]);
    let exact = ForwardSensitivity.gradient(&problem, RadauIIA5, &fine, &Losses::Smog).unwrap();
    let exact = [exact.u0, exact.p].concat();
    let staggered = ForwardEquations::default();
    pollution(staggered, Rodas5P, 1e-9, &exact);
    pollution(staggered, KenCarp4, 1e-9, &exact);
    pollution(staggered, Bdf::default(), 1e-10, &exact);
}
