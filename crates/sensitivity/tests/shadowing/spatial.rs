//! Larger systems: a ring of 40 cells, a chaotic partial differential equation.

use crate::models::{KuramotoSivashinsky, Lorenz96, Mean};
use crate::{agree, fixed};
use ode_core::{OdeProblem, Progress, Rk4};
use sensitivity::{AverageProblem, Nilsas, Nilss};

fn start(n: usize, size: f64) -> Vec<f64> {
    (0..n).map(|i| size + 0.5 * (1.7 * i as f64).sin()).collect()
}

/// ⟨mean u⟩ at a forcing, over a long time.
fn long_average(force: f64, duration: f64) -> f64 {
    let problem =
        OdeProblem::new(Lorenz96 { n: 40 }, start(40, 3.0), [force], (0.0, duration)).unwrap();
    let options = fixed(0.05);
    let mut integrator = ode_core::Integrator::new(&problem, Rk4, &options).unwrap();
    let (mut sum, mut count) = (0.0, 0.0);
    loop {
        let progress = integrator.step().unwrap();
        if integrator.t() > 50.0 {
            sum += integrator.u().iter().sum::<f64>() / 40.0;
            count += 1.0;
        }
        if progress == Progress::Finished {
            return sum / count;
        }
    }
}

/// Thirteen unstable directions, two that nearly are: without regularisation the shadowing solution goes
/// a thousand times as far away as it has to, and the error says so.
#[test]
fn lorenz_96_by_nilss_and_nilsas() {
    let problem =
        AverageProblem::new(Lorenz96 { n: 40 }, start(40, 3.0), [8.0], 50.0, 500.0).unwrap();
    let mean = Mean { is_energy: false };
    let plain = Nilsas::default().gradient(&problem, Rk4, &fixed(0.05), &mean).unwrap();
    assert!(plain.p_error[0] > 0.1, "{plain}");

    let regularization = 1e-2;
    let nilss = Nilss { regularization, ..Nilss::default() };
    let nilsas = Nilsas { regularization, ..Nilsas::default() };
    let forward = nilss.gradient(&problem, Rk4, &fixed(0.05), &mean).unwrap();
    let adjoint = nilsas.gradient(&problem, Rk4, &fixed(0.05), &mean).unwrap();
    assert!((14..25).contains(&forward.directions), "{forward}");
    // Differences of averages over 20 000 time units; shadowing itself is 10 % low here.
    let difference = long_average(8.5, 2e4) - long_average(7.5, 2e4);
    assert!((difference - 0.138).abs() < 0.01, "{difference}");
    for found in [&forward, &adjoint] {
        assert!(found.p_error[0] < 0.025, "{found}");
        assert!((found.p[0] - difference).abs() < 0.05, "{difference}\n{found}");
    }
    agree(&forward, &adjoint, 3.0, 0.0);

    // The equations times u, averaged: ⟨u²⟩ = F ⟨u⟩, so that d⟨u²/2⟩/dF = (⟨u⟩ + F d⟨u⟩/dF) / 2.
    let energy = Mean { is_energy: true };
    let found = nilsas.gradient(&problem, Rk4, &fixed(0.05), &energy).unwrap();
    assert!((found.average - 4.0 * adjoint.average).abs() < 0.02, "{found}");
    let expected = 0.5 * (adjoint.average + 8.0 * adjoint.p[0]);
    assert!((found.p[0] - expected).abs() < 0.05 * expected, "{expected}\n{found}");
}

/// d⟨u⟩/dc for 127 inner points: -0.9 where the plateau begins (Blonigan and Wang 2014, figure 5), as
/// `u + c` hardly depends on `c` there.
#[test]
fn kuramoto_sivashinsky_by_nilsas() {
    let u0 = start(127, 0.0);
    let problem = AverageProblem::new(KuramotoSivashinsky { n: 127 }, u0, [0.0], 500.0, 600.0);
    let mean = Mean { is_energy: false };
    let found = Nilsas::default().gradient(&problem.unwrap(), Rk4, &fixed(0.1), &mean).unwrap();
    assert!((found.p[0] + 0.9).abs() < 0.2, "{found}");
    assert!((10..50).contains(&found.directions), "{found}");
}
