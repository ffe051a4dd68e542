//! What cannot be answered.

use crate::losses::Losses;
use crate::models;
use ode_core::{OdeProblem, Options, Save, Vern7};
use ode_stiff::Rodas5P;
use sensitivity::{ErrorKind, ForwardEquations, StateAndTangents, Warning};
use system::{Failure, Jacobian, Rhs};

#[test]
fn typed_refusals() {
    let how = ForwardEquations::default();
    let problem = OdeProblem::new(models::Model::Growth, [1.0], [1.0], (0.0, 2.0)).unwrap();
    // No points, and no running term.
    let error = how.gradient(&problem, Vern7, &Options::default(), &Losses::First).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::NoSaveTimes);
    let error = how.solve(&problem, Vern7, &Options::default()).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::NoSaveTimes);
    // It blows up at t = 1.
    let options = Options { save: Save::Last, ..Options::default() };
    let error = how.gradient(&problem, Vern7, &options, &Losses::First).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Solve(_)), "{error}");
    // The logarithm of what is not positive, and of zero.
    let problem = OdeProblem::new(models::Model::Growth, [1.0], [1.0], (0.0, 0.5)).unwrap();
    let options = Options { save: Save::At(vec![0.0, 0.5]), ..Options::default() };
    let error = how.gradient(&problem, Vern7, &options, &Losses::Log).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::LossNotFinite { index: 0, t: 0.0 });
    // Tolerances for another number of states.
    let options = Options { atol_each: vec![1e-6; 2], ..options };
    assert!(how.gradient(&problem, Rodas5P, &options, &Losses::First).is_err());
}

#[test]
fn a_slope_that_is_none() {
    let problem = OdeProblem::new(models::Model::Sqrt, [1.0], [0.0], (0.0, 1.0)).unwrap();
    let options = Options { save: Save::Last, ..Options::default() };
    let error = ForwardEquations::default().gradient(&problem, Rodas5P, &options, &Losses::First);
    assert!(matches!(error.unwrap_err().kind(), ErrorKind::Solve(_)));
}

#[test]
fn growth_is_warned_of() {
    let problem = OdeProblem::new(models::Model::Unstable, [1.0], [2.0], (0.0, 10.0)).unwrap();
    let options = Options { save: Save::Last, ..Options::default() };
    let found =
        ForwardEquations::default().gradient(&problem, Rodas5P, &options, &Losses::First).unwrap();
    let [Warning::Growth { factor, t: 10.0 }] = found.report.warnings[..] else {
        panic!("{}", found.report)
    };
    assert!((factor / 20f64.exp() - 1.0).abs() < 1e-3);
}

/// The second derivatives that Rosenbrock methods take, against those of duals of the whole.
#[test]
fn the_jacobian_of_all() {
    system::system! {
        struct Model;
        state { x, y }
        params { a, b }
        rhs(t) {
            d(x) = (a * x * y + t).sin() - b * t * x;
            d(y) = x.powi(3) * b - a.exp() * y * y;
        }
    }
    /// Takes the right-hand side out of a solve.
    #[derive(Clone)]
    struct Spy;
    impl ode_core::Algorithm<StateAndTangents<&Model>, Vec<f64>> for Spy {
        type Cache = ();
        fn name(&self) -> &'static str {
            "Spy"
        }
        fn order(&self) -> u32 {
            1
        }
        fn is_adaptive(&self) -> bool {
            true
        }
        fn cache(&self, rhs: &StateAndTangents<&Model>, u: &Vec<f64>) {
            check(rhs, u);
        }
        fn begin(
            &self,
            _: &StateAndTangents<&Model>,
            _: f64,
            _: &Vec<f64>,
            _: &[f64],
            (): &mut (),
        ) -> Result<(), Failure> {
            Err(Failure::Fatal("seen".into()))
        }
        fn derivative<'c>(&self, (): &'c ()) -> &'c [f64] {
            &[]
        }
        fn attempt(
            &self,
            _: &StateAndTangents<&Model>,
            _: &mut ode_core::Step<'_, Vec<f64>>,
            _: &mut ode_core::ErrorNorm<'_>,
            (): &mut (),
        ) -> Result<(), Failure> {
            Err(Failure::Recoverable)
        }
        fn accept(
            &self,
            _: &StateAndTangents<&Model>,
            _: &mut ode_core::Step<'_, Vec<f64>>,
            (): &mut (),
        ) -> Result<(), Failure> {
            Ok(())
        }
        fn dense(
            &self,
            _: &StateAndTangents<&Model>,
            _: &ode_core::Interval<'_, Vec<f64>>,
            _: &mut Vec<f64>,
            (): &mut (),
            _: &mut ode_core::Dense<f64>,
        ) -> Result<(), Failure> {
            Ok(())
        }
        fn advance(&self, (): &mut ()) {}
        fn work(&self, (): &()) -> ode_core::Stats {
            ode_core::Stats::default()
        }
    }
    fn check(rhs: &StateAndTangents<&Model>, u: &[f64]) {
        let (n, all) = (2, 10);
        assert_eq!((rhs.states(), rhs.leading(), rhs.names().len()), (all, n, all));
        let (t, p) = (0.7, [0.3, 1.2]);
        let u: Vec<f64> = u.iter().enumerate().map(|(i, u)| u + 0.1 * (i as f64).cos()).collect();
        let whole = |t: f64, u: &[f64]| {
            let mut du = vec![0.0; all];
            rhs.eval(t, u, &p, &mut du).unwrap();
            du
        };
        let along = |dt: f64, v: &[f64]| -> Vec<f64> {
            let at = |h: f64| {
                let u: Vec<f64> = u.iter().zip(v).map(|(u, v)| u + h * v).collect();
                whole(t + h * dt, &u)
            };
            // Central differences of fourth order.
            let h = 1e-3;
            let [a, b, c, d] = [at(-2.0 * h), at(-h), at(h), at(2.0 * h)];
            (0..all).map(|i| (a[i] - 8.0 * b[i] + 8.0 * c[i] - d[i]) / (12.0 * h)).collect()
        };
        let near = |found: &[f64], expected: &[f64]| {
            for (f, e) in found.iter().zip(expected) {
                assert!((f - e).abs() < 1e-9, "{found:?} {expected:?}");
            }
            assert_eq!(found.len(), expected.len());
        };
        let mut work = rhs.jacobian_work();
        let v: Vec<f64> = (0..all).map(|i| (i as f64 + 1.0).sin()).collect();
        let mut out = vec![0.0; all];
        rhs.jvp(t, &u, &p, (&v, &mut out), &mut work).unwrap();
        near(&out, &along(0.0, &v));
        rhs.time_derivative(t, &u, &p, &mut out, &mut work).unwrap();
        near(&out, &along(1.0, &vec![0.0; all]));
        let by_time = out.clone();
        let mut jac = [0.0; 4];
        rhs.derivatives(t, &u, &p, (&mut jac, &mut out), &mut work).unwrap();
        assert_eq!(out, by_time);
        rhs.derivatives(t, &u, &p, (&mut jac, &mut out[..n]), &mut work).unwrap();
        assert_eq!(out[..n], by_time[..n]);
        // Tangents by the leading states.
        let mut x = vec![0.0; all];
        x[..n].copy_from_slice(&v[..n]);
        let mut coupled = vec![1.0; all - n];
        rhs.couple(t, &u, &p, (&v[..n], &mut coupled), &mut work).unwrap();
        let expected: Vec<f64> = along(0.0, &x)[n..].iter().map(|x| x + 1.0).collect();
        near(&coupled, &expected);
        // The model by itself.
        let mut du = vec![0.0; n];
        rhs.eval_leading(t, &u, &p, &mut du).unwrap();
        assert_eq!(du, whole(t, &u)[..n]);
        // Slices that do not fit are said to.
        assert!(rhs.eval(t, &u[..3], &p, &mut out).is_err());
        assert!(rhs.eval(t, &u, &p[..1], &mut out).is_err());
        assert!(rhs.couple(t, &u, &p, (&v[..1], &mut coupled), &mut work).is_err());
        assert!(rhs.jacobian(t, &u, &p, &mut out, &mut work).is_err());
    }
    let problem = OdeProblem::new(Model, [1.0, 0.5], [0.3, 1.2], (0.0, 1.0)).unwrap();
    let options = Options { save: Save::Last, ..Options::default() };
    let error = ForwardEquations::default().solve(&problem, Spy, &options).unwrap_err();
    assert!(error.to_string().contains("seen"), "{error}");
}
