//! Step 3: from trained networks to equations, refitted inside the differential equation.

use crate::forecast::Forecast;
use crate::noise::predictive;
use crate::scenario::Scenario;
use crate::selection::{Candidate, Relative, Supports, search};
use crate::universal::Universal;
use sciml::datadriven::{Ensemble, Library, ThresholdGrid};
use sciml::fit::{Free, Laplace};
use sciml::prelude::*;
use std::error::Error;

pub(crate) struct Discovered {
    pub(crate) model: SparseModel,
    pub(crate) coefficients: Vec<Coefficient>,
    pub(crate) forecast: Forecast,
    /// What was fitted on the way, the chosen one first.
    pub(crate) candidates: Vec<Candidate>,
}

pub(crate) struct Coefficient {
    /// The equation that it stands in.
    pub(crate) target: String,
    pub(crate) term: String,
    pub(crate) value: f64,
    /// 95 % interval, where the data determine one.
    pub(crate) interval: Option<(f64, f64)>,
    /// How often a bootstrap of the network's samples keeps the term.
    pub(crate) inclusion: Option<f64>,
}

/// Samples per trained network.
const SAMPLES: usize = 120;

/// `known` names the terms that each equation must keep, because the hybrid model knows them.
pub(crate) fn discover(
    name: &'static str,
    scenario: &Scenario,
    universal: &Universal,
    known: &[Vec<String>; 2],
    seed: u64,
) -> Result<Discovered, Box<dyn Error>> {
    let library = PolynomialLibrary { degree: 2, ..PolynomialLibrary::default() };
    let library = library.build(&scenario.names)?;
    let (x, dx) = samples(scenario, universal)?;
    let samples = Regression::derivatives(&library, &x, &dx)?;
    let places = |names: &[String]| -> Vec<usize> {
        names.iter().filter_map(|name| library.position(name)).collect()
    };
    let known: Supports = [places(&known[0]), places(&known[1])];

    // Sparse regression of each equation, on the terms that vanish with the population itself: like
    // the hybrid model, so that a population of zero stays zero.
    let own = [own_terms(&library, 0)?, own_terms(&library, 1)?];
    let sparse = [
        sparse_regression(&own[0], &x, &dx, 0, scenario, seed)?,
        sparse_regression(&own[1], &x, &dx, 1, scenario, seed)?,
    ];
    let allowed = [places(&own[0].names()), places(&own[1].names())];
    let mut candidates = Vec::new();
    for a in &sparse[0].supports {
        for b in &sparse[1].supports {
            let with_known = |support: &[String], known: &[usize]| {
                let mut all = places(support);
                all.extend(known);
                all.sort_unstable();
                all.dedup();
                all
            };
            candidates.push([with_known(a, &known[0]), with_known(b, &known[1])]);
        }
    }
    let start = &universal.members[0].theta[..2];
    let found = search(scenario, &samples, candidates, &known, &allowed, start);
    let Some(best) = found.first() else {
        return Err("no candidate equation could be fitted to the data".into());
    };

    // Intervals by Laplace's approximation around the fit.
    let system = Relative::new(&best.model)?;
    let fitting = system.fitting(scenario)?;
    let nonzeros = best.model.nonzeros();
    let mut theta = best.theta.clone();
    for (p, (_, _, c)) in theta[2..].iter_mut().zip(&nonzeros) {
        *p /= c;
    }
    let laplace = Laplace::new(&fitting, &theta, &Free::ALL).ok();
    let terms = library.names();
    let coefficients = nonzeros.iter().enumerate().map(|(i, &(target, term, c))| Coefficient {
        target: scenario.names[target].clone(),
        term: terms[term].clone(),
        value: best.theta[2 + i],
        interval: laplace.as_ref().and_then(|l| l.interval(2 + i, 0.95)).map(|(a, b)| {
            let (a, b) = (a * c, b * c);
            (a.min(b), a.max(b))
        }),
        inclusion: own[target].position(&terms[term]).map(|j| sparse[target].inclusion[j]),
    });

    let forecast = Forecast::new(name, scenario, |times| fitting.simulate(&theta, times));
    let forecast = match &laplace {
        Some(laplace) => {
            let (draws, grid) = (laplace.draws(200, seed), scenario.grid());
            let bands = predictive(&draws, laplace.sigma(), seed, |theta| {
                fitting.simulate(theta, &grid).ok()
            });
            forecast.with_bands(scenario, &bands)
        }
        None => forecast,
    };
    Ok(Discovered {
        model: with_values(best),
        coefficients: coefficients.collect(),
        forecast,
        candidates: found.clone(),
    })
}

/// The model with the coefficients of the fit.
pub(crate) fn with_values(candidate: &Candidate) -> SparseModel {
    let values = &candidate.theta[2..];
    let model = candidate.model.with_coefficients(values, &vec![0.0; values.len()]);
    model.unwrap_or_else(|_| candidate.model.clone())
}

/// States and their derivatives, a row of two numbers per sample.
type Samples = (Vec<Vec<f64>>, Vec<Vec<f64>>);

/// The right-hand side of each good hybrid model along its own trajectory.
fn samples(scenario: &Scenario, universal: &Universal) -> Result<Samples, Box<dyn Error>> {
    let (start, end) = (scenario.start(), scenario.train_end());
    let times: Vec<f64> =
        (0..SAMPLES).map(|i| start + (end - start) * i as f64 / (SAMPLES - 1) as f64).collect();
    let (mut x, mut dx) = (Vec::new(), Vec::new());
    for member in universal.good_members() {
        let (u0, p) = member.theta.split_at(2);
        let problem = OdeProblem::new(&universal.system, [u0[0], u0[1]], p, (start, end))?;
        let options = Options { save: Save::At(times.clone()), ..Options::default() };
        for (t, u) in solve(&problem, Tsit5, &options)?.iter() {
            let mut du = vec![0.0; 2];
            universal.system.rhs(t, u, p, &mut du);
            x.push(u.to_vec());
            dx.push(du);
        }
    }
    Ok((x, dx))
}

/// The terms of the library that hold variable `i`.
fn own_terms(library: &Library, i: usize) -> Result<Library, Box<dyn Error>> {
    Ok(library.retain(|term| term.factors().iter().any(|&(variable, _)| variable == i))?)
}

struct Sparse {
    /// The best equation of each complexity, as names of terms.
    supports: Vec<Vec<String>>,
    /// Inclusion probability of each term, at the threshold of the simplest good equation.
    inclusion: Vec<f64>,
}

fn sparse_regression(
    library: &Library,
    x: &[Vec<f64>],
    dx: &[Vec<f64>],
    target: usize,
    scenario: &Scenario,
    seed: u64,
) -> Result<Sparse, Box<dyn Error>> {
    let y: Vec<[f64; 1]> = dx.iter().map(|row| [row[target]]).collect();
    let regression = Regression::outputs(library, x, &y, &[&scenario.names[target]])?;
    let stlsq = Stlsq { normalize: true, ..Stlsq::default() };
    let path = stlsq.path(&regression, &ThresholdGrid::default())?;
    let names = library.names();
    let pareto = path.pareto(0);
    let supports = pareto
        .iter()
        .map(|candidate| candidate.equation.support().iter().map(|&j| names[j].clone()).collect())
        .collect();
    // The threshold of the middle of the front: what a careful reader would pick.
    let threshold = pareto.get(pareto.len() / 2).map_or(stlsq.threshold, |c| c.threshold);
    let ensemble = Ensemble { replicates: 100, seed, block: SAMPLES / 6, ..Ensemble::default() };
    let bootstrap = ensemble.fit(&regression, &Stlsq { threshold, ..stlsq })?;
    let inclusion = bootstrap.details()[0].bootstrap.as_ref().map(|b| b.inclusion.clone());
    Ok(Sparse { supports, inclusion: inclusion.unwrap_or_else(|| vec![0.0; names.len()]) })
}
