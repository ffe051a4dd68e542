//! Models and quantities that the test set does not have.

use scalar::Scalar;
use sensitivity::Average;
use system::System;

/// A state, or a product of two.
pub(crate) struct State(pub(crate) usize);

impl Average for State {
    fn at<S: Scalar>(&self, _t: S, u: &[S], _p: &[S]) -> S {
        u[self.0]
    }
}

/// The square of the first state, with the first parameter as a factor where `is_weighted`.
pub(crate) struct Square {
    pub(crate) is_weighted: bool,
}

impl Average for Square {
    fn at<S: Scalar>(&self, _t: S, u: &[S], p: &[S]) -> S {
        let square = u[0] * u[0];
        if self.is_weighted { p[0] * square } else { square }
    }
}

/// The mean of the states, or of half their squares.
pub(crate) struct Mean {
    pub(crate) is_energy: bool,
}

impl Average for Mean {
    fn at<S: Scalar>(&self, _t: S, u: &[S], _p: &[S]) -> S {
        let term = |&u: &S| if self.is_energy { (u * u).scale(0.5) } else { u };
        u.iter().map(term).sum::<S>().scale(1.0 / u.len() as f64)
    }
}

/// Lorenz's model of the atmosphere around a circle (1996): `p = [F]`.
pub(crate) struct Lorenz96 {
    pub(crate) n: usize,
}

impl System for Lorenz96 {
    fn dim(&self) -> usize {
        self.n
    }
    fn num_params(&self) -> usize {
        1
    }
    fn rhs<S: Scalar>(&self, _t: S, u: &[S], p: &[S], du: &mut [S]) {
        let n = self.n;
        for i in 0..n {
            let (ahead, behind, before) = (u[(i + 1) % n], u[(i + n - 1) % n], u[(i + n - 2) % n]);
            du[i] = (ahead - before) * behind - u[i] + p[0];
        }
    }
}

/// The Kuramoto–Sivashinsky equation `u_t = -(u + c) u_x - u_xx - u_xxxx` with `p = [c]` on `n` inner points
/// a unit apart, `u = u_x = 0` at both ends, in the form that Blonigan and Wang (2014) discretise.
pub(crate) struct KuramotoSivashinsky {
    pub(crate) n: usize,
}

impl System for KuramotoSivashinsky {
    fn dim(&self) -> usize {
        self.n
    }
    fn num_params(&self) -> usize {
        1
    }
    fn rhs<S: Scalar>(&self, _t: S, u: &[S], p: &[S], du: &mut [S]) {
        let n = self.n as isize;
        let at = |i: isize| match i {
            // u_x = 0: the point outside mirrors the one inside.
            -2 => u[0],
            i if i == n + 1 => u[self.n - 1],
            i if i < 0 || i >= n => S::zero(),
            i => u[i as usize],
        };
        for i in 0..n {
            let (l, r) = (at(i - 1), at(i + 1));
            let outer = at(i - 2) + at(i + 2);
            let square = (r * r - l * l).scale(0.25);
            let advection = p[0] * (r - l).scale(0.5);
            let second = l + r - at(i).scale(2.0);
            let fourth = outer - (l + r).scale(4.0) + at(i).scale(6.0);
            du[i as usize] = -square - advection - second - fourth;
        }
    }
}

system::system! {
    /// A circle of radius √mu that attracts, around which the speed depends on the radius.
    pub(crate) struct Hopf;
    state { x, y }
    params { mu, omega, shear }
    rhs(_t) {
        let r = x * x + y * y;
        d(x) = (mu - r) * x - (omega + shear * r) * y;
        d(y) = (mu - r) * y + (omega + shear * r) * x;
    }
}

system::system! {
    /// Relaxation towards `force cos t`.
    pub(crate) struct Forced;
    state { x }
    params { k, force }
    rhs(t) {
        d(x) = -k * x + force * t.cos();
    }
}

system::system! {
    /// A linear system that comes to rest.
    pub(crate) struct Relaxing;
    state { x, y }
    params { a, b, c }
    rhs(_t) {
        d(x) = a - b * x;
        d(y) = c * x - y;
    }
}
