//! Derivatives of the times of events, and of what comes after them, of differential–algebraic equations.

use ode_core::{ErrorKind, Events, OdeProblem, Options, Root, Save, solve_with};
use ode_stiff::{Bdf, KenCarp4, Kvaerno5, Ndf, RadauIIA5, Rodas4, Rodas5P, make_consistent};
use scalar::{Dual, Scalar};
use system::{Mass, WithMass};

system::system! {
    /// With `x = a - b` and `s = a + b`: `2 x' = -2 x`, `s = k x² cos t`, mixed so that no row of the mass
    /// matrix is zero.
    struct Mixed;
    state { a, b }
    params { k, c }
    rhs(t) {
        let (x, s) = (a - b, a + b);
        let left = s - k * x * x * t.cos() + 0.0 * c;
        d(a) = -x + left;
        d(b) = x + left;
    }
}

fn model() -> WithMass<Mixed> {
    WithMass::new(Mixed, Mass::dense(&[[1.0, -1.0], [-1.0, 1.0]]).unwrap()).unwrap()
}

const K: f64 = 1.3;
const C: f64 = 0.4;
const END: f64 = 0.9;
const DOSE: f64 = 0.7;

/// When `s = k exp(-2 t) cos t` falls to `c`, and its derivatives by `k` and `c`.
fn crossing() -> (f64, [f64; 2]) {
    let s = |t: f64| K * (-2.0 * t).exp() * t.cos();
    let slope = |t: f64| -K * (-2.0 * t).exp() * (2.0 * t.cos() + t.sin());
    let mut t = 0.5;
    (0..50).for_each(|_| t -= (s(t) - C) / slope(t));
    (t, [-s(t) / K / slope(t), 1.0 / slope(t)])
}

fn tight() -> Options {
    Options {
        rtol: 1e-9,
        atol: 1e-11,
        save: Save::Last,
        max_steps: 1_000_000,
        ..Options::default()
    }
}

type Gradient = Dual<f64, 2>;

#[test]
fn an_event_on_an_algebraic_variable_differentiates() {
    let (time, dtime) = crossing();
    let (k, c) = (Gradient::variable(K, 0), Gradient::variable(C, 1));
    let one = Gradient::constant(1.0);
    let u0 = [(k + one).scale(0.5), (k - one).scale(0.5)];
    let problem = OdeProblem::over(model(), u0, [k, c], (0.0, END)).unwrap();
    macro_rules! check {
        ($($method:expr,)*) => {$(
            // `x` grows by a dose that depends on `k`; `s` follows.
            let options = tight();
            let dose = Root::over("dose", |_t, u: &[Gradient], p| u[0] + u[1] - p[1]).effect(|at| {
                let add = at.p[0].scale(0.5 * DOSE);
                (at.u[0], at.u[1]) = (at.u[0] + add, at.u[1] - add);
                make_consistent(&model(), at.t, at.u, at.p, &options).unwrap();
            });
            let mut events = Events::new().with(dose.falling());
            let solution = solve_with(&problem, $method, &options, &mut events).unwrap();
            let text = solution.method().unwrap();
            let close = |a: f64, b: f64, what: &str| {
                assert!((a - b).abs() < 2e-6 * (1.0 + b.abs()), "{text}, {what}: {a} {b}");
            };
            let event = &solution.events()[0];
            assert_eq!(solution.events().len(), 1);
            close(event.time.re, time, "time");
            let (before, after) = (&event.before, &event.after);
            for i in 0..2 {
                close(event.time.eps[i], dtime[i], "d time");
                // x = exp(-t), and s = c whatever k.
                let x = -(-time).exp() * dtime[i];
                close(before[0].eps[i] - before[1].eps[i], x, "dx before");
                close(before[0].eps[i] + before[1].eps[i], [0.0, 1.0][i], "ds before");
                let x = x + [DOSE, 0.0][i];
                close(after[0].eps[i] - after[1].eps[i], x, "dx after");
            }
            // x(T) = exp(-T) + k dose exp(-(T - t)), s = k x² cos T.
            let late = (time - END).exp();
            let x = (-END).exp() + K * DOSE * late;
            let u = solution.last();
            close(u[0].re - u[1].re, x, "x");
            close(u[0].re + u[1].re, K * x * x * END.cos(), "s");
            for i in 0..2 {
                let dx = late * ([DOSE, 0.0][i] + K * DOSE * dtime[i]);
                let ds = ([x * x, 0.0][i] + 2.0 * K * x * dx) * END.cos();
                close(u[0].eps[i] - u[1].eps[i], dx, "dx");
                close(u[0].eps[i] + u[1].eps[i], ds, "ds");
            }
        )*};
    }
    check!(Rodas4, Rodas5P, KenCarp4, Kvaerno5, RadauIIA5, Bdf::default(), Ndf::default(),);
}

#[test]
fn second_derivatives_by_nesting() {
    type Nested = Dual<Dual>;
    let k = Nested::variable(Dual::variable(K, 0), 0);
    let (one, c) = (Nested::constant(Dual::constant(1.0)), Nested::constant(Dual::constant(C)));
    let u0 = [(k + one).scale(0.5), (k - one).scale(0.5)];
    let problem = OdeProblem::over(model(), u0, [k, c], (0.0, END)).unwrap();
    let events = || {
        let root = Root::over("low", |_t, u: &[Nested], p| u[0] + u[1] - p[1]);
        Events::new().with(root.falling().terminal())
    };
    // k h(t) = c with h = exp(-2 t) cos t: t' = -h / (k h'), and once more.
    let (t, [dt, _]) = crossing();
    let (e, cos, sin) = ((-2.0 * t).exp(), t.cos(), t.sin());
    let (h, h1, h2) = (e * cos, -e * (2.0 * cos + sin), e * (3.0 * cos + 4.0 * sin));
    let d2t = h / (K * K * h1) - dt / K * (1.0 - h * h2 / (h1 * h1));
    let solution = solve_with(&problem, Rodas5P, &tight(), &mut events()).unwrap();
    let time = solution.events()[0].time;
    assert!((time.re.re - t).abs() < 1e-7 && (time.re.eps[0] - dt).abs() < 1e-6, "{time:?}");
    assert!((time.eps[0].eps[0] - d2t).abs() < 1e-5, "{time:?} {d2t}");
    // The Jacobian of RadauIIA5 is that of the values alone.
    let error = solve_with(&problem, RadauIIA5, &tight(), &mut events()).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::EventDerivative { .. }), "{error}");
}
