//! The symplectic adjoint: the discrete adjoint with another memory.

use ad_tape::Vjp;
use ode_core::{
    Bs3, Dop853, Dp5, Euler, ExplicitRk, OdeProblem, Options, Rk4, Save, StepSize, Tsit5, Vern7,
};
use scalar::Scalar;
use sensitivity::{DiscreteAdjoint, Error, Gradient, Loss, Memory, StepControl, SymplecticAdjoint};
use system::{Failure, Rhs};

struct Mixed;

impl Loss for Mixed {
    fn at<S: Scalar>(&self, _i: usize, t: S, u: &[S], p: &[S]) -> S {
        (u[0] * t + p[0]).sin()
    }
    fn running<S: Scalar>(&self, t: S, u: &[S], _p: &[S]) -> S {
        t.cos() * u[1] * u[1]
    }
    fn penalty<S: Scalar>(&self, p: &[S]) -> S {
        p[0] * p[1]
    }
}

fn all_of(gradient: &Gradient) -> Vec<f64> {
    let rest = [gradient.loss, gradient.t0, gradient.t1];
    [&gradient.u0[..], &gradient.p, &gradient.times, &rest].concat()
}

fn same(found: &Gradient, expected: &Gradient, what: &str) {
    let (found, expected) = (all_of(found), all_of(expected));
    let scale = expected.iter().fold(0.0, |m: f64, x| m.max(x.abs()));
    for (f, e) in found.iter().zip(&expected) {
        assert!((f - e).abs() <= 1e-13 * scale, "{what}: {f} {e}");
    }
}

system::system! {
    /// Lorenz's equations, with a force that changes with time.
    struct Driven;
    state { x, y, z }
    params { s, r, b }
    rhs(t) {
        d(x) = s * (y - x) * (1.0 + t);
        d(y) = x * (r - z) - y;
        d(z) = x * y - b * z + (r * t).sin();
    }
}

/// Save times on the start, inside of steps and on the end; a stop; a running term; all kinds of tableaus.
#[test]
fn the_same_gradient() {
    fn check<M: ExplicitRk>(method: M) {
        let p = [10.0, 28.0, 8.0 / 3.0];
        let problem = OdeProblem::new(Driven, [1.0, 2.0, 3.0], p, (0.0, 1.0)).unwrap();
        let save = Save::At(vec![0.0, 0.13, 0.5, 0.77, 1.0]);
        let options =
            Options { step: StepSize::Fixed(1e-2), save, stops: vec![0.4], ..Options::default() };
        for control in [StepControl::State, StepControl::Sensitivity] {
            let memory = Memory::All;
            let discrete = DiscreteAdjoint { control, memory };
            let symplectic = SymplecticAdjoint { control, memory };
            let expected = discrete.gradient(&problem, method.clone(), &options, &Mixed).unwrap();
            let found = symplectic.gradient(&problem, method.clone(), &options, &Mixed).unwrap();
            same(&found, &expected, M::NAME);
            assert_eq!(found.report.algorithm, "symplectic adjoint");
            let memory = Memory::Bytes(20_000);
            let little = SymplecticAdjoint { memory, ..symplectic };
            let found = little.gradient(&problem, method.clone(), &options, &Mixed).unwrap();
            same(&found, &expected, M::NAME);
            assert!(found.report.replayed > 0 || found.report.bytes < 20_000, "{}", found.report);
        }
    }
    check(Euler);
    check(Rk4);
    check(Bs3);
    check(Dp5);
    check(Tsit5);
    check(Vern7);
    check(Dop853);
}

/// A long computation whose tape is written by hand: `y ← sin(y + p)`, many times.
struct Chain {
    links: usize,
}

impl Rhs<f64> for Chain {
    fn states(&self) -> usize {
        2
    }
    fn params(&self) -> Option<usize> {
        Some(1)
    }
    fn eval(&self, _t: f64, u: &[f64], p: &[f64], du: &mut [f64]) -> Result<(), Failure> {
        let y = (0..self.links).fold(u[0], |y, _| (y + p[0]).sin());
        (du[0], du[1]) = (u[1], y - u[0]);
        Ok(())
    }
}

impl Vjp for Chain {
    /// What each sine is taken of.
    type Record = Vec<f64>;

    fn record(&self) -> Vec<f64> {
        vec![0.0; self.links]
    }
    fn forward(
        &self,
        _t: f64,
        u: &[f64],
        p: &[f64],
        du: &mut [f64],
        tape: &mut Vec<f64>,
    ) -> Result<(), Failure> {
        let mut y = u[0];
        for node in tape.iter_mut() {
            *node = y + p[0];
            y = node.sin();
        }
        (du[0], du[1]) = (u[1], y - u[0]);
        Ok(())
    }
    fn backward(&self, tape: &mut Vec<f64>, du_bar: &[f64], u_bar: &mut [f64], p_bar: &mut [f64]) {
        let mut bar = du_bar[1];
        for node in tape.iter().rev() {
            bar *= node.cos();
            p_bar[0] += bar;
        }
        u_bar[0] += bar - du_bar[1];
        u_bar[1] += du_bar[0];
    }
}

struct Last;

impl Loss for Last {
    fn at<S: Scalar>(&self, _i: usize, _t: S, u: &[S], _p: &[S]) -> S {
        u[0] * u[1]
    }
}

/// The tapes of all stages but one are saved, as the allocator sees it.
#[test]
fn the_tape_of_one_stage() {
    let links = 4000;
    let problem = OdeProblem::new(Chain { links }, [0.5, -0.3], [0.8], (0.0, 0.5)).unwrap();
    let step = StepSize::Fixed(1e-2);
    let options = Options { step, save: Save::Last, ..Options::default() };
    let measure = |run: &dyn Fn() -> Result<Gradient, Error>| {
        let mut found = None;
        let info = allocation_counter::measure(|| found = Some(run()));
        (found.unwrap().unwrap(), info.bytes_max as usize)
    };
    let (expected, all) = measure(&|| {
        DiscreteAdjoint::default().gradient_of_black_box(&problem, Dop853, &options, &Last)
    });
    let (found, one) = measure(&|| {
        SymplecticAdjoint::default().gradient_of_black_box(&problem, Dop853, &options, &Last)
    });
    same(&found, &expected, "chain");
    let tape = 8 * links;
    let stages = Dop853::TABLEAU.all_stages();
    assert!(stages > 12 && all > stages * tape, "{all}");
    assert!(one + (stages - 1) * tape <= all + 1000 * stages && one < 3 * tape, "{one} {all}");
    // What is reported has the states of each step, and three vectors for each stage of one.
    assert_eq!(found.report.bytes - expected.report.bytes, 3 * stages * 2 * 8);
}
