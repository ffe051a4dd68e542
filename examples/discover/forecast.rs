//! A model's answer: curve, band, scores.

use crate::scenario::Scenario;
use sciml::fit::{Bands, rmse};
use sciml::prelude::*;

/// What a model says, over the fine grid and at the measurements.
pub(crate) struct Forecast {
    pub(crate) name: &'static str,
    /// States on the grid; empty if the model has no curve.
    pub(crate) curve: Vec<Vec<f64>>,
    /// 90 % band on the grid, measurement noise included.
    pub(crate) bands: Option<Bands>,
    /// Root mean square error of the logarithm on the training and on the test rows.
    pub(crate) train: Option<f64>,
    pub(crate) test: Option<f64>,
    /// Predictions at all rows of measurements, or those of the training data.
    pub(crate) at_rows: Vec<Vec<f64>>,
    /// The fraction of test measurements inside the band.
    pub(crate) coverage: Option<f64>,
    /// Why there is no score, where there is none.
    pub(crate) remark: Option<String>,
}

/// Level of all bands.
pub(crate) const LEVEL: f64 = 0.9;

impl Forecast {
    /// From a function that simulates at given times.
    pub(crate) fn new(
        name: &'static str,
        scenario: &Scenario,
        simulate: impl Fn(&[f64]) -> Result<Vec<Vec<f64>>, fit_error::Error>,
    ) -> Self {
        let mut found = Self::empty(name);
        match simulate(&scenario.all_times()) {
            Ok(rows) => found.score(scenario, &rows),
            Err(error) => {
                // Perhaps the training span can be simulated.
                found.remark = Some(error.to_string());
                if let Ok(rows) = simulate(scenario.train.times()) {
                    found.score(scenario, &rows);
                }
            }
        }
        found.curve = simulate(&scenario.grid()).unwrap_or_default();
        found
    }

    /// From predictions at the rows, without a curve: baselines that only repeat measurements.
    pub(crate) fn of_rows(name: &'static str, scenario: &Scenario, test: &[Vec<f64>]) -> Self {
        let mut found = Self::empty(name);
        found.test = rmse(test, &scenario.test, &[0, 1], ErrorScale::Log);
        found
    }

    pub(crate) fn failed(name: &'static str, why: String) -> Self {
        Self { remark: Some(why), ..Self::empty(name) }
    }

    fn empty(name: &'static str) -> Self {
        Self {
            name,
            curve: Vec::new(),
            bands: None,
            train: None,
            test: None,
            at_rows: Vec::new(),
            coverage: None,
            remark: None,
        }
    }

    fn score(&mut self, scenario: &Scenario, rows: &[Vec<f64>]) {
        let (train, test) = rows.split_at(scenario.train.len().min(rows.len()));
        self.train = rmse(train, &scenario.train, &[0, 1], ErrorScale::Log);
        self.test = rmse(test, &scenario.test, &[0, 1], ErrorScale::Log);
        self.at_rows = rows.to_vec();
    }

    /// Adds a band from trajectories on the grid, and how much of the test data it holds.
    #[must_use]
    pub(crate) fn with_bands(
        mut self,
        scenario: &Scenario,
        trajectories: &[Option<Vec<Vec<f64>>>],
    ) -> Self {
        let bands = Bands::new(trajectories, LEVEL);
        if bands.used > 0 && !scenario.test.is_empty() {
            let grid = scenario.grid();
            let (mut inside, mut all) = (0, 0);
            for (t, row) in scenario.test.rows() {
                let i = grid.partition_point(|g| *g < t).min(grid.len() - 1);
                for (j, d) in row.iter().enumerate().filter(|(_, d)| !d.is_nan()) {
                    all += 1;
                    inside += i32::from(bands.lower[i][j] <= *d && *d <= bands.upper[i][j]);
                }
            }
            self.coverage = (all > 0).then(|| f64::from(inside) / f64::from(all));
        }
        self.bands = (bands.used > 0).then_some(bands);
        self
    }
}

/// The error of `fit`, under a short name.
pub(crate) mod fit_error {
    pub(crate) use sciml::fit::Error;
}
