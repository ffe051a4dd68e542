//! The error estimate of DOP853, from two embedded solutions, against Hairer's formula and program.

use crate::erased::erased;
use ode_core::{Controller, Dop853, ExplicitRk, Integrator, Options, Save, StepSize, solve};
use system::System;
use testset::models::{LotkaVolterra, VanDerPolScaled};

/// The stages of a step, from the tableau.
fn stages(model: impl System, t: f64, h: f64, u: &[f64], p: &[f64]) -> Vec<Vec<f64>> {
    let tableau = &Dop853::TABLEAU;
    let mut k: Vec<Vec<f64>> = Vec::new();
    for i in 0..tableau.stages() {
        let mut at = u.to_vec();
        for (j, k) in k.iter().enumerate() {
            at.iter_mut().zip(k).for_each(|(at, k)| *at += h * tableau.a(i, j) * k);
        }
        let c: f64 = (0..i).map(|j| tableau.a(i, j)).sum();
        let mut f = vec![0.0; u.len()];
        model.rhs(t + c * h, &at, p, &mut f);
        k.push(f);
    }
    k
}

/// Weights of Hairer's program `dop853.f`: `ER` is the difference from the solution of order five,
/// `BHH` are the weights of the solution of order three, on stages 1, 9 and 12.
const ER: [f64; 12] = [
    0.013_120_044_994_194_88,
    0.0,
    0.0,
    0.0,
    0.0,
    -1.225_156_446_376_204_4,
    -0.495_758_949_657_250_2,
    1.664_377_182_454_986_4,
    -0.350_328_848_749_973_66,
    0.334_179_118_713_017_5,
    0.081_923_206_485_115_71,
    -0.022_355_307_863_886_294,
];
const BHH: [(usize, f64); 3] =
    [(0, 0.244_094_488_188_976_37), (8, 0.733_846_688_281_611_9), (11, 0.022_058_823_529_411_766)];

/// Hairer, Nørsett and Wanner, II.10: `|h| e² / √(n (e² + 0.01 s²))`, sums of squares over
/// components scaled by `tol (1 + max(|u|, |u_next|))`; and `|h| e / √n`, what the first estimate
/// alone would say.
fn hairer(model: impl System, h: f64, u: &[f64], p: &[f64], tol: f64) -> (f64, f64) {
    let k = stages(model, 0.0, h, u, p);
    let (mut e, mut s) = (0.0, 0.0);
    for i in 0..u.len() {
        let sum = |weights: &[f64]| weights.iter().zip(&k).map(|(w, k)| w * k[i]).sum::<f64>();
        let slope = sum(Dop853::TABLEAU.b);
        let scale = tol * (1.0 + u[i].abs().max((u[i] + h * slope).abs()));
        let third: f64 = BHH.iter().map(|&(j, b)| b * k[j][i]).sum();
        e += (sum(&ER) / scale).powi(2);
        s += ((slope - third) / scale).powi(2);
    }
    let n = u.len() as f64;
    (h.abs() * e / (n * (e + 0.01 * s)).sqrt(), h.abs() * (e / n).sqrt())
}

/// Whether a first step of this size is accepted.
fn accepts(model: impl System, h: f64, u: &[f64], p: &[f64], tol: f64) -> bool {
    let problem = erased(model, u.to_vec(), p, (0.0, 100.0 * h)).unwrap();
    let step = StepSize::Initial(h.abs());
    let options = Options { step, rtol: tol, atol: tol, ..Options::default() };
    let mut integrator = Integrator::new(&problem, Dop853, &options).unwrap();
    integrator.step().unwrap();
    integrator.stats().rejected == 0
}

#[test]
fn a_step_is_judged_by_the_formula_of_hairer() {
    fn check(model: impl System + Copy, u: &[f64], p: &[f64], sizes: &[f64]) {
        let mut ratios = Vec::new();
        for h in sizes.iter().flat_map(|h| [*h, -h]) {
            // At this tolerance the error is 1: the step is on the edge of being accepted. Both
            // tolerances scale the error.
            let (error, first) = hairer(model, h, u, p, 1.0);
            let (below, above) = (error * (1.0 - 1e-6), error * (1.0 + 1e-6));
            assert!(!accepts(model, h, u, p, below), "h = {h}: error {error:e}");
            assert!(accepts(model, h, u, p, above), "h = {h}: error {error:e}");
            ratios.push(first / error);
        }
        // The second estimate lowers the error, much for short steps and less for long ones.
        let (least, most) =
            ratios.iter().fold((f64::INFINITY, 0f64), |(a, b), r| (a.min(*r), b.max(*r)));
        assert!(most > 10.0 && most > 2.0 * least, "{ratios:?}");
    }
    check(LotkaVolterra, &[1.0, 1.0], &[1.5, 1.0, 3.0, 1.0], &[0.1, 0.2, 0.4, 0.8]);
    let pleiades = testset::problems::pleiades().unwrap();
    let reference = &pleiades.reference;
    check(pleiades.system, &reference.u0, &reference.p, &[0.2, 0.4, 0.8]);
}

/// The driver of Hairer's `dop853.f`: Van der Pol's equation, `ε = 1e-3`, both tolerances 1e-9, with
/// dense output in every step. The Fortran program reports 1348 accepted and 121 rejected steps, 21553
/// evaluations and the end below, as <https://github.com/cpmech/russell> records it in
/// `russell_ode/data/logs/fortran_dop853_van_der_pol.txt`.
#[test]
fn it_takes_the_steps_of_the_original() {
    let problem = erased(VanDerPolScaled, [2.0, 0.0], [1e-3], (0.0, 2.0)).unwrap();
    // Its controller: the elementary one, factors between 1/3 and 6.
    let controller =
        Controller { min_factor: 0.333, max_factor: 6.0, first_factor: 6.0, ..Controller::I };
    let options = Options { rtol: 1e-9, atol: 1e-9, controller, ..Options::default() };
    let solution = solve(&problem, Dop853, &Options { save: Save::Dense, ..options }).unwrap();
    let stats = solution.stats();
    let near = |found: usize, wanted: usize, slack: f64| {
        assert!(
            (found as f64 / wanted as f64 - 1.0).abs() < slack,
            "{found}, not {wanted}: {stats}"
        );
    };
    near(stats.accepted, 1348, 0.02);
    near(stats.accepted + stats.rejected, 1469, 0.02);
    near(stats.evaluations, 21553, 0.02);
    for (found, wanted) in
        solution.last().iter().zip([1.763_234_540_172_087, -0.835_688_681_930_191])
    {
        assert!((found - wanted).abs() < 1e-8, "{found}, not {wanted}");
    }
}
