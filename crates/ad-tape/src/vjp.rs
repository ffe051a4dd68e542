use crate::{Error, Program, Work};
use std::sync::Arc;
use system::{Failure, Rhs, System};

/// A right-hand side that can be pulled back through: what adjoint methods ask for.
///
/// Two phases, so that an adjoint step evaluates each of its stages and then pulls them back in
/// reverse order. Every [`System`] has it: see [`Record`].
///
/// ```
/// use ad_tape::Vjp;
///
/// system::system! {
///     struct Decay;
///     state { x }
///     params { k }
///     rhs(_t) {
///         d(x) = -k * x;
///     }
/// }
///
/// let (mut record, mut du) = (Decay.record(), [0.0]);
/// Decay.forward(0.0, &[2.0], &[3.0], &mut du, &mut record)?;
/// let (mut u_bar, mut p_bar) = ([0.0], [0.0]);
/// Decay.backward(&mut record, &[1.0], &mut u_bar, &mut p_bar);
/// assert_eq!((du, u_bar, p_bar), ([-6.0], [-3.0], [-2.0]));
/// # Ok::<(), system::Failure>(())
/// ```
///
/// A black box implements it by hand:
///
/// ```
/// use ad_tape::Vjp;
/// use system::{Failure, Rhs};
///
/// /// `du = -p u²`, as if computed by a foreign library.
/// struct Quench;
///
/// impl Rhs<f64> for Quench {
///     fn states(&self) -> usize {
///         1
///     }
///     fn params(&self) -> Option<usize> {
///         Some(1)
///     }
///     fn eval(&self, _t: f64, u: &[f64], p: &[f64], du: &mut [f64]) -> Result<(), Failure> {
///         du[0] = -p[0] * u[0] * u[0];
///         Ok(())
///     }
/// }
///
/// impl Vjp for Quench {
///     /// The point (u, p).
///     type Record = (f64, f64);
///
///     fn record(&self) -> (f64, f64) {
///         (0.0, 0.0)
///     }
///     fn forward(
///         &self, t: f64, u: &[f64], p: &[f64], du: &mut [f64], record: &mut (f64, f64),
///     ) -> Result<(), Failure> {
///         *record = (u[0], p[0]);
///         self.eval(t, u, p, du)
///     }
///     fn backward(&self, &mut (u, p): &mut (f64, f64), du_bar: &[f64], u_bar: &mut [f64], p_bar: &mut [f64]) {
///         u_bar[0] -= 2.0 * p * u * du_bar[0];
///         p_bar[0] -= u * u * du_bar[0];
///     }
/// }
///
/// let (mut record, mut du, mut u_bar, mut p_bar) = (Quench.record(), [0.0], [0.0], [0.0]);
/// Quench.forward(0.0, &[2.0], &[3.0], &mut du, &mut record)?;
/// Quench.backward(&mut record, &[1.0], &mut u_bar, &mut p_bar);
/// assert_eq!((u_bar, p_bar), ([-12.0], [-4.0]));
/// # Ok::<(), Failure>(())
/// ```
///
/// A model that branches on its values cannot be recorded:
///
/// ```compile_fail,E0277
/// # use scalar::BranchScalar;
/// use ad_tape::Vjp;
/// use system::{BranchSystem, Branching};
///
/// struct Thermostat;
///
/// impl BranchSystem for Thermostat {
///     fn dim(&self) -> usize { 1 }
///     fn num_params(&self) -> usize { 1 }
///     fn rhs<S: BranchScalar>(&self, _t: S, u: &[S], p: &[S], du: &mut [S]) {
///         du[0] = if u[0].primal() < 19.0 { p[0] } else { -p[0] };
///     }
/// }
/// fn wants_adjoint(f: impl Vjp) {}
/// wants_adjoint(Branching(Thermostat));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be pulled back through: it has no vector-Jacobian product",
    note = "write the model with `system!` (or implement `System`): every `System` has one, exactly",
    note = "a model that branches on its values cannot be recorded: use `select_lt`, `min`, `max`, \
            `abs` instead of `if`, or differentiate it forward, with duals",
    note = "for a black box, implement `ad_tape::Vjp` by hand on a type of your own"
)]
pub trait Vjp: Rhs<f64> {
    /// Memory of one recorded evaluation. A clone serves for another one.
    type Record: Clone;

    /// Allocates that memory.
    fn record(&self) -> Self::Record;

    /// Writes `f(t, u; p)` into `du` and remembers what the reverse sweep needs.
    ///
    /// # Errors
    ///
    /// As the right-hand side itself. The record then holds nothing to pull back.
    fn forward(
        &self,
        t: f64,
        u: &[f64],
        p: &[f64],
        du: &mut [f64],
        record: &mut Self::Record,
    ) -> Result<(), Failure>;

    /// `u_bar += (∂f/∂u)ᵀ du_bar` and `p_bar += (∂f/∂p)ᵀ du_bar` at the recorded point. May be
    /// called again, with other cotangents.
    fn backward(
        &self,
        record: &mut Self::Record,
        du_bar: &[f64],
        u_bar: &mut [f64],
        p_bar: &mut [f64],
    );
}

/// Memory of one evaluation of a [`System`].
///
/// One plain rule: a model that has a product of its own ([`System::vjp`]; `system!` writes it for
/// equations without loops, closures and functions of others) keeps the point and runs that code,
/// which is as fast as one written by hand. Any other model is recorded once, as a [`Program`], when
/// the record is made; clones share it. [`Record::program`] says which.
///
/// A record belongs to the model that made it. Repeated use allocates nothing, except the first pass
/// backward. It may move to another thread.
///
/// ```
/// use ad_tape::Vjp;
///
/// system::system! {
///     struct Decay;
///     state { x }
///     params { k }
///     rhs(_t) { d(x) = -k * x; }
/// }
/// assert!(Decay.record().program().is_none(), "it has code of its own");
///
/// system::system! {
///     struct Loops;
///     state { x }
///     params { k }
///     rhs(_t) { d(x) = (0..3).fold(x, |x, _| -k * x); }
/// }
/// let record = Loops.record();
/// assert_eq!(record.program().map(|program| program.explain().operations), Some(4));
/// ```
#[derive(Clone, Debug)]
pub struct Record {
    way: Way,
    /// `p`, `u` and `t` of the point; empty if there is none.
    point: Vec<f64>,
    /// Numbers of parameters and of states.
    inputs: (usize, usize),
}

/// How the products are computed.
#[derive(Clone, Debug)]
enum Way {
    /// By the model's own code.
    Own,
    /// By its program, with the memory of replays and the cotangents of its inputs.
    Program(Arc<Program>, Work, Vec<f64>),
    /// Not at all.
    Refused(Error),
}

impl Record {
    /// The program of a model without a product of its own.
    pub fn program(&self) -> Option<&Program> {
        match &self.way {
            Way::Program(program, ..) => Some(program),
            _ => None,
        }
    }

    /// Bytes of memory that the record holds on to, the shared program aside.
    pub fn bytes(&self) -> usize {
        let own = match &self.way {
            Way::Program(_, work, bars) => work.bytes() + bars.capacity() * size_of::<f64>(),
            _ => 0,
        };
        own + self.point.capacity() * size_of::<f64>()
    }
}

impl<F: System> Vjp for F {
    type Record = Record;

    fn record(&self) -> Record {
        let (n, m) = (System::dim(self), System::num_params(self));
        let zeros = vec![0.0; m + n];
        let (u, p) = zeros.split_at(n);
        let way = match System::vjp(self, 0.0, u, p, u, &mut vec![0.0; n], &mut vec![0.0; m]) {
            true => Way::Own,
            false => match Program::of(self) {
                Ok(program) => {
                    let work = program.work();
                    Way::Program(Arc::new(program), work, vec![0.0; m + n + 1])
                }
                Err(why) => Way::Refused(why),
            },
        };
        Record { way, point: Vec::with_capacity(m + n + 1), inputs: (m, n) }
    }

    fn forward(
        &self,
        t: f64,
        u: &[f64],
        p: &[f64],
        du: &mut [f64],
        record: &mut Record,
    ) -> Result<(), Failure> {
        let Record { way, point, inputs: (m, n) } = record;
        point.clear();
        if (u.len(), p.len(), du.len()) != (*n, *m, *n) {
            let lengths = (u.len(), p.len(), du.len());
            return Err(Failure::Fatal(format!(
                "(u, p, du) have lengths {lengths:?}, the model needs {:?}",
                (*n, *m, *n)
            )));
        }
        point.extend_from_slice(p);
        point.extend_from_slice(u);
        point.push(t);
        let done = match way {
            Way::Own => {
                self.rhs(t, u, p, du);
                Ok(())
            }
            Way::Program(program, work, _) => program.forward(point, du, work),
            Way::Refused(why) => Err(why.clone()),
        };
        done.map_err(|error| {
            point.clear();
            Failure::Fatal(error.to_string())
        })
    }

    fn backward(&self, record: &mut Record, du_bar: &[f64], u_bar: &mut [f64], p_bar: &mut [f64]) {
        let Record { way, point, inputs: (m, n) } = record;
        let Some((p, rest)) = point.split_at_checked(*m) else { return };
        let Some((u, &[t])) = rest.split_at_checked(*n) else { return };
        match way {
            Way::Own if (du_bar.len(), u_bar.len(), p_bar.len()) == (*n, *n, *m) => {
                self.vjp(t, u, p, du_bar, u_bar, p_bar);
            }
            // What is missing counts as zero, and is not given.
            Way::Own => {
                let (mut du, mut ub, mut pb) = (vec![0.0; *n], vec![0.0; *n], vec![0.0; *m]);
                du.iter_mut().zip(du_bar).for_each(|(du, bar)| *du = *bar);
                self.vjp(t, u, p, &du, &mut ub, &mut pb);
                u_bar.iter_mut().zip(ub).for_each(|(u_bar, bar)| *u_bar += bar);
                p_bar.iter_mut().zip(pb).for_each(|(p_bar, bar)| *p_bar += bar);
            }
            Way::Program(program, work, bars) => {
                bars.fill(0.0);
                program.pull_back(du_bar, bars, work);
                let (p, rest) = bars.split_at(*m);
                p_bar.iter_mut().zip(p).for_each(|(p_bar, bar)| *p_bar += bar);
                u_bar.iter_mut().zip(rest).take(*n).for_each(|(u_bar, bar)| *u_bar += bar);
            }
            Way::Refused(_) => {}
        }
    }
}
