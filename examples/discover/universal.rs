//! Step 2: hybrid models, a network in place of the missing physics; and, with nothing known, the
//! neural differential equation.

use crate::console::Console;
use crate::forecast::Forecast;
use crate::models::{Hybrid, Knowledge};
use crate::noise::predictive;
use crate::scenario::Scenario;
use rayon::prelude::*;
use sciml::fit::{self, Free, Trained, rmse};
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
    /// Where the initial state starts.
    pub(crate) start: &'a [f64],
    /// Where the physical parameters start.
    pub(crate) physical: &'a [f64],
    /// Mean square of the measurement noise on the logarithmic scale, as far as it is known.
    pub(crate) noise: f64,
    pub(crate) seed: u64,
}

impl Universal {
    /// The members that fit about as well as the best.
    pub(crate) fn good_members(&self) -> impl Iterator<Item = &Trained> {
        let best = self.members.first().map_or(f64::INFINITY, |member| member.loss);
        self.members.iter().filter(move |member| member.loss <= 1.5 * best)
    }
}

/// Strengths of the ridge on the network, relative to the noise.
const RIDGES: [f64; 5] = [0.003, 0.03, 0.3, 3.0, 30.0];

/// Trains an ensemble, with the ridge that forecasts best within the training data.
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
    let system = UniversalOde::new(known, Mlp::new(&[2, 8, 2], Activation::Tanh)?)?;
    let origins = scenario.origins();
    let bar = console.bar(RIDGES.len() * origins.len() * 2 + MEMBERS as usize, plan.name);
    let trial = |ridge: f64, member: u64, seen: usize, next: &Dataset| -> Option<f64> {
        let fitting = fitting(scenario, &system, ridge * plan.noise).ok()?;
        let trained = train_member(&fitting, &system, plan, seen, member).ok()?;
        bar.step("choosing the ridge", trained.loss);
        let forecast = fitting.simulate(&trained.theta, next.times()).ok()?;
        rmse(&forecast, next, &[0, 1], ErrorScale::Log)
    };
    let trials: Vec<(f64, f64)> = RIDGES
        .par_iter()
        .map(|&ridge| {
            let mut sum = 0.0;
            for (seen, next) in &origins {
                for member in 0..2 {
                    sum += trial(ridge, member, *seen, next).unwrap_or(f64::INFINITY);
                }
            }
            (ridge, sum)
        })
        .collect();
    let best = trials.iter().min_by(|a, b| a.1.total_cmp(&b.1));
    let ridge = best.map_or(RIDGES[1], |best| best.0);

    let fitting = fitting(scenario, &system, ridge * plan.noise)?;
    let trained: Vec<Result<Trained, fit::Error>> = (0..MEMBERS)
        .into_par_iter()
        .map(|member| {
            let rows = scenario.train.len();
            let trained = train_member(&fitting, &system, plan, rows, member);
            bar.step("training", trained.as_ref().map_or(f64::NAN, |trained| trained.loss));
            trained
        })
        .collect();
    bar.finish();
    let (members, failed): (Vec<_>, Vec<_>) = trained.into_iter().partition(Result::is_ok);
    let mut members: Vec<Trained> = members.into_iter().flatten().collect();
    members.sort_by(|a, b| a.loss.total_cmp(&b.loss));
    if let (true, Some(Err(error))) = (members.is_empty(), failed.into_iter().next()) {
        return Err(error.into());
    }

    let best = &members[0];
    let forecast = Forecast::new(plan.name, scenario, |times| fitting.simulate(&best.theta, times));
    let mut found = Universal { system: system.clone(), members, forecast };
    // The good members in turns, each time with measurement noise of its own.
    let thetas: Vec<Vec<f64>> = found.good_members().map(|member| member.theta.clone()).collect();
    let draws: Vec<Vec<f64>> = thetas.iter().cycle().take(120).cloned().collect();
    let grid = scenario.grid();
    let sigma = found.forecast.train.unwrap_or(0.0);
    let bands = predictive(&draws, sigma, plan.seed, |theta| fitting.simulate(theta, &grid).ok());
    found.forecast = found.forecast.with_bands(scenario, &bands);
    Ok(found)
}

fn fitting<'a>(
    scenario: &'a Scenario,
    system: &'a UniversalOde<Hybrid>,
    ridge: f64,
) -> Result<Fitting<'a, UniversalOde<Hybrid>>, fit::Error> {
    let weights = system.network_params();
    let bounds = system.physical_params().map(|_| Bound::Positive);
    let bounds = bounds.chain(weights.clone().map(|_| Bound::Free)).collect();
    let settings = scenario.settings(bounds);
    Fitting::new(
        system,
        &scenario.train,
        fit::Settings { ridge: Some((weights, ridge)), ..settings },
    )
}

/// Physics first, on few rows; then the network from a small residual, on more and more rows; then
/// everything.
fn train_member(
    fitting: &Fitting<'_, UniversalOde<Hybrid>>,
    system: &UniversalOde<Hybrid>,
    plan: &Plan<'_>,
    rows: usize,
    member: u64,
) -> Result<Trained, fit::Error> {
    let (adam, lbfgs) = (Adam { rate: 0.02, ..Adam::default() }, Lbfgs::default());
    let (physical, weights) = (system.physical_params(), system.network_params());
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
    for rows in [(rows / 3).max(5), (rows / 2).max(6), (3 * rows / 4).max(7)] {
        stages.push(Stage {
            name: "growing",
            free: Free::params(weights.clone()),
            rows: Some(rows),
            minimizer: &lbfgs,
            stop: Stop::iterations(60),
        });
    }
    stages.push(Stage {
        name: "network",
        free: Free::params(weights),
        rows: Some(rows),
        minimizer: &adam,
        stop: Stop::iterations(150),
    });
    stages.push(Stage {
        name: "all",
        free: Free::ALL,
        rows: Some(rows),
        minimizer: &lbfgs,
        stop: Stop { value_tol: 1e-9, ..Stop::iterations(600) },
    });
    let seed = plan.seed.wrapping_mul(1000).wrapping_add(member);
    let p = system.init(plan.physical, Init::SmallResidual { scale: 0.01 }, seed);
    let theta = [plan.start, &p].concat();
    fitting.train(&theta, &stages, &mut |_| sciml::optimize::Control::Continue)
}
