//! Step 2: hybrid models, a network in place of the missing physics; and, with nothing known, the
//! neural differential equation.

use crate::console::Console;
use crate::forecast::Forecast;
use crate::models::{Hybrid, Knowledge};
use crate::noise::predictive;
use crate::scenario::Scenario;
use rayon::prelude::*;
use sciml::fit::{self, Free, Trained};
use sciml::prelude::*;
use std::error::Error;

pub(crate) struct Universal {
    pub(crate) system: UniversalOde<Hybrid>,
    /// From several initial networks, the best fit first.
    pub(crate) members: Vec<Trained>,
    pub(crate) forecast: Forecast,
}

/// Networks per model.
const MEMBERS: u64 = 6;

/// What a run needs besides the data.
pub(crate) struct Plan<'a> {
    pub(crate) name: &'static str,
    pub(crate) knowledge: Knowledge,
    /// Where the physical parameters start.
    pub(crate) physical: &'a [f64],
    /// Mean square of the measurement noise on the logarithmic scale, as far as it is known.
    pub(crate) noise: f64,
    pub(crate) seed: u64,
}

pub(crate) fn train(
    scenario: &Scenario,
    plan: &Plan<'_>,
    console: &Console,
) -> Result<Universal, Box<dyn Error>> {
    let span = scenario.train_end() - scenario.start();
    let known = Hybrid {
        knowledge: plan.knowledge,
        names: scenario.names.clone(),
        typical: scenario.typical(),
        rate: 5.0 / span,
    };
    let network = Mlp::new(&[2, 8, 2], Activation::Tanh)?;
    let system = UniversalOde::new(known, network)?;
    let (physical, weights) = (system.physical_params(), system.network_params());
    let bounds = physical.clone().map(|_| Bound::Positive);
    let bounds = bounds.chain(weights.clone().map(|_| Bound::Free)).collect();
    let settings = fit::Settings {
        ridge: Some((weights.clone(), 0.01 * plan.noise)),
        ..scenario.settings(bounds)
    };
    let fitting = Fitting::new(&system, &scenario.train, settings)?;

    // Physics first, on few rows; then the network from a small residual, on more and more rows;
    // then everything.
    let (adam, lbfgs) = (Adam { rate: 0.02, ..Adam::default() }, Lbfgs::default());
    let rows = scenario.train.len();
    let mut stages = Vec::new();
    if plan.knowledge == Knowledge::GrowthAndDeath {
        stages.push(Stage {
            name: "physics",
            free: Free::params(physical).and_initial_state(),
            rows: Some((rows / 4).max(4)),
            minimizer: &lbfgs,
            stop: Stop::iterations(30),
        });
    }
    let growing = [(rows / 3).max(5), (rows / 2).max(6), (3 * rows / 4).max(7)];
    for rows in growing {
        stages.push(Stage {
            name: "network, growing interval",
            free: Free::params(weights.clone()),
            rows: Some(rows),
            minimizer: &lbfgs,
            stop: Stop::iterations(60),
        });
    }
    stages.push(Stage {
        name: "network",
        free: Free::params(weights),
        rows: None,
        minimizer: &adam,
        stop: Stop::iterations(150),
    });
    stages.push(Stage {
        name: "all",
        free: Free::ALL,
        rows: None,
        minimizer: &lbfgs,
        stop: Stop { value_tol: 1e-9, ..Stop::iterations(600) },
    });

    let bar = console.bar(MEMBERS as usize * stages.len(), plan.name);
    let trained: Vec<Result<Trained, fit::Error>> = (0..MEMBERS)
        .into_par_iter()
        .map(|member| {
            let seed = plan.seed.wrapping_mul(1000) + member;
            let init = Init::SmallResidual { scale: 0.01 };
            let p = system.init(plan.physical, init, seed);
            let theta = [scenario.first_guess(), p].concat();
            fitting.train(&theta, &stages, &mut |progress| {
                if progress.iteration == 0 {
                    bar.step(progress.name, progress.loss);
                }
                sciml::optimize::Control::Continue
            })
        })
        .collect();
    bar.finish();
    let mut members = Vec::new();
    let mut trouble = None;
    for result in trained {
        match result {
            Ok(member) => members.push(member),
            Err(error) => trouble = Some(error),
        }
    }
    members.sort_by(|a, b| a.loss.total_cmp(&b.loss));
    let Some(best) = members.first() else {
        return Err(trouble.map_or_else(|| "no member was trained".into(), Into::into));
    };

    let forecast = Forecast::new(plan.name, scenario, |times| fitting.simulate(&best.theta, times));
    // Members that fit about as well as the best, repeated with measurement noise.
    let good: Vec<Vec<f64>> = members
        .iter()
        .filter(|member| member.loss <= 2.0 * best.loss)
        .map(|member| member.theta.clone())
        .collect();
    let draws: Vec<Vec<f64>> = good.iter().cycle().take(120).cloned().collect();
    let grid = scenario.grid();
    let sigma = forecast.train.unwrap_or(0.0);
    let bands = predictive(&draws, sigma, plan.seed, |theta| fitting.simulate(theta, &grid).ok());
    let forecast = forecast.with_bands(scenario, &bands);
    Ok(Universal { system, members, forecast })
}
