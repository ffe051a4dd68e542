//! Stiff problems of the literature against duals through the same solver.

use crate::{close, each_close, flat};
use ode_core::{Algorithm, OdeProblem, Options, Save};
use ode_stiff::{KenCarp4, Kvaerno5, RadauIIA5, Rodas4, Rodas5P};
use scalar::{Dual, Scalar};
use sensitivity::{Augmented, DiscreteAdjoint, DiscreteMethod, ForwardSensitivity, Loss};
use system::System;
use testset::models::{Hires, Pollution, Robertson, VanDerPol};

/// `Σ (uᵢ / sizeᵢ)²`
struct Sizes(Vec<f64>);

impl Loss for Sizes {
    fn at<S: Scalar>(&self, _i: usize, _t: S, u: &[S], _p: &[S]) -> S {
        u.iter().zip(&self.0).fold(S::zero(), |sum, (&u, size)| {
            let part = u.scale(1.0 / size);
            sum + part * part
        })
    }
}

fn gradients<F, M>(
    problem: &OdeProblem<F, Vec<f64>>,
    method: M,
    options: &Options,
    sizes: &[f64],
) -> (Vec<f64>, Vec<f64>)
where
    F: System,
    M: DiscreteMethod<F, Sizes, Vec<f64>>
        + for<'a> Algorithm<&'a Augmented<'a, F, Sizes>, Vec<Dual<f64, 8>>>,
{
    let loss = Sizes(sizes.to_vec());
    let forward = ForwardSensitivity.gradient(problem, method.clone(), options, &loss).unwrap();
    let adjoint = DiscreteAdjoint::default().gradient(problem, method, options, &loss).unwrap();
    close(&[adjoint.loss], &[forward.loss], 1e-7, "the loss");
    (flat(&adjoint), flat(&forward))
}

fn tight(times: &[f64], rtol: f64, atol: f64) -> Options {
    let save = Save::At(times.to_vec());
    Options { rtol, atol, max_steps: 1_000_000, save, ..Options::default() }
}

#[test]
fn robertson() {
    let times = [0.4, 40.0, 4e3, 1e5];
    let problem =
        OdeProblem::new(Robertson, vec![1.0, 0.0, 0.0], [0.04, 3e7, 1e4], (0.0, 1e5)).unwrap();
    let options = tight(&times, 1e-9, 1e-14);
    let sizes = [1.0, 1e-5, 1.0];
    let (found, expected) = gradients(&problem, Rodas5P, &options, &sizes);
    each_close(&found, &expected, 1e-6, "Rodas5P");
    let (found, expected) = gradients(&problem, KenCarp4, &options, &sizes);
    each_close(&found, &expected, 1e-6, "KenCarp4");
}

#[test]
fn hires() {
    let u0 = vec![1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0057];
    let problem = OdeProblem::new(Hires, u0, [], (0.0, 321.8122)).unwrap();
    let options = tight(&[5.0, 100.0, 321.8122], 1e-9, 1e-12);
    let sizes = [1e-3, 1e-4, 1e-4, 1e-3, 1e-3, 1e-3, 1e-3, 1e-3];
    let (found, expected) = gradients(&problem, Rodas4, &options, &sizes);
    close(&found, &expected, 1e-6, "Rodas4");
    let (found, expected) = gradients(&problem, Kvaerno5, &options, &sizes);
    close(&found, &expected, 1e-6, "Kvaerno5");
}

#[test]
fn van_der_pol() {
    let problem = OdeProblem::new(VanDerPol, vec![2.0, 0.0], [1e3], (0.0, 1.2e3)).unwrap();
    let options = tight(&[300.0, 700.0, 1.2e3], 1e-10, 1e-10);
    let (found, expected) = gradients(&problem, Rodas5P, &options, &[1.0, 1e-3]);
    close(&found, &expected, 1e-6, "Rodas5P");
    let (found, _) = gradients(&problem, RadauIIA5, &options, &[1.0, 1e-3]);
    close(&found, &expected, 1e-6, "RadauIIA5");
}

#[test]
fn pollution() {
    let reference = testset::Reference::load("pollution").unwrap();
    let problem =
        OdeProblem::new(Pollution, reference.u0.clone(), reference.p.clone(), (0.0, 60.0)).unwrap();
    let options = tight(&[1.0, 17.0, 60.0], 1e-8, 1e-12);
    let sizes: Vec<f64> = problem.u0().iter().map(|u| u.abs() + 1e-2).collect();
    let (found, expected) = gradients(&problem, Rodas5P, &options, &sizes);
    close(&found[..20], &expected[..20], 1e-6, "by the start");
    for i in 20..45 {
        // Rates from 1e-4 to 1e6: what counts is the change by a part of them.
        let p = problem.p()[i - 20];
        let (found, expected) = (p * found[i], p * expected[i]);
        assert!((found - expected).abs() < 1e-6 * expected.abs().max(1e-3), "{found} {expected}");
    }
}
