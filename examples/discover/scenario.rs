//! The measurements, and which of them the models may see.

use crate::arguments::Source;
use crate::models::LotkaVolterra;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, StandardNormal};
use sciml::fit::{self, pelts};
use sciml::prelude::*;
use std::error::Error;

/// What is to be explained, and what is to be forecast.
pub(crate) struct Scenario {
    pub(crate) title: String,
    pub(crate) time: String,
    pub(crate) unit: String,
    /// Names of prey and predator.
    pub(crate) names: [String; 2],
    /// What the models see.
    pub(crate) train: Dataset,
    /// What they must forecast.
    pub(crate) test: Dataset,
    /// Whether `test` is the truth rather than a measurement.
    pub(crate) synthetic: bool,
}

/// The Lotka–Volterra system that makes the synthetic data.
pub(crate) const TRUTH: [f64; 4] = [1.3, 0.9, 0.8, 1.8];
pub(crate) const TRUE_START: [f64; 2] = [0.44249296, 4.6280594];

impl Scenario {
    pub(crate) fn new(source: &Source, seed: u64) -> Result<Self, Box<dyn Error>> {
        match source {
            Source::Pelts => {
                let data = pelts();
                let title = "Lynx and hare pelts of the Hudson's Bay Company";
                Self::split(title, "thousands of pelts", &data, 1914.0)
            }
            Source::Synthetic => Self::synthetic(seed),
            Source::File { path, states, time, delimiter, train_until } => {
                let (states, time) = (states.clone(), time.clone());
                let options =
                    CsvOptions { states, time, delimiter: *delimiter, ..CsvOptions::default() };
                let data = Dataset::from_csv_path(path, &options)?;
                let names: Vec<&String> = data.names().iter().take(2).collect();
                if names.len() < 2 || (states_given(&options) && data.num_series() != 2) {
                    let found = data.names().join(", ");
                    return Err(format!(
                        "{}: two columns are needed, prey and predator, but there are: {found}; \
                         name two with --states",
                        path.display()
                    )
                    .into());
                }
                let data = data.select(&names)?;
                let (first, last) = (data.times()[0], data.times()[data.len() - 1]);
                let until = train_until.unwrap_or(first + 0.7 * (last - first));
                Self::split(&path.display().to_string(), "", &data, until)
            }
        }
    }

    fn split(title: &str, unit: &str, data: &Dataset, until: f64) -> Result<Self, Box<dyn Error>> {
        if let Some((row, j)) = data.first_nonpositive() {
            return Err(format!(
                "{title}: `{}` is {} at {} = {}: populations are fitted by relative errors, so they \
                 must be positive; leave the cell empty if it is missing",
                data.names()[j],
                data.row(row)[j],
                data.time_name(),
                data.times()[row],
            )
            .into());
        }
        let (train, test) = data.split_at(until)?;
        if train.len() < 8 {
            return Err(format!(
                "only {} rows up to {} = {until}: at least 8 are needed to fit; move --train-until",
                train.len(),
                data.time_name()
            )
            .into());
        }
        Ok(Self {
            title: title.into(),
            time: data.time_name().into(),
            unit: unit.into(),
            names: [data.names()[0].clone(), data.names()[1].clone()],
            train,
            test,
            synthetic: false,
        })
    }

    /// 31 points on [0, 3] with 0.5 % noise; the truth to t = 20 as the test.
    fn synthetic(seed: u64) -> Result<Self, Box<dyn Error>> {
        let names = ["prey", "predator"].map(String::from);
        let model = LotkaVolterra { names: names.clone() };
        let problem = OdeProblem::new(&model, TRUE_START, TRUTH, (0.0, 20.0))?;
        let exact =
            solve(&problem, Vern7, &Options { rtol: 1e-12, atol: 1e-12, ..Options::default() })?;
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut table = |times: &[f64], noise: f64| -> Result<Dataset, Box<dyn Error>> {
            let mut values = Vec::new();
            for &t in times {
                for u in exact.at(t)? {
                    let xi: f64 = StandardNormal.sample(&mut rng);
                    values.push(u * (1.0 + noise * xi));
                }
            }
            Ok(Dataset::new(times, &names, &values)?)
        };
        let train: Vec<f64> = (0..31).map(|i| 0.1 * f64::from(i)).collect();
        let test: Vec<f64> = (31..=200).map(|i| 0.1 * f64::from(i)).collect();
        Ok(Self {
            title: "Synthetic predators and prey".into(),
            time: "t".into(),
            unit: String::new(),
            names: names.clone(),
            train: table(&train, 0.005)?,
            test: table(&test, 0.0)?,
            synthetic: true,
        })
    }

    /// Times of all rows, training first.
    pub(crate) fn all_times(&self) -> Vec<f64> {
        [self.train.times(), self.test.times()].concat()
    }

    /// A fine grid over everything, for curves.
    pub(crate) fn grid(&self) -> Vec<f64> {
        let (start, end) = (self.start(), self.end());
        (0..=300).map(|i| start + (end - start) * f64::from(i) / 300.0).collect()
    }

    pub(crate) fn start(&self) -> f64 {
        self.train.times()[0]
    }

    /// The last time that the models see.
    pub(crate) fn train_end(&self) -> f64 {
        self.train.times()[self.train.len() - 1]
    }

    pub(crate) fn end(&self) -> f64 {
        self.test.times().last().copied().unwrap_or(self.train_end())
    }

    /// Forward validation within the training data: how many rows to train on, and the rows after
    /// them, which are to be forecast.
    pub(crate) fn origins(&self) -> Vec<(usize, Dataset)> {
        let rows = self.train.len();
        [rows / 2, (3 * rows).div_ceil(4)]
            .into_iter()
            .filter_map(|seen| {
                let first = *self.train.times().get(seen)?;
                Some((seen, self.train.window(first, self.train_end()).ok()?))
            })
            .collect()
    }

    /// The first complete row of measurements: where every model starts looking.
    pub(crate) fn first_guess(&self) -> Vec<f64> {
        (0..2)
            .map(|j| self.train.series(j).into_iter().find(|u| !u.is_nan()).unwrap_or(1.0))
            .collect()
    }

    /// Geometric mean of each series of the training data.
    pub(crate) fn typical(&self) -> [f64; 2] {
        [0, 1].map(|j| {
            let logs: Vec<f64> =
                self.train.series(j).into_iter().filter(|u| !u.is_nan()).map(f64::ln).collect();
            (logs.iter().sum::<f64>() / logs.len().max(1) as f64).exp()
        })
    }

    /// How every model is held against the data: relative errors, positive unknowns.
    pub(crate) fn settings(&self, p_bounds: Vec<Bound>) -> fit::Settings {
        fit::Settings {
            scale: ErrorScale::Log,
            u0_bounds: vec![Bound::Positive; 2],
            p_bounds,
            ..fit::Settings::default()
        }
    }
}

fn states_given(options: &CsvOptions) -> bool {
    options.states.is_some()
}
