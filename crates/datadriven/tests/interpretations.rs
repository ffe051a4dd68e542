//! A found system under every number type, and without allocation.

mod known_data;

use datadriven::{PolynomialLibrary, Regression, SparseSystem, Stlsq};
use known_data::cloud;
use scalar::{Dual, Lanes};
use system::{Jacobian, System, jacobian_pattern, system};

system! {
    struct Known;
    state { x, y }
    params { a, b }
    rhs(t) {
        d(x) = a * x + t;
        d(y) = -b * y;
    }
}

/// du = known + (−0.5 x³ + 2 y, 1.5 x y²).
fn composed() -> SparseSystem<Known> {
    let x = cloud(60, 2, 17);
    let y: Vec<[f64; 2]> =
        x.iter().map(|u| [-0.5 * u[0].powi(3) + 2.0 * u[1], 1.5 * u[0] * u[1] * u[1]]).collect();
    let library = PolynomialLibrary { degree: 3, ..Default::default() }.build(&["x", "y"]).unwrap();
    let regression = Regression::derivatives(&library, &x, &y).unwrap();
    SparseSystem::with_known(Known, &Stlsq::default().fit(&regression).unwrap(), &[0, 1]).unwrap()
}

const U: [f64; 2] = [1.2, -0.7];

#[test]
fn values_and_derivatives() {
    let model = composed();
    let p = [0.3, 0.9, 2.0, -0.5, 1.5];
    assert_eq!(model.param_names(), ["a", "b", "x: y", "x: x^3", "y: x·y^2"]);
    let found = model.params(&p[..2]).unwrap();
    assert!(found.iter().zip(p).all(|(found, p)| (found - p).abs() < 1e-12));

    let [x, y] = U;
    let mut du = [0.0; 2];
    model.rhs(0.25, &U, &p, &mut du);
    let exact = [0.3 * x + 0.25 + 2.0 * y - 0.5 * x.powi(3), -0.9 * y + 1.5 * x * y * y];
    assert!(du.iter().zip(exact).all(|(du, exact)| (du - exact).abs() < 1e-14));

    let mut jac = [0.0; 4];
    model.jacobian(0.25, &U, &p, &mut jac, &mut model.jacobian_work()).unwrap();
    let exact = [0.3 - 1.5 * x * x, 2.0, 1.5 * y * y, -0.9 + 3.0 * x * y];
    assert!(jac.iter().zip(exact).all(|(j, exact)| (j - exact).abs() < 1e-14));

    // With respect to the parameters, known ones and coefficients alike.
    let lifted: [Dual<f64, 5>; 5] = std::array::from_fn(|i| Dual::variable(p[i], i));
    let mut du = [Dual::constant(0.0); 2];
    model.rhs(Dual::constant(0.25), &U.map(Dual::constant), &lifted, &mut du);
    let close = |a: [f64; 5], b: [f64; 5]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-14);
    assert!(close(du[0].eps, [x, 0.0, y, x.powi(3), 0.0]));
    assert!(close(du[1].eps, [0.0, -y, 0.0, 0.0, x * y * y]));
}

#[test]
fn lanes_and_patterns() {
    let model = composed();
    let p = model.params(&[0.3, 0.9]).unwrap();
    let lanes: Vec<Lanes<2>> = p.iter().map(|&p| Lanes([p; 2])).collect();
    let mut du = [Lanes([0.0; 2]); 2];
    model.rhs(Lanes([0.0; 2]), &U.map(|u| Lanes([u, -u])), &lanes, &mut du);
    let mut single = [0.0; 2];
    model.rhs(0.0, &U.map(|u| -u), &p, &mut single);
    assert_eq!(du.map(|d| d.0[1]), single);

    let decoupled = SparseSystem::with_known(
        Known,
        &Stlsq { threshold: 1.8, ..Stlsq::default() }
            .fit(&{
                let x = cloud(40, 2, 1);
                let y: Vec<[f64; 1]> = x.iter().map(|u| [2.0 * u[1]]).collect();
                let library = PolynomialLibrary::default().build(&["x", "y"]).unwrap();
                Regression::outputs(&library, &x, &y, &["nn"]).unwrap()
            })
            .unwrap(),
        &[0],
    )
    .unwrap();
    let pattern = jacobian_pattern(&decoupled);
    assert_eq!((pattern.row(0), pattern.row(1)), (&[0, 1][..], &[1][..]));
}

#[test]
fn evaluation_allocates_nothing() {
    let model = composed();
    let p = model.params(&[0.3, 0.9]).unwrap();
    let mut du = [0.0; 2];
    let count = allocation_counter::measure(|| {
        for _ in 0..100 {
            model.rhs(0.0, &U, &p, &mut du);
        }
    });
    assert_eq!(count.count_total, 0);
}
