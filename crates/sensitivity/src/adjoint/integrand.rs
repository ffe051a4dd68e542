//! The running term of a loss, pulled back at the stages of a step.

use crate::{Error, Loss};
use ad_tape::{ErrorKind, Program, Recorder, Replay, Work};
use scalar::{BranchScalar, Scalar};

/// A running term `g(t, u, p)`: recorded once, or anew on a tape where it has functions of the user.
pub(crate) struct Integrand<'l, L, S> {
    loss: &'l L,
    way: Way<S>,
    /// `u`, `p` and `t`, and their cotangents.
    x: Vec<S>,
    bars: Vec<S>,
    n: usize,
}

enum Way<S> {
    Program(Box<Program>, Work<S>),
    Anew(Recorder<S>),
}

impl<'l, L: Loss, S: Replay + BranchScalar> Integrand<'l, L, S> {
    pub(crate) fn new(loss: &'l L, n: usize, m: usize) -> Result<Self, Error> {
        let recorded =
            Program::record(n + m + 1, |x| vec![loss.running(x[n + m], &x[..n], &x[n..n + m])]);
        let way = match recorded {
            Ok(program) => {
                let work = program.work();
                Way::Program(Box::new(program), work)
            }
            Err(why) => match why.kind() {
                ErrorKind::UnknownFunction { .. } => Way::Anew(Recorder::new()),
                _ => return Err(why.into()),
            },
        };
        let x = vec![S::zero(); n + m + 1];
        Ok(Self { loss, way, bars: x.clone(), x, n })
    }

    /// `weight g`, of which `weight ∂g/∂u` is written and `weight ∂g/∂p` added.
    pub(crate) fn pull_back(
        &mut self,
        (t, u, p): (f64, &[S], &[S]),
        weight: f64,
        u_bar: &mut [S],
        p_bar: &mut [S],
    ) -> Result<S, Error> {
        let Self { loss, way, x, bars, n } = self;
        let (n, m) = (*n, p.len());
        x[..n].copy_from_slice(u);
        x[n..n + m].copy_from_slice(p);
        x[n + m] = S::from_f64(t);
        let mut g = [S::zero()];
        match way {
            Way::Program(program, work) => {
                bars.fill(S::zero());
                program.forward(x, &mut g, work)?;
                program.reverse(&[S::from_f64(weight)], bars, work)?;
            }
            Way::Anew(recorder) => {
                let term = recorder.gradient(
                    |x| loss.running(x[n + m], &x[..n], &x[n..n + m]).scale(weight),
                    x,
                    bars,
                );
                g[0] = term?.scale(1.0 / weight);
            }
        }
        u_bar.copy_from_slice(&bars[..n]);
        p_bar.iter_mut().zip(&bars[n..]).for_each(|(p_bar, &bar)| *p_bar += bar);
        Ok(g[0].scale(weight))
    }
}
