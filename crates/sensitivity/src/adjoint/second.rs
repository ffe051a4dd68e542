//! Products with transposed Jacobians over duals, whose tangents are second derivatives.

use super::reverse::Reverse;
use crate::Error;
use ad_tape::{Adjoints, ErrorKind, Program, Tape, Work};
use scalar::{Dual, Scalar};
use std::sync::Arc;
use system::{Failure, System};

/// As for first derivatives: the model's own products, else its program, else a tape recorded anew.
pub(crate) struct Second<F> {
    rhs: F,
    way: Way,
    /// Whether the products leave out how the Jacobian changes along the tangents.
    is_linear: bool,
}

enum Way {
    Own,
    Program(Arc<Program>),
    Anew,
}

const ZERO: Dual = Dual { re: 0.0, eps: [0.0] };

/// A point `p`, `u`, `t`, and the memory for it.
#[derive(Clone)]
pub(crate) struct Point<D> {
    x: Vec<D>,
    bars: Vec<D>,
    du: Vec<D>,
    work: Option<Work<D>>,
}

impl<F: System> Second<F> {
    pub(crate) fn new(rhs: F, is_linear: bool) -> Result<Self, Error> {
        let (n, m) = (rhs.dim(), rhs.num_params());
        let (u, p) = (vec![0.0; n], vec![0.0; m]);
        let way = match rhs.vjp(0.0, &u, &p, &u, &mut u.clone(), &mut p.clone()) {
            true => Way::Own,
            false => match Program::of(&rhs) {
                Ok(program) => {
                    // Refuses what has no second derivatives.
                    let (mut du, mut bars) = (vec![ZERO; n], vec![ZERO; n + m + 1]);
                    let (x, mut work) = (bars.clone(), program.work());
                    program.forward(&x, &mut du, &mut work)?;
                    program.reverse(&du, &mut bars, &mut work)?;
                    Way::Program(Arc::new(program))
                }
                Err(why) => match why.kind() {
                    ErrorKind::UnknownFunction { .. } => Way::Anew,
                    _ => return Err(why.into()),
                },
            },
        };
        Ok(Self { rhs, way, is_linear })
    }
}

impl<F: System> Second<F> {
    /// Whether the products are the model's own.
    pub(crate) fn is_own(&self) -> bool {
        matches!(self.way, Way::Own)
    }

    /// [`Reverse::forward`] where the time may move too.
    fn forward_at<const N: usize>(
        &self,
        (t, u, p): (Dual<f64, N>, &[Dual<f64, N>], &[Dual<f64, N>]),
        du: &mut [Dual<f64, N>],
        record: &mut Point<Dual<f64, N>>,
    ) -> Result<(), Failure> {
        let Point { x, work, .. } = record;
        let (n, m) = (u.len(), p.len());
        let fixed = |x: Dual<f64, N>| if self.is_linear { Dual::constant(x.re) } else { x };
        for (x, &y) in x.iter_mut().zip(p.iter().chain(u)) {
            *x = fixed(y);
        }
        x[m + n] = fixed(t);
        match (&self.way, work) {
            (Way::Program(program), Some(work)) if !self.is_linear => {
                return program.forward(x, du, work).map_err(fatal);
            }
            (Way::Program(program), Some(work)) => program.forward(x, du, work).map_err(fatal)?,
            _ => {}
        }
        self.rhs.rhs(t, u, p, du);
        Ok(())
    }

    /// [`Reverse::pull_back`] where the time may move too.
    pub(crate) fn pull_back_at<const N: usize>(
        &self,
        at: (Dual<f64, N>, &[Dual<f64, N>], &[Dual<f64, N>]),
        du_bar: &[Dual<f64, N>],
        (u_bar, p_bar): (&mut [Dual<f64, N>], &mut [Dual<f64, N>]),
        record: &mut Point<Dual<f64, N>>,
    ) -> Result<(), Failure> {
        let mut du = std::mem::take(&mut record.du);
        let done = self.forward_at(at, &mut du, record);
        record.du = du;
        done?;
        self.backward(record, du_bar, u_bar, p_bar);
        Ok(())
    }
}

impl<F: System, const N: usize> Reverse<Dual<f64, N>> for Second<F> {
    type Record = Point<Dual<f64, N>>;

    fn record(&self) -> Self::Record {
        let (n, m) = (self.rhs.dim(), self.rhs.num_params());
        let x = vec![Dual::zero(); n + m + 1];
        let work = match &self.way {
            Way::Program(program) => Some(program.work()),
            _ => None,
        };
        Point { bars: x.clone(), x, du: vec![Dual::zero(); n], work }
    }

    fn eval(
        &self,
        t: f64,
        u: &[Dual<f64, N>],
        p: &[Dual<f64, N>],
        du: &mut [Dual<f64, N>],
    ) -> Result<(), Failure> {
        self.rhs.rhs(Dual::constant(t), u, p, du);
        Ok(())
    }

    fn forward(
        &self,
        t: f64,
        u: &[Dual<f64, N>],
        p: &[Dual<f64, N>],
        du: &mut [Dual<f64, N>],
        record: &mut Self::Record,
    ) -> Result<(), Failure> {
        self.forward_at((Dual::constant(t), u, p), du, record)
    }

    fn backward(
        &self,
        record: &mut Self::Record,
        du_bar: &[Dual<f64, N>],
        u_bar: &mut [Dual<f64, N>],
        p_bar: &mut [Dual<f64, N>],
    ) {
        let Point { x, bars, work, .. } = record;
        let (m, n) = (p_bar.len(), u_bar.len());
        let add = |bars: &[Dual<f64, N>], u_bar: &mut [_], p_bar: &mut [_]| {
            p_bar.iter_mut().zip(bars).for_each(|(to, &bar)| *to += bar);
            u_bar.iter_mut().zip(&bars[m..]).for_each(|(to, &bar)| *to += bar);
        };
        match (&self.way, work) {
            (Way::Own, _) => {
                let (p, rest) = x.split_at(m);
                let (u, t) = rest.split_at(n);
                self.rhs.vjp(t[0], u, p, du_bar, u_bar, p_bar);
            }
            (Way::Program(program), Some(work)) => {
                bars.fill(Dual::zero());
                match program.reverse(du_bar, bars, work) {
                    Ok(()) => add(bars, u_bar, p_bar),
                    // It was tried when it was recorded.
                    Err(_) => u_bar.fill(Dual::constant(f64::NAN)),
                }
            }
            _ => {
                let (tape, mut adjoints) = (Tape::new(), Adjoints::new());
                let vars = tape.vars(x);
                let mut du = vec![tape.var(Dual::zero()); n];
                self.rhs.rhs(vars[m + n], &vars[m..m + n], &vars[..m], &mut du);
                if tape.pullback(&du, du_bar, &mut adjoints).is_ok()
                    && let Ok(bars) = adjoints.wrt_slice(&vars[..m + n])
                {
                    add(bars, u_bar, p_bar);
                } else {
                    u_bar.fill(Dual::constant(f64::NAN));
                }
            }
        }
    }

    fn pull_back(
        &self,
        (t, u, p): (f64, &[Dual<f64, N>], &[Dual<f64, N>]),
        du_bar: &[Dual<f64, N>],
        bars: (&mut [Dual<f64, N>], &mut [Dual<f64, N>]),
        record: &mut Self::Record,
    ) -> Result<(), Failure> {
        self.pull_back_at((Dual::constant(t), u, p), du_bar, bars, record)
    }
}

#[cold]
fn fatal(error: ad_tape::Error) -> Failure {
    Failure::Fatal(error.to_string())
}
