//! Where the truth is known: how well it was recovered.

use crate::equations::Discovered;
use crate::scenario::{Scenario, TRUTH};
use std::error::Error;

pub(crate) struct Recovery {
    /// The recovered equations hold the true terms and no other.
    pub(crate) exact_terms: bool,
    /// Largest relative error of the coefficients of the two products.
    pub(crate) coefficients: f64,
    /// Relative error of the period of the forecast.
    pub(crate) period: f64,
    /// Largest relative error of its peaks' heights.
    pub(crate) peaks: f64,
}

pub(crate) fn recovery(
    scenario: &Scenario,
    found: &Discovered,
) -> Result<Recovery, Box<dyn Error>> {
    let [prey, predator] = &scenario.names;
    let product = format!("{prey}·{predator}");
    let truth = [
        (prey.as_str(), prey.clone(), TRUTH[0]),
        (prey.as_str(), product.clone(), -TRUTH[1]),
        (predator.as_str(), product.clone(), TRUTH[2]),
        (predator.as_str(), predator.clone(), -TRUTH[3]),
    ];
    let value = |target: &str, term: &str| {
        found.coefficients.iter().find(|c| c.target == target && c.term == term).map(|c| c.value)
    };
    let exact_terms = found.coefficients.len() == truth.len()
        && truth.iter().all(|(target, term, _)| value(target, term).is_some());
    let coefficients = truth
        .iter()
        .filter(|(_, term, _)| *term == product)
        .map(|(target, term, c)| value(target, term).map_or(1.0, |v| (v / c - 1.0).abs()))
        .fold(0.0, f64::max);

    let times = scenario.all_times();
    let model = crate::models::LotkaVolterra { names: scenario.names.clone() };
    let exact = exact(scenario, &model)?;
    let found: Vec<Vec<f64>> = found.forecast.at_rows.clone();
    let (mut period, mut peaks) = (0.0, 0.0f64);
    for j in 0..2 {
        let (a, b) = (tops(&times, &found, j), tops(&times, &exact, j));
        if a.len() != b.len() || a.len() < 2 {
            return Ok(Recovery { exact_terms, coefficients, period: 1.0, peaks: 1.0 });
        }
        let turn =
            |tops: &[(f64, f64)]| (tops[tops.len() - 1].0 - tops[0].0) / (tops.len() - 1) as f64;
        period = f64::max(period, (turn(&a) / turn(&b) - 1.0).abs());
        for (a, b) in a.iter().zip(&b) {
            peaks = peaks.max((a.1 / b.1 - 1.0).abs());
        }
    }
    Ok(Recovery { exact_terms, coefficients, period, peaks })
}

/// The true states at all rows.
fn exact(
    scenario: &Scenario,
    model: &crate::models::LotkaVolterra,
) -> Result<Vec<Vec<f64>>, Box<dyn Error>> {
    use sciml::prelude::*;
    let span = (scenario.start(), scenario.end());
    let problem = OdeProblem::new(model, crate::scenario::TRUE_START, TRUTH, span)?;
    let save = Save::At(scenario.all_times());
    let options = Options { rtol: 1e-10, atol: 1e-10, save, ..Options::default() };
    let solution = solve(&problem, Vern7, &options)?;
    Ok(solution.iter().map(|(_, u)| u.to_vec()).collect())
}

/// Interior maxima of one state: time and height of the parabola through the three highest points.
fn tops(times: &[f64], rows: &[Vec<f64>], j: usize) -> Vec<(f64, f64)> {
    let u: Vec<f64> = rows.iter().map(|row| row[j]).collect();
    (1..u.len().saturating_sub(1))
        .filter(|&i| u[i] > u[i - 1] && u[i] >= u[i + 1])
        .map(|i| {
            let (left, right) = (u[i - 1] - u[i], u[i + 1] - u[i]);
            let shift = 0.5 * (left - right) / (left + right);
            let h = times[i + 1] - times[i];
            (times[i] + shift * h, u[i] - 0.25 * (left - right) * shift)
        })
        .collect()
}
