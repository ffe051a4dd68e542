//! Hessians and Gauss–Newton matrices against nested duals and closed forms.

use ode_core::{OdeProblem, Options, Save, Tsit5, Vern7, solve};
use scalar::{Dual, Scalar, Unary};
use sensitivity::{
    Curvature, DiscreteAdjoint, ErrorKind, ForwardSensitivity, Loss, Memory, SecondOrder,
};
use system::System;
use testset::models::LotkaVolterra;

fn tight(save: Save) -> Options {
    Options { rtol: 1e-12, atol: 1e-12, max_steps: 1_000_000, save, ..Options::default() }
}

/// Points, an integral and a penalty.
struct Mixed;

impl Loss for Mixed {
    fn at<S: Scalar>(&self, i: usize, t: S, u: &[S], p: &[S]) -> S {
        (u[0] * u[1] * t).scale(1.0 + i as f64) + (p[0] * u[0]).sin()
    }
    fn running<S: Scalar>(&self, t: S, u: &[S], p: &[S]) -> S {
        (t + u[0]).cos() * u[1] + p[3] * u[0]
    }
    fn penalty<S: Scalar>(&self, p: &[S]) -> S {
        p[1] * p[2] * p[2]
    }
}

/// Lotka–Volterra with the integral of a running loss as a third state.
struct Extended;

impl System for Extended {
    fn dim(&self) -> usize {
        3
    }
    fn num_params(&self) -> usize {
        4
    }
    fn rhs<S: Scalar>(&self, t: S, u: &[S], p: &[S], du: &mut [S]) {
        let (du, q) = du.split_at_mut(2);
        LotkaVolterra.rhs(t, &u[..2], p, du);
        q[0] = Mixed.running(t, &u[..2], p);
    }
}

/// The Hessian of [`Mixed`] by duals over duals, row by row.
fn by_nested_duals(u0: &[f64], p: &[f64], end: f64, options: &Options) -> Vec<f64> {
    type D2 = Dual<Dual<f64, 1>, 1>;
    let inputs = [u0, p].concat();
    let mut hessian = Vec::new();
    for k in 0..inputs.len() {
        for l in 0..inputs.len() {
            let lift = |(i, &x): (usize, &f64)| {
                let mut inner = Dual::constant(x);
                inner.eps[0] = f64::from(i == l);
                let mut outer = D2::constant(inner);
                outer.eps[0].re = f64::from(i == k);
                outer
            };
            let mut u: Vec<D2> = inputs.iter().enumerate().map(lift).collect();
            let p = u.split_off(u0.len());
            u.push(D2::zero());
            let problem = OdeProblem::over(Extended, u, p.clone(), (0.0, end)).unwrap();
            let solution = solve(&problem, Vern7, options).unwrap();
            let mut total = Mixed.penalty(&p) + solution.last()[2];
            for (i, (t, u)) in solution.iter().enumerate() {
                total += Mixed.at(i, D2::from_f64(t), &u[..2], &p);
            }
            hessian.push(total.eps[0].eps[0]);
        }
    }
    hessian
}

fn close(found: &[f64], expected: &[f64], tol: f64, what: &str) {
    let scale = expected.iter().fold(0.0, |m: f64, e| m.max(e.abs()));
    for (i, (f, e)) in found.iter().zip(expected).enumerate() {
        assert!((f - e).abs() <= tol * scale, "{what}[{i}]: {f} vs {e}, scale {scale}");
    }
    assert_eq!(found.len(), expected.len());
}

#[test]
fn the_hessian_of_lotka_volterra() {
    let (u0, p, end) = ([1.0, 1.2], [1.5, 1.0, 3.0, 0.9], 2.0);
    let options = tight(Save::At(vec![0.0, 0.3, 1.1, 2.0]));
    let problem = OdeProblem::new(LotkaVolterra, u0, p, (0.0, end)).unwrap();
    let expected = by_nested_duals(&u0, &p, end, &options);
    let first = DiscreteAdjoint::default().gradient(&problem, Vern7, &options, &Mixed).unwrap();
    for memory in [Memory::All, Memory::Bytes(20_000)] {
        let second = SecondOrder { memory, ..SecondOrder::default() };
        let found = second.matrix(&problem, Vern7, &options, &Mixed).unwrap();
        close(&found.matrix, &expected, 1e-9, "hessian");
        close(&found.gradient.p, &first.p, 1e-9, "gradient");
        close(&found.gradient.u0, &first.u0, 1e-9, "gradient");
        close(&found.gradient.times, &first.times, 1e-9, "gradient");
        let scale = expected.iter().fold(0.0, |m: f64, e| m.max(e.abs()));
        for (i, j) in (0..6).flat_map(|i| (0..i).map(move |j| (i, j))) {
            let skew = found.matrix[6 * i + j] - found.matrix[6 * j + i];
            assert!(skew.abs() < 1e-10 * scale, "{i} {j}: {skew}");
        }
        if memory != Memory::All {
            assert!(found.gradient.report.replayed > 0 && found.gradient.report.bytes <= 20_000);
        }

        let v = [0.3, -1.0, 2.0, 0.0, 100.0, -0.5];
        let along = second.product(&problem, Vern7, &options, &Mixed, &v).unwrap();
        let product: Vec<f64> =
            (0..6).map(|i| (0..6).map(|j| expected[6 * i + j] * v[j]).sum()).collect();
        close(&along.product, &product, 1e-9, "product");
    }
    let second = SecondOrder::default();
    let zero = second.product(&problem, Vern7, &options, &Mixed, &[0.0; 6]).unwrap();
    assert_eq!(zero.product, [0.0; 6]);
    let error = second.product(&problem, Vern7, &options, &Mixed, &[0.0; 4]).unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Direction { found: 4, expected: 6 });
}

#[derive(Clone, Copy, Debug)]
struct Square;

impl Unary for Square {
    fn f64(self, x: f64) -> f64 {
        x * x
    }
    fn slope<S: Scalar>(self, x: S, _: S) -> S {
        x.scale(2.0)
    }
}

/// `u' = -k u²`, written in three ways.
struct Quench(u8);

impl System for Quench {
    fn dim(&self) -> usize {
        1
    }
    fn num_params(&self) -> usize {
        1
    }
    fn rhs<S: Scalar>(&self, _t: S, u: &[S], p: &[S], du: &mut [S]) {
        du[0] = match self.0 {
            0 => -p[0] * u[0].unary(Square),
            _ => -p[0] * u[0] * u[0],
        };
    }
    fn vjp<S: Scalar>(
        &self,
        _t: S,
        u: &[S],
        p: &[S],
        du_bar: &[S],
        u_bar: &mut [S],
        p_bar: &mut [S],
    ) -> bool {
        if self.0 == 2 {
            u_bar[0] -= (p[0] * u[0]).scale(2.0) * du_bar[0];
            p_bar[0] -= u[0] * u[0] * du_bar[0];
        }
        self.0 == 2
    }
}

struct Residual;

impl Loss for Residual {
    fn at<S: Scalar>(&self, _i: usize, _t: S, u: &[S], _p: &[S]) -> S {
        (u[0] - S::from_f64(0.7)).powi(2)
    }
}

/// By the model's own products, its program, and a tape: `u = u0 / (1 + u0 k t)`.
#[test]
fn closed_form_by_every_way() {
    type D2 = Dual<Dual<f64, 2>, 2>;
    let (u0, k, t) = (1.3, 0.8, 1.7);
    let x = [u0, k].map(|x| D2::constant(Dual::constant(x)));
    let lift = |i: usize| {
        let mut x = x[i];
        (x.re.eps[i], x.eps[i].re) = (1.0, 1.0);
        x
    };
    let (u0_, k_) = (lift(0), lift(1));
    let u = u0_ / (D2::one() + u0_ * k_.scale(t));
    let loss = (u - D2::from_f64(0.7)).powi(2);
    let exact: Vec<f64> = loss.eps.iter().flat_map(|row| row.eps).collect();
    // 2 J Jᵀ
    let gauss_newton: Vec<f64> = (0..4).map(|i| 2.0 * u.re.eps[i / 2] * u.re.eps[i % 2]).collect();

    let options = tight(Save::At(vec![t]));
    for way in 0..3 {
        let problem = OdeProblem::new(Quench(way), [u0], [k], (0.0, 2.0)).unwrap();
        let found = SecondOrder::default().matrix(&problem, Tsit5, &options, &Residual).unwrap();
        close(&found.matrix, &exact, 1e-9, "hessian");
        let second = SecondOrder { curvature: Curvature::GaussNewton, ..SecondOrder::default() };
        let found = second.matrix(&problem, Tsit5, &options, &Residual).unwrap();
        close(&found.matrix, &gauss_newton, 1e-9, "Gauss-Newton");
        close(&[found.gradient.loss], &[loss.re.re], 1e-9, "loss");
    }
}

/// `2 Σ JᵀJ` of least squares, from the sensitivities themselves.
#[test]
fn gauss_newton_of_least_squares() {
    struct Squares;
    impl Loss for Squares {
        fn at<S: Scalar>(&self, _i: usize, t: S, u: &[S], _p: &[S]) -> S {
            (u[0] - t).powi(2) + (u[1] - t).powi(2)
        }
    }
    let p = [1.5, 1.0, 3.0, 0.9];
    let problem = OdeProblem::new(LotkaVolterra, [1.0, 1.2], p, (0.0, 2.0)).unwrap();
    let options = tight(Save::At(vec![0.4, 1.1, 2.0]));
    let found = ForwardSensitivity.solve(&problem, Vern7, &options).unwrap();
    let mut expected = vec![0.0; 36];
    for row in (0..3).flat_map(|i| (0..2).map(move |j| (i, j))) {
        let row = found.derivative(row.0, row.1);
        for (k, entry) in expected.iter_mut().enumerate() {
            *entry += 2.0 * row[k / 6] * row[k % 6];
        }
    }
    let second = SecondOrder { curvature: Curvature::GaussNewton, ..SecondOrder::default() };
    let matrix = second.matrix(&problem, Vern7, &options, &Squares).unwrap().matrix;
    close(&matrix, &expected, 1e-9, "Gauss-Newton");
}
