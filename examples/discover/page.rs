//! The report for people.

use crate::Findings;
use crate::equations::{Discovered, with_values};
use crate::forecast::Forecast;
use crate::models::PARAMETERS;
use crate::scenario::Scenario;
use sciml::fit::{Bands, Trained};
use sciml::report::{
    Align, Best, Cell, Coefficient, Coefficients, Error, Figure, LossCurve, PhasePortrait, Plot,
    Report, Residuals, Scale, Series, Stage, Table, Timeseries, significant,
};

/// The whole page.
pub(crate) fn page(found: &Findings<'_>) -> Result<Report, Error> {
    let scenario = found.scenario;
    let mut report = Report::new(&scenario.title)
        .subtitle("From measurements and half a model to the model")
        .section("What was found")
        .paragraph(&found.verdict());
    report = match &found.interactions {
        Ok(best) => report.equations(&equations(best)),
        Err(why) => report.paragraph(&format!("No equations were found: {why}.")),
    };
    for j in 0..2 {
        report = report
            .figure(forecasts(scenario, &main_models(found), j, true)?, &caption(scenario, j));
    }
    report = report
        .section("Scores")
        .table(scores(&found.forecasts())?)
        .section("The mechanistic model")
        .paragraph(
            "Lotka and Volterra, all unknowns fitted by multi-start to relative errors of the \
             training data.",
        )
        .table(mechanistic(found)?)
        .section("The missing terms, found through a network")
        .paragraph(
            "Growth and death are known, the interactions are not: a network inside the \
             differential equation stands in for them. What it learned is turned into equations by \
             sparse regression, and these are fitted again, inside the differential equation.",
        );
    if let Ok(best) = &found.interactions {
        report = report
            .figure(
                coefficients(best)?,
                "Coefficients with 95 % intervals; in brackets how often a bootstrap of the \
                 network's samples keeps the term.",
            )
            .table(candidates(best)?)
            .figure(
                phase(scenario, found, best)?,
                "Phase portrait: measurements, hybrid model, equations.",
            )
            .figure(
                residuals(scenario, best)?,
                "Residuals of the equations on the logarithmic scale.",
            );
    }
    if let Some(training) = &found.training {
        report =
            report.figure(losses(training)?, "The loss of the best hybrid model, stage by stage.");
    }
    report = report.section("What is missing from Lotka and Volterra").paragraph(
        "Here all of the mechanistic model is known, and the network may only correct it: \
         self-limitation, saturation, whatever the data ask for.",
    );
    report = match &found.limited {
        Ok(limited) => report
            .equations(&equations(limited))
            .figure(coefficients(limited)?, "Coefficients with 95 % intervals."),
        Err(why) => report.paragraph(&format!("No equations were found: {why}.")),
    };
    report = report.section("All models");
    for j in 0..2 {
        let caption = format!("{}: every model that has a curve.", scenario.names[j]);
        report = report.figure(forecasts(scenario, &found.forecasts(), j, false)?, &caption);
    }
    Ok(report
        .footer(&format!("Seed {}. Made by cargo run --release --example discover.", found.seed)))
}

/// The mechanistic fit, and the equations where there are any.
fn main_models<'a>(found: &'a Findings<'_>) -> Vec<&'a Forecast> {
    let equations = found.interactions.as_ref().ok().map(|found| &found.forecast);
    [Some(&found.mechanistic.forecast), equations].into_iter().flatten().collect()
}

/// Measurements, mechanistic fit and discovered equations of both populations: one picture.
pub(crate) fn picture(found: &Findings<'_>) -> Result<String, Error> {
    let models = main_models(found);
    let mut figure = Figure::new(1);
    for j in 0..2 {
        figure = figure.panel(forecasts(found.scenario, &models, j, true)?);
    }
    Ok(figure.to_svg(760.0, 560.0))
}

fn equations(found: &Discovered) -> Vec<sciml::report::Equation> {
    found.model.equations_latex().iter().map(|e| sciml::report::Equation::latex(e)).collect()
}

fn caption(scenario: &Scenario, j: usize) -> String {
    format!(
        "{}: measurements, mechanistic fit and discovered equations. Dots were seen by the models, \
         rings were not; bands hold 90 % of future measurements, if the model is right.",
        scenario.names[j]
    )
}

fn y_label(scenario: &Scenario, j: usize) -> String {
    let name = &scenario.names[j];
    if scenario.unit.is_empty() { name.clone() } else { format!("{name}, {}", scenario.unit) }
}

/// Measurements and models over time, with bands or without.
fn forecasts(
    scenario: &Scenario,
    models: &[&Forecast],
    j: usize,
    with_bands: bool,
) -> Result<Plot, Error> {
    let grid = scenario.grid();
    let (times, measured) = measurements(scenario, j);
    let models: Vec<&&Forecast> = models.iter().filter(|f| !f.curve.is_empty()).collect();
    let curves: Vec<Vec<f64>> = models.iter().map(|f| Bands::column(&f.curve, j)).collect();
    let bands: Vec<Option<[Vec<f64>; 2]>> = models
        .iter()
        .map(|f| {
            let bands = f.bands.as_ref().filter(|_| with_bands)?;
            Some([Bands::column(&bands.lower, j), Bands::column(&bands.upper, j)])
        })
        .collect();
    let mut series = Vec::new();
    for ((model, curve), band) in models.iter().zip(&curves).zip(&bands) {
        let line = Series::new(model.name, &grid, curve);
        series.push(match band {
            Some([lower, upper]) => line.band(lower, upper),
            None => line,
        });
    }
    Timeseries {
        title: &scenario.names[j],
        x_label: &scenario.time,
        y_label: &y_label(scenario, j),
        y_scale: Scale::Log,
        data: &[Series::new("measured", &times, &measured)],
        models: &series,
        forecast_from: Some(scenario.train_end()),
        ..Timeseries::default()
    }
    .plot()
}

/// Times and values of one series, training and test rows; a synthetic truth is thinned out.
fn measurements(scenario: &Scenario, j: usize) -> (Vec<f64>, Vec<f64>) {
    let thin = if scenario.synthetic { 4 } else { 1 };
    let test = scenario.test.rows().step_by(thin);
    scenario.train.rows().chain(test).map(|(t, row)| (t, row[j])).unzip()
}

fn scores(forecasts: &[&Forecast]) -> Result<Table, Error> {
    let cell = |score: Option<f64>| score.map_or(Cell::from("–"), Cell::from);
    let mut table = Table::new(&["model", "train", "forecast", "in 90 % band"]);
    for f in forecasts {
        let inside = f.coverage.map_or("–".into(), |c| format!("{:.0} %", 100.0 * c));
        let row = [Cell::from(f.name), cell(f.train), cell(f.test), Cell::from(inside)];
        table = table.row(&row)?;
    }
    Ok(table.best(1, Best::Min)?.best(2, Best::Min)?.align(3, Align::Right)?.digits(3).caption(
        "Root mean square error of the logarithm: 0.1 is about 10 %. The lowest of each column \
         is marked, whichever model it belongs to.",
    ))
}

fn mechanistic(found: &Findings<'_>) -> Result<Table, Error> {
    let mut table = Table::new(&["parameter", "value", "95 % interval"]);
    for (i, name) in PARAMETERS.iter().enumerate() {
        let value = found.mechanistic.trained.theta[2 + i];
        let interval = found.mechanistic.laplace.as_ref().and_then(|l| l.interval(2 + i, 0.95));
        table = table.row(&[
            Cell::from(*name),
            Cell::from(significant(value, 4)),
            Cell::from(range(interval)),
        ])?;
    }
    Ok(table.caption(
        "prey' = alpha prey - beta prey predator, predator' = gamma prey predator - delta predator.",
    ))
}

fn range(interval: Option<(f64, f64)>) -> String {
    interval.map_or("not determined".into(), |(a, b)| {
        format!("{} to {}", significant(a, 3), significant(b, 3))
    })
}

fn coefficients(found: &Discovered) -> Result<Plot, Error> {
    let terms: Vec<String> =
        found.coefficients.iter().map(|c| format!("{} in d({})/dt", c.term, c.target)).collect();
    let bars: Vec<Coefficient<'_>> = found
        .coefficients
        .iter()
        .zip(&terms)
        .map(|(c, term)| Coefficient {
            term,
            value: c.value,
            interval: c.interval,
            inclusion: c.inclusion,
        })
        .collect();
    Coefficients {
        title: "Coefficients",
        coefficients: &bars,
        relative: true,
        ..Coefficients::default()
    }
    .plot()
}

fn candidates(found: &Discovered) -> Result<Table, Error> {
    let mut table = Table::new(&["equations", "terms", "train", "held back", "BIC"]);
    for c in found.candidates.iter().take(6) {
        table = table.row(&[
            Cell::from(with_values(c).equations().join("; ")),
            Cell::from(c.model.nonzeros().len() as i64),
            Cell::from(c.rmse),
            Cell::from(c.validation),
            Cell::from(c.bic),
        ])?;
    }
    Ok(table.digits(3).caption(
        "Candidate equations, fitted inside the differential equation, by the information criterion \
         of Schwarz (BIC). The first was chosen: the simplest within 6 of the best. “Held back” is the error of forecasts within the \
         training data, from one half and three quarters of it.",
    ))
}

fn phase(scenario: &Scenario, found: &Findings<'_>, best: &Discovered) -> Result<Plot, Error> {
    let (x, y) = (measurements(scenario, 0).1, measurements(scenario, 1).1);
    let column = |f: &Forecast, j| Bands::column(&f.curve, j);
    let (network, equations) = (&found.universal, &best.forecast);
    let (nx, ny) = (column(network, 0), column(network, 1));
    let (ex, ey) = (column(equations, 0), column(equations, 1));
    PhasePortrait {
        title: "Phase portrait",
        x_label: &y_label(scenario, 0),
        y_label: &y_label(scenario, 1),
        scale: Scale::Log,
        data: Some(Series::new("measured", &x, &y)),
        trajectories: &[Series::new(network.name, &nx, &ny), Series::new(equations.name, &ex, &ey)],
    }
    .plot()
}

fn residuals(scenario: &Scenario, found: &Discovered) -> Result<Plot, Error> {
    let times = scenario.all_times();
    let residual = |j: usize| -> Vec<f64> {
        let rows = scenario.train.rows().chain(scenario.test.rows());
        let predicted = found.forecast.at_rows.iter();
        rows.zip(predicted).map(|((_, d), u)| d[j].ln() - u[j].ln()).collect()
    };
    let (a, b) = (residual(0), residual(1));
    let times = &times[..a.len()];
    Residuals {
        title: "Residuals",
        x_label: &scenario.time,
        y_label: "ln measured - ln model",
        residuals: &[
            Series::new(&scenario.names[0], times, &a),
            Series::new(&scenario.names[1], times, &b),
        ],
        forecast_from: Some(scenario.train_end()),
    }
    .plot()
}

fn losses(training: &Trained) -> Result<Plot, Error> {
    let mut start = 0;
    let stages: Vec<Stage<'_>> = training
        .stages
        .iter()
        .map(|stage| {
            let marked = Stage { start, name: &stage.name };
            start += stage.losses.len();
            marked
        })
        .collect();
    LossCurve { title: "Training", losses: &training.losses(), stages: &stages }.plot()
}
