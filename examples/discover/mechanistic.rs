//! Step 1: the mechanistic model, by multi-start.

use crate::forecast::Forecast;
use crate::models::LotkaVolterra;
use crate::noise::predictive;
use crate::scenario::Scenario;
use sciml::fit::{Free, Laplace, Trained};
use sciml::optimize::{Multistart, latin_hypercube};
use sciml::prelude::*;
use std::error::Error;

pub(crate) struct Mechanistic {
    pub(crate) trained: Trained,
    pub(crate) laplace: Option<Laplace>,
    pub(crate) forecast: Forecast,
}

/// Fits α, β, γ, δ and the initial state from 48 starts.
pub(crate) fn fit(scenario: &Scenario, seed: u64) -> Result<Mechanistic, Box<dyn Error>> {
    let system = LotkaVolterra { names: scenario.names.clone() };
    let settings = scenario.settings(vec![Bound::Positive; 4]);
    let fitting = Fitting::new(&system, &scenario.train, settings)?;

    // Rates between half a turn and twenty per span; the equilibrium (δ/γ, α/β) within a factor 2
    // of the typical sizes. All on logarithmic scales.
    let span = scenario.train_end() - scenario.start();
    let rate = ((0.5 / span).ln(), (20.0 / span).ln());
    let factor = ((0.5f64).ln(), (2f64).ln());
    let [prey, predator] = scenario.typical();
    let points: Vec<Vec<f64>> = latin_hypercube(48, &[rate, rate, factor, factor], seed)?
        .iter()
        .map(|x| {
            let (alpha, delta) = (x[0].exp(), x[1].exp());
            let (beta, gamma) = (alpha / (predator * x[2].exp()), delta / (prey * x[3].exp()));
            [scenario.first_guess(), vec![alpha, beta, gamma, delta]].concat()
        })
        .collect();
    let stage = Stage {
        name: "mechanistic",
        free: Free::ALL,
        rows: None,
        minimizer: &Lbfgs::default(),
        stop: Stop::iterations(300),
    };
    let options = Multistart { screening: 25, keep: 4 };
    let trained = fitting.train_from_many(&points, &stage, &options)?.swap_remove(0);

    let forecast =
        Forecast::new("mechanistic", scenario, |times| fitting.simulate(&trained.theta, times));
    let laplace = Laplace::new(&fitting, &trained.theta, &Free::ALL).ok();
    let forecast = match &laplace {
        Some(laplace) => {
            let draws = laplace.draws(200, seed);
            let grid = scenario.grid();
            let bands = predictive(&draws, laplace.sigma(), seed, |theta| {
                fitting.simulate(theta, &grid).ok()
            });
            forecast.with_bands(scenario, &bands)
        }
        None => forecast,
    };
    Ok(Mechanistic { trained, laplace, forecast })
}
