//! Which equations: every candidate is fitted inside the differential equation, and judged by the
//! information criterion of Schwarz on the trajectories: a term is added only on strong evidence.

use crate::scenario::Scenario;
use rayon::prelude::*;
use sciml::fit::{Free, Trained, bic, rmse};
use sciml::prelude::*;
use std::collections::BTreeMap;
use std::error::Error;

/// Places of terms in the library, one list per equation.
pub(crate) type Supports = [Vec<usize>; 2];

/// A candidate, fitted.
#[derive(Clone)]
pub(crate) struct Candidate {
    pub(crate) model: SparseModel,
    /// Initial state and coefficients, after the fit to all training rows.
    pub(crate) theta: Vec<f64>,
    pub(crate) rmse: f64,
    pub(crate) bic: f64,
    /// Error of forecasts within the training data.
    pub(crate) validation: f64,
}

/// Fits the candidates, then whatever differs from the best of them in one term, until nothing
/// better turns up. Returns all that could be fitted, the best first.
pub(crate) fn search(
    scenario: &Scenario,
    samples: &Regression,
    candidates: Vec<Supports>,
    known: &Supports,
    allowed: &Supports,
    start: &[f64],
) -> Vec<Candidate> {
    let mut fitted: BTreeMap<Supports, Option<Candidate>> = BTreeMap::new();
    let mut open = candidates;
    loop {
        open.retain(|supports| !fitted.contains_key(supports));
        open.sort();
        open.dedup();
        if open.is_empty() {
            let mut all: Vec<Candidate> = fitted.into_values().flatten().collect();
            all.sort_by(|a, b| a.bic.total_cmp(&b.bic));
            if let Some(chosen) = choose(all.iter()) {
                all[..=chosen].rotate_right(1);
            }
            return all;
        }
        let results: Vec<Option<Candidate>> = open
            .par_iter()
            .map(|supports| fit(scenario, samples.on_supports(supports).ok()?, start).ok())
            .collect();
        fitted.extend(open.drain(..).zip(results));
        let good: Vec<(&Supports, &Candidate)> =
            fitted.iter().filter_map(|(s, candidate)| Some((s, candidate.as_ref()?))).collect();
        let chosen = choose(good.iter().map(|(_, candidate)| *candidate));
        let chosen = chosen.map(|i| good[i].0);
        open = chosen.map_or(Vec::new(), |supports| neighbours(supports, known, allowed));
    }
}

/// From this difference of the criterion on, evidence is called strong (Kass and Raftery 1995).
const STRONG: f64 = 6.0;

/// The place of the simplest candidate against which there is no strong evidence.
fn choose<'a>(all: impl Iterator<Item = &'a Candidate>) -> Option<usize> {
    let all: Vec<&Candidate> = all.collect();
    let best = all.iter().map(|c| c.bic).fold(f64::INFINITY, f64::min);
    let terms = |c: &Candidate| c.model.nonzeros().len();
    (0..all.len())
        .filter(|&i| all[i].bic <= best + STRONG)
        .min_by(|&i, &j| terms(all[i]).cmp(&terms(all[j])).then(all[i].bic.total_cmp(&all[j].bic)))
}

/// One unknown term less, or one more.
fn neighbours(supports: &Supports, known: &Supports, allowed: &Supports) -> Vec<Supports> {
    let mut found = Vec::new();
    for i in 0..2 {
        for &term in &allowed[i] {
            let mut changed = supports.clone();
            match changed[i].iter().position(|&t| t == term) {
                Some(_) if known[i].contains(&term) => continue,
                Some(place) => _ = changed[i].remove(place),
                None => {
                    changed[i].push(term);
                    changed[i].sort_unstable();
                }
            }
            found.push(changed);
        }
    }
    found
}

fn fit(
    scenario: &Scenario,
    model: SparseModel,
    start: &[f64],
) -> Result<Candidate, Box<dyn Error>> {
    let rows = scenario.train.len();
    let system = Relative::new(&model)?;
    let theta = [start, &vec![1.0; system.num_params()]].concat();
    let half = train(&system, &scenario.train, scenario, &theta, rows / 2, 40)?;

    let fitting = system.fitting(scenario)?;
    let mut validation = 0.0;
    for (seen, next) in scenario.origins() {
        let early = train(&system, &scenario.train, scenario, &half.theta, seen, 100)?;
        let forecast = fitting.simulate(&early.theta, next.times()).ok();
        let error = forecast.and_then(|rows| rmse(&rows, &next, &[0, 1], ErrorScale::Log));
        validation += error.unwrap_or(f64::INFINITY) / 2.0;
    }
    let all = train(&system, &scenario.train, scenario, &half.theta, rows, 200)?;
    let measurements = scenario.train.values().iter().filter(|d| !d.is_nan()).count();
    let mut theta = all.theta;
    for (p, (_, _, c)) in theta[2..].iter_mut().zip(model.nonzeros()) {
        *p *= c;
    }
    Ok(Candidate {
        bic: bic(all.loss, measurements, theta.len()),
        rmse: all.loss.sqrt(),
        model,
        theta,
        validation,
    })
}

fn train(
    system: &Relative,
    data: &Dataset,
    scenario: &Scenario,
    theta: &[f64],
    rows: usize,
    iterations: usize,
) -> Result<Trained, Box<dyn Error>> {
    let bounds = vec![Bound::Free; system.num_params()];
    let fitting = Fitting::new(system, data, scenario.settings(bounds))?;
    let stage = Stage {
        name: "refit",
        free: Free::ALL,
        rows: Some(rows.max(4)),
        minimizer: &Lbfgs::default(),
        stop: Stop::iterations(iterations),
    };
    let go_on = &mut |_: &sciml::fit::TrainingProgress<'_>| sciml::optimize::Control::Continue;
    Ok(fitting.train(theta, &[stage], go_on)?)
}

/// A found system with its coefficients relative to those found first, so that all unknowns are of
/// order one.
pub(crate) struct Relative {
    system: SparseSystem,
}

/// More coefficients than any candidate has.
const MOST: usize = 32;

impl Relative {
    pub(crate) fn new(model: &SparseModel) -> Result<Self, Box<dyn Error>> {
        Ok(Self { system: SparseSystem::new(model)? })
    }

    pub(crate) fn fitting<'a>(
        &'a self,
        scenario: &'a Scenario,
    ) -> Result<Fitting<'a, Self>, Box<dyn Error>> {
        let bounds = vec![Bound::Free; self.num_params()];
        Ok(Fitting::new(self, &scenario.train, scenario.settings(bounds))?)
    }
}

impl System for Relative {
    fn dim(&self) -> usize {
        self.system.dim()
    }
    fn num_params(&self) -> usize {
        self.system.num_params()
    }
    fn rhs<S: Scalar>(&self, t: S, u: &[S], p: &[S], du: &mut [S]) {
        let mut absolute = [S::zero(); MOST];
        for ((a, &p), &c) in absolute.iter_mut().zip(p).zip(self.system.coefficients()) {
            *a = p.scale(c);
        }
        self.system.rhs(t, u, &absolute[..p.len().min(MOST)], du);
    }
    fn state_names(&self) -> Vec<String> {
        self.system.state_names()
    }
    fn param_names(&self) -> Vec<String> {
        self.system.param_names()
    }
}
