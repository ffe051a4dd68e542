//! Many states: the pattern of the Jacobian is used, and the answer does not depend on it.

use ode_core::{Algorithm, Integrator, OdeProblem, Options, Progress, Save, solve};
use ode_stiff::{Bdf, KenCarp4, Ndf, RadauIIA5, Rodas5P};
use scalar::{Dual, Scalar};
use system::{DualWork, Failure, Jacobian, Mass, Rhs, System, WithMass};
use testset::models::Brusselator1d;

/// A model that does not tell its pattern.
#[derive(Clone, Copy)]
struct Secretive<F>(F);

impl<F: System, S: Scalar> Rhs<S> for Secretive<F> {
    fn states(&self) -> usize {
        self.0.dim()
    }
    fn params(&self) -> Option<usize> {
        Some(self.0.num_params())
    }
    fn eval(&self, t: S, u: &[S], p: &[S], du: &mut [S]) -> Result<(), Failure> {
        self.0.eval(t, u, p, du)
    }
}

impl<F: System, S: Scalar> Jacobian<S> for Secretive<F> {
    type Work = DualWork<S>;

    fn jacobian_work(&self) -> DualWork<S> {
        self.0.jacobian_work()
    }
    fn jacobian(
        &self,
        t: S,
        u: &[S],
        p: &[S],
        jac: &mut [S],
        work: &mut DualWork<S>,
    ) -> Result<(), Failure> {
        self.0.jacobian(t, u, p, jac, work)
    }
    fn time_derivative(
        &self,
        t: S,
        u: &[S],
        p: &[S],
        dfdt: &mut [S],
        work: &mut DualWork<S>,
    ) -> Result<(), Failure> {
        self.0.time_derivative(t, u, p, dfdt, work)
    }
}

const MODEL: Brusselator1d = Brusselator1d { cells: 40 };

fn start() -> Vec<f64> {
    let wave = |i: usize| 1.0 + (std::f64::consts::TAU * (i + 1) as f64 / 41.0).sin();
    (0..80).map(|k| if k % 2 == 0 { wave(k / 2) } else { 3.0 }).collect()
}

fn options() -> Options {
    Options { rtol: 1e-6, atol: 1e-8, save: Save::Last, ..Options::default() }
}

/// Diffusion by `0.02 41²`, as in Hairer's test.
const P: f64 = 33.62;

fn check<A>(method: A)
where
    A: Algorithm<Brusselator1d, Vec<f64>> + Algorithm<Secretive<Brusselator1d>, Vec<f64>>,
{
    let open = OdeProblem::new(MODEL, start(), [P], (0.0, 2.0)).unwrap();
    let secretive = OdeProblem::new(Secretive(MODEL), start(), [P], (0.0, 2.0)).unwrap();
    let sparse = solve(&open, method.clone(), &options()).unwrap();
    let dense = solve(&secretive, method, &options()).unwrap();
    let name = sparse.method().unwrap();
    assert_eq!(sparse.stats().accepted, dense.stats().accepted, "{name}");
    assert_eq!(sparse.stats().factorizations, dense.stats().factorizations, "{name}");
    for (a, b) in sparse.last().iter().zip(dense.last()) {
        assert!((a - b).abs() < 1e-9, "{name}: {a} and {b}");
    }
}

#[test]
fn a_pattern_changes_nothing_but_the_work() {
    check(Rodas5P);
    check(KenCarp4);
    check(Bdf::default());
    check(Ndf::default());
    check(RadauIIA5);
}

/// The derivative by the diffusion: one factorization of the values serves the tangent.
#[test]
fn tangents_go_through_sparse_factors() {
    type D = Dual<f64, 1>;
    let u0: Vec<D> = start().into_iter().map(D::constant).collect();
    let p = [D::variable(P, 0)];
    let open = OdeProblem::over(MODEL, u0.clone(), p, (0.0, 1.0)).unwrap();
    let secretive = OdeProblem::over(Secretive(MODEL), u0, p, (0.0, 1.0)).unwrap();
    let sparse = solve(&open, Rodas5P, &options()).unwrap();
    let dense = solve(&secretive, Rodas5P, &options()).unwrap();
    for (a, b) in sparse.last().iter().zip(dense.last()) {
        assert!((a.re - b.re).abs() < 1e-9 && (a.eps[0] - b.eps[0]).abs() < 1e-9);
    }
    let shifted = |p: f64| {
        let problem = OdeProblem::new(MODEL, start(), [p], (0.0, 1.0)).unwrap();
        let options = Options { rtol: 1e-10, atol: 1e-12, ..options() };
        solve(&problem, Rodas5P, &options).unwrap().last().to_vec()
    };
    let (more, less) = (shifted(P + 1e-3), shifted(P - 1e-3));
    for (k, u) in sparse.last().iter().enumerate() {
        let difference = (more[k] - less[k]) / 2e-3;
        assert!((u.eps[0] - difference).abs() < 1e-6, "{k}: {} and {difference}", u.eps[0]);
    }
}

/// A constraint at one end, so that the diagonal of the mass matrix has a zero.
#[test]
fn a_mass_matrix_joins_the_pattern() {
    let mut diagonal = vec![1.0; 80];
    diagonal[79] = 0.0;
    // 0 = 3 a - a² b + α (b₋ - 2 b + 3) has one root near 3.
    let rhs = WithMass::new(MODEL, Mass::diagonal(diagonal)).unwrap();
    let mut u0 = start();
    let (a, before) = (u0[78], u0[77]);
    u0[79] = (3.0 * a + P * (before + 3.0)) / (a * a + 2.0 * P);
    let problem = OdeProblem::new(rhs, u0, [P], (0.0, 2.0)).unwrap();
    let end = solve(&problem, Rodas5P, &options()).unwrap().last().to_vec();
    let mut f = vec![0.0; 80];
    MODEL.rhs(0.0, &end, &[P], &mut f);
    assert!(f[79].abs() < 1e-5, "{}", f[79]);
}

#[test]
fn sparse_steps_allocate_nothing() {
    let problem = OdeProblem::new(MODEL, start(), [P], (0.0, 10.0)).unwrap();
    let options = options();
    let mut integrator = Integrator::new(&problem, Rodas5P, &options).unwrap();
    assert_eq!(integrator.step().unwrap(), Progress::Running);
    let info = allocation_counter::measure(|| {
        for _ in 0..20 {
            integrator.step().unwrap();
        }
    });
    assert_eq!(info.count_total, 0);
}
