//! A spiral, and the network that learns it: once as a model like any other, once with the kernels of `nn`.

use ad_tape::Vjp;
use nn::{Mlp, Workspace};
use scalar::Scalar;
use std::cell::RefCell;
use system::{Failure, Rhs, System};

/// The spiral of the usual example (Chen et al., NeurIPS 2018): `u' = A u³`, element by element.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Truth;

impl System for Truth {
    fn dim(&self) -> usize {
        2
    }
    fn num_params(&self) -> usize {
        0
    }
    fn rhs<S: Scalar>(&self, _t: S, u: &[S], _p: &[S], du: &mut [S]) {
        let [x, y] = [u[0] * u[0] * u[0], u[1] * u[1] * u[1]];
        du[0] = x.scale(-0.1) + y.scale(2.0);
        du[1] = x.scale(-2.0) - y.scale(0.1);
    }
}

/// `u' = network(u³)`.
#[derive(Clone, Debug)]
pub(crate) struct Spiral {
    pub(crate) network: Mlp,
}

impl System for Spiral {
    fn dim(&self) -> usize {
        2
    }
    fn num_params(&self) -> usize {
        self.network.num_params()
    }
    fn rhs<S: Scalar>(&self, _t: S, u: &[S], p: &[S], du: &mut [S]) {
        let cubes = [u[0] * u[0] * u[0], u[1] * u[1] * u[1]];
        self.network.eval(p, &cubes, du);
    }
}

/// The same with the network's own product, by hand.
#[derive(Debug)]
pub(crate) struct ByKernels {
    network: Mlp,
    workspace: RefCell<Workspace>,
}

/// A point. The product computes the value once more, so that its memory can be one for all points.
#[derive(Clone, Debug)]
pub(crate) struct Point {
    u: [f64; 2],
    p: Vec<f64>,
}

impl ByKernels {
    pub(crate) fn new(network: Mlp) -> Self {
        Self { workspace: RefCell::new(Workspace::new(&network)), network }
    }
}

fn cubes(u: &[f64]) -> [f64; 2] {
    [u[0] * u[0] * u[0], u[1] * u[1] * u[1]]
}

fn failed(why: &nn::Error) -> Failure {
    Failure::Fatal(why.to_string())
}

impl Rhs<f64> for ByKernels {
    fn states(&self) -> usize {
        2
    }
    fn params(&self) -> Option<usize> {
        Some(self.network.num_params())
    }
    fn eval(&self, _t: f64, u: &[f64], p: &[f64], du: &mut [f64]) -> Result<(), Failure> {
        let workspace = &mut *self.workspace.borrow_mut();
        self.network.value(p, &cubes(u), du, workspace).map_err(|why| failed(&why))
    }
}

impl Vjp for ByKernels {
    type Record = Point;

    fn record(&self) -> Point {
        Point { u: [0.0; 2], p: vec![0.0; self.network.num_params()] }
    }

    fn forward(
        &self,
        _t: f64,
        u: &[f64],
        p: &[f64],
        du: &mut [f64],
        record: &mut Point,
    ) -> Result<(), Failure> {
        record.u = [u[0], u[1]];
        record.p.copy_from_slice(p);
        self.eval(0.0, u, p, du)
    }

    fn backward(&self, record: &mut Point, du_bar: &[f64], u_bar: &mut [f64], p_bar: &mut [f64]) {
        let Point { u, p } = record;
        let (mut bars, workspace) = ([0.0; 2], &mut *self.workspace.borrow_mut());
        // Lengths are those of the network: it cannot fail.
        let _ = self.network.vjp(p, &cubes(u), du_bar, &mut bars, p_bar, workspace);
        for ((u_bar, u), bar) in u_bar.iter_mut().zip(u).zip(bars) {
            *u_bar += 3.0 * *u * *u * bar;
        }
    }

    fn pull_back(
        &self,
        _t: f64,
        u: &[f64],
        p: &[f64],
        du_bar: &[f64],
        (u_bar, p_bar): (&mut [f64], &mut [f64]),
        _record: &mut Point,
    ) -> Result<(), Failure> {
        let (mut bars, workspace) = ([0.0; 2], &mut *self.workspace.borrow_mut());
        let done = self.network.vjp(p, &cubes(u), du_bar, &mut bars, p_bar, workspace);
        done.map_err(|why| failed(&why))?;
        for ((u_bar, u), bar) in u_bar.iter_mut().zip(u).zip(bars) {
            *u_bar += 3.0 * u * u * bar;
        }
        Ok(())
    }
}
