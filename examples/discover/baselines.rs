//! Step 4: what the models must beat.

use crate::forecast::Forecast;
use crate::scenario::Scenario;
use sciml::datadriven::{Criterion, SmoothingSpline, ThresholdGrid};
use sciml::prelude::*;
use std::error::Error;

/// Sparse regression on derivatives of the raw series, without a differential equation in the loop.
pub(crate) fn direct_sindy(scenario: &Scenario) -> Forecast {
    const NAME: &str = "direct SINDy";
    match sindy(scenario) {
        Ok(model) => {
            let forecast = SparseSystem::new(&model).map(|system| {
                let start = scenario.first_guess();
                Forecast::new(NAME, scenario, |times| {
                    let p = system.coefficients();
                    let span = (scenario.start(), scenario.end());
                    let problem = OdeProblem::new(&system, start.clone(), p, span)?;
                    let end = times.last().copied().unwrap_or(span.1);
                    let problem = problem.with_tspan((span.0, end))?;
                    let options = Options {
                        save: Save::At(times.to_vec()),
                        max_steps: 20_000,
                        ..Options::default()
                    };
                    let solution =
                        solve(&problem, Tsit5, &options).map_err(sciml::ode::Error::from)?;
                    Ok(solution.iter().map(|(_, u)| u.to_vec()).collect())
                })
            });
            forecast.unwrap_or_else(|error| Forecast::failed(NAME, error.to_string()))
        }
        Err(error) => Forecast::failed(NAME, error.to_string()),
    }
}

fn sindy(scenario: &Scenario) -> Result<SparseModel, Box<dyn Error>> {
    let library = PolynomialLibrary { degree: 2, ..PolynomialLibrary::default() };
    let library = library.build(&scenario.names)?;
    let complete: Vec<(f64, Vec<f64>)> = scenario
        .train
        .rows()
        .filter(|(_, row)| row.iter().all(|d| !d.is_nan()))
        .map(|(t, row)| (t, row.to_vec()))
        .collect();
    let (times, rows): (Vec<f64>, Vec<Vec<f64>>) = complete.into_iter().unzip();
    let regression = Regression::series(&library, &times, &rows, &SmoothingSpline::default())?;
    let stlsq = Stlsq { normalize: true, ..Stlsq::default() };
    Ok(stlsq.path(&regression, &ThresholdGrid::default())?.choose(Criterion::Aicc)?)
}

/// The last measurement for ever.
pub(crate) fn persistence(scenario: &Scenario) -> Forecast {
    let last = last_values(scenario);
    Forecast::of_rows("persistence", scenario, &vec![last; scenario.test.len()])
}

/// The measurement one period before, the period being the distance of the highest peaks.
pub(crate) fn periodic(scenario: &Scenario) -> Forecast {
    const NAME: &str = "periodic";
    let Some(period) = period(scenario) else {
        return Forecast::failed(NAME, "the training data hold fewer than two peaks".into());
    };
    let rows: Vec<Vec<f64>> = scenario
        .test
        .times()
        .iter()
        .map(|&t| {
            let turns = ((t - scenario.train_end()) / period).ceil().max(1.0);
            (0..2).map(|j| at(scenario, j, t - turns * period)).collect()
        })
        .collect();
    Forecast::of_rows(NAME, scenario, &rows)
}

/// The distance between the two highest interior peaks of the first series that has two.
fn period(scenario: &Scenario) -> Option<f64> {
    let times = scenario.train.times();
    (0..2).find_map(|j| {
        let u = scenario.train.series(j);
        let mut peaks: Vec<usize> =
            (1..u.len() - 1).filter(|&i| u[i] > u[i - 1] && u[i] >= u[i + 1]).collect();
        peaks.sort_by(|&a, &b| u[b].total_cmp(&u[a]));
        let (first, second) = (*peaks.first()?, *peaks.get(1)?);
        Some((times[first] - times[second]).abs())
    })
}

/// A series of the training data at any time, linear between measurements.
fn at(scenario: &Scenario, j: usize, t: f64) -> f64 {
    let times = scenario.train.times();
    let u = scenario.train.series(j);
    let i = times.partition_point(|&s| s < t).clamp(1, times.len() - 1);
    let w = ((t - times[i - 1]) / (times[i] - times[i - 1])).clamp(0.0, 1.0);
    u[i - 1] + w * (u[i] - u[i - 1])
}

fn last_values(scenario: &Scenario) -> Vec<f64> {
    (0..2)
        .map(|j| {
            let series = scenario.train.series(j);
            series.into_iter().rev().find(|d| !d.is_nan()).unwrap_or(f64::NAN)
        })
        .collect()
}
