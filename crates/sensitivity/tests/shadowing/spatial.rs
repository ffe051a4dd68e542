//! Larger systems: a ring of 40 cells, a chaotic partial differential equation.

use crate::models::{KuramotoSivashinsky, Lorenz96, Mean};
use crate::{agree, fixed};
use ode_core::{Integrator, OdeProblem, Progress, Rk4};
use sensitivity::{AverageProblem, Nilsas, Nilss};
use system::System;

fn start(n: usize, size: f64) -> Vec<f64> {
    (0..n).map(|i| size + 0.5 * (1.7 * i as f64).sin()).collect()
}

/// ⟨mean u⟩ by plain integration.
fn long_average(system: impl System, u0: Vec<f64>, p: f64, dt: f64, span: (f64, f64)) -> f64 {
    let problem = OdeProblem::new(system, u0, [p], (0.0, span.1)).unwrap();
    let options = fixed(dt);
    let mut integrator = Integrator::new(&problem, Rk4, &options).unwrap();
    let (mut sum, mut count) = (0.0, 0.0);
    loop {
        let progress = integrator.step().unwrap();
        if integrator.t() > span.0 {
            sum += integrator.u().iter().sum::<f64>() / integrator.u().len() as f64;
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
    let average =
        |force| long_average(Lorenz96 { n: 40 }, start(40, 3.0), force, 0.05, (50.0, 2e4));
    let difference = average(8.5) - average(7.5);
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

/// Averages of 127 inner points against differences of long ones.
#[test]
fn kuramoto_sivashinsky_by_nilsas() {
    let model = KuramotoSivashinsky { n: 127 };
    let u0 = start(127, 0.0);
    let problem = AverageProblem::new(model, u0.clone(), [0.0], 500.0, 400.0).unwrap();
    let mean = Mean { is_energy: false };
    let found = Nilsas::default().gradient(&problem, Rk4, &fixed(0.1), &mean).unwrap();
    let average = |c| {
        let model = KuramotoSivashinsky { n: 127 };
        long_average(model, u0.clone(), c, 0.1, (500.0, 1e4))
    };
    let difference = (average(0.25) - average(-0.25)) / 0.5;
    assert!((found.p[0] - difference).abs() < 0.15, "{difference}\n{found}");
    assert!((10..50).contains(&found.directions), "{found}");
}
