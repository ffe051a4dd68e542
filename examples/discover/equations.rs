//! Step 3: from trained networks to equations, refitted inside the differential equation.

use crate::forecast::Forecast;
use crate::noise::predictive;
use crate::scenario::Scenario;
use crate::universal::Universal;
use rayon::prelude::*;
use sciml::datadriven::{Ensemble, ThresholdGrid};
use sciml::fit::{Free, Laplace, Trained, bic};
use sciml::prelude::*;
use std::error::Error;

pub(crate) struct Discovered {
    pub(crate) model: SparseModel,
    pub(crate) coefficients: Vec<Coefficient>,
    pub(crate) forecast: Forecast,
    /// Candidates that were refitted: terms, root mean square error, information criterion.
    pub(crate) candidates: Vec<Candidate>,
    pub(crate) theta: Vec<f64>,
}

pub(crate) struct Coefficient {
    /// The equation that it stands in.
    pub(crate) target: String,
    pub(crate) term: String,
    pub(crate) value: f64,
    /// 95 % interval, where the data determine one.
    pub(crate) interval: Option<(f64, f64)>,
    /// How often the bootstrap of the network's samples keeps the term.
    pub(crate) inclusion: Option<f64>,
}

pub(crate) struct Candidate {
    pub(crate) equations: Vec<String>,
    pub(crate) terms: usize,
    pub(crate) rmse: f64,
    pub(crate) bic: f64,
}

/// Terms that each equation must keep because they are known: one list per state.
pub(crate) type Required = [Vec<String>; 2];

/// Samples per trained network.
const SAMPLES: usize = 120;

pub(crate) fn discover(
    name: &'static str,
    scenario: &Scenario,
    universal: &Universal,
    required: &Required,
    seed: u64,
) -> Result<Discovered, Box<dyn Error>> {
    let library = PolynomialLibrary { degree: 2, ..PolynomialLibrary::default() };
    let library = library.build(&scenario.names)?;
    let samples = samples(scenario, universal, &library)?;
    let stlsq = Stlsq { normalize: true, ..Stlsq::default() };
    let path = stlsq.path(&samples, &ThresholdGrid::default())?;

    // The best equations of every complexity that keep what is known, combined.
    let terms = library.names();
    let sizes = |target: usize| -> Vec<usize> {
        let keeps = |support: &[usize]| {
            required[target].iter().all(|known| support.iter().any(|&i| terms[i] == *known))
        };
        let all = path.pareto(target);
        let kept = all.iter().filter(|c| keeps(&c.equation.support())).map(|c| c.terms());
        let mut kept: Vec<usize> = kept.filter(|&n| (2..=5).contains(&n)).collect();
        kept.dedup();
        kept
    };
    let mut pairs = Vec::new();
    for a in sizes(0) {
        pairs.extend(sizes(1).into_iter().map(|b| [a, b]));
    }
    let start = &universal.members[0].theta[..2];
    let mut refitted: Vec<(SparseModel, Trained, f64)> = pairs
        .par_iter()
        .filter_map(|pair| {
            let model = path.with_terms(pair).ok()?;
            let (trained, score) = refit(scenario, &model, start).ok()?;
            Some((model, trained, score))
        })
        .collect();
    refitted.sort_by(|a, b| a.2.total_cmp(&b.2));
    let candidates: Vec<Candidate> = refitted
        .iter()
        .map(|(model, trained, bic)| Candidate {
            equations: with_values(model, &trained.theta[2..]).equations(),
            terms: model.nonzeros().len(),
            rmse: trained.loss.sqrt(),
            bic: *bic,
        })
        .collect();
    let Some((model, trained, _)) = refitted.into_iter().next() else {
        return Err("no candidate equation could be fitted to the data: the network's samples do \
                    not look like a polynomial of degree 2 that keeps the known terms"
            .into());
    };

    // Uncertainty: of the support by the bootstrap, of the coefficients by Laplace.
    let bootstrap = Ensemble { replicates: 100, seed, block: 10, ..Ensemble::default() };
    let threshold = |target: usize| {
        let size = model.details()[target].support().len();
        let chosen = path.pareto(target).into_iter().find(|c| c.terms() == size);
        chosen.map_or(stlsq.threshold, |c| c.threshold)
    };
    let thresholds = [threshold(0), threshold(1)];
    let inclusion = |target: usize, term: usize| -> Option<f64> {
        let stlsq = Stlsq { threshold: thresholds[target], ..stlsq };
        let model = bootstrap.fit(&samples, &stlsq).ok()?;
        model.details()[target].bootstrap.as_ref().map(|b| b.inclusion[term])
    };
    let system = Relative::new(&model)?;
    let fitting = fitting(scenario, &system)?;
    let laplace = Laplace::new(&fitting, &relative(&trained.theta, &model), &Free::ALL).ok();
    let mut coefficients = Vec::new();
    for (i, (target, term, value)) in model.nonzeros().into_iter().enumerate() {
        let interval = laplace.as_ref().and_then(|l| l.interval(2 + i, 0.95)).map(|(a, b)| {
            let (a, b) = (a * value, b * value);
            (a.min(b), a.max(b))
        });
        coefficients.push(Coefficient {
            target: scenario.names[target].clone(),
            term: terms[term].clone(),
            value: trained.theta[2 + i],
            interval,
            inclusion: inclusion(target, term),
        });
    }

    let theta = relative(&trained.theta, &model);
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
    let model = with_values(&model, &trained.theta[2..]);
    Ok(Discovered { model, coefficients, forecast, candidates, theta: trained.theta })
}

/// The right-hand side of each trained hybrid model along its own trajectory.
fn samples(
    scenario: &Scenario,
    universal: &Universal,
    library: &sciml::datadriven::Library,
) -> Result<Regression, Box<dyn Error>> {
    let (start, end) = (scenario.start(), scenario.train_end());
    let times: Vec<f64> =
        (0..SAMPLES).map(|i| start + (end - start) * i as f64 / (SAMPLES - 1) as f64).collect();
    let best = universal.members[0].loss;
    let mut parts = Vec::new();
    for member in universal.members.iter().filter(|member| member.loss <= 2.0 * best) {
        let (u0, p) = member.theta.split_at(2);
        let problem = OdeProblem::new(&universal.system, [u0[0], u0[1]], p, (start, end))?;
        let options = Options { save: Save::At(times.clone()), ..Options::default() };
        let solution = solve(&problem, Tsit5, &options)?;
        let x: Vec<Vec<f64>> = solution.iter().map(|(_, u)| u.to_vec()).collect();
        let dx: Vec<Vec<f64>> = solution
            .iter()
            .map(|(t, u)| {
                let mut du = vec![0.0; 2];
                universal.system.rhs(t, u, p, &mut du);
                du
            })
            .collect();
        parts.push(Regression::derivatives(library, &x, &dx)?);
    }
    Ok(Regression::join(&parts)?)
}

/// A found system with its coefficients relative to those found first, so that all unknowns are of
/// order one.
struct Relative {
    system: SparseSystem,
}

/// More coefficients than the largest candidate has.
const MOST: usize = 16;

impl Relative {
    fn new(model: &SparseModel) -> Result<Self, Box<dyn Error>> {
        Ok(Self { system: SparseSystem::new(model)? })
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

fn fitting<'a>(
    scenario: &'a Scenario,
    system: &'a Relative,
) -> Result<Fitting<'a, Relative>, Box<dyn Error>> {
    let bounds = vec![Bound::Free; system.num_params()];
    Ok(Fitting::new(system, &scenario.train, scenario.settings(bounds))?)
}

/// Fits the coefficients and the initial state to the data; the unknowns returned are absolute.
fn refit(
    scenario: &Scenario,
    model: &SparseModel,
    start: &[f64],
) -> Result<(Trained, f64), Box<dyn Error>> {
    let system = Relative::new(model)?;
    let fitting = fitting(scenario, &system)?;
    let theta = [start, &vec![1.0; system.num_params()]].concat();
    let lbfgs = Lbfgs::default();
    let rows = scenario.train.len();
    let stage = |rows, iterations| Stage {
        name: "refit",
        free: Free::ALL,
        rows,
        minimizer: &lbfgs,
        stop: Stop::iterations(iterations),
    };
    let stages = [stage(Some((rows / 2).max(4)), 40), stage(None, 200)];
    let mut trained =
        fitting.train(&theta, &stages, &mut |_| sciml::optimize::Control::Continue)?;
    for (p, (_, _, c)) in trained.theta[2..].iter_mut().zip(model.nonzeros()) {
        *p *= c;
    }
    let measurements = scenario.train.values().iter().filter(|d| !d.is_nan()).count();
    let score = bic(trained.loss, measurements, theta.len());
    Ok((trained, score))
}

/// The unknowns relative to the coefficients of the model.
fn relative(theta: &[f64], model: &SparseModel) -> Vec<f64> {
    let mut theta = theta.to_vec();
    for (p, (_, _, c)) in theta[2..].iter_mut().zip(model.nonzeros()) {
        *p /= c;
    }
    theta
}

fn with_values(model: &SparseModel, values: &[f64]) -> SparseModel {
    model.with_coefficients(values, &vec![0.0; values.len()]).unwrap_or_else(|_| model.clone())
}
