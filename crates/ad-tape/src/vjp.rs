use crate::anew::Anew;
use crate::{Error, ErrorKind, Program, Work};
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

    /// Both at once, where the value is not wanted: `u_bar += (∂f/∂u)ᵀ du_bar` and
    /// `p_bar += (∂f/∂p)ᵀ du_bar` at `(t, u, p)`. The record is only memory; what it holds afterwards to
    /// pull back is not said.
    ///
    /// A [`System`] with a product of its own runs that and nothing else: it neither evaluates the
    /// right-hand side nor copies the point; one with a program calls [`Program::vjp`]. By default a pass forward, whose value is thrown away (it
    /// is allocated), and one backward.
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
    /// let (mut record, mut u_bar, mut p_bar) = (Decay.record(), [0.0], [0.0]);
    /// Decay.pull_back(0.0, &[2.0], &[3.0], &[1.0], (&mut u_bar, &mut p_bar), &mut record)?;
    /// assert_eq!((u_bar, p_bar), ([-3.0], [-2.0]));
    /// # Ok::<(), system::Failure>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As the right-hand side itself; then nothing is added.
    fn pull_back(
        &self,
        t: f64,
        u: &[f64],
        p: &[f64],
        du_bar: &[f64],
        (u_bar, p_bar): (&mut [f64], &mut [f64]),
        record: &mut Self::Record,
    ) -> Result<(), Failure> {
        self.forward(t, u, p, &mut vec![0.0; u.len()], record)?;
        self.backward(record, du_bar, u_bar, p_bar);
        Ok(())
    }
}

/// Memory of one evaluation of a [`System`].
///
/// One plain rule: a model that has a product of its own ([`System::vjp`]; `system!` writes it for
/// equations without loops, closures and functions of others) keeps the point and runs that code,
/// which is as fast as one written by hand. Any other model is recorded once, as a [`Program`], when
/// the record is made; clones share it. [`Record::program`] says which. A model with a function of the
/// user ([`scalar::Unary`], [`scalar::Binary`]), which no program can hold, is recorded anew on a
/// [`Tape`](crate::Tape) whenever it is pulled back through.
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
    /// `p`, `u` and `t` of the point.
    point: Vec<f64>,
    /// Whether there is one.
    is_forward: bool,
    /// Numbers of parameters and of states.
    inputs: (usize, usize),
    /// A value that nobody wants.
    du: Vec<f64>,
}

/// How the products are computed.
#[derive(Clone, Debug)]
enum Way {
    /// By the model's own code.
    Own,
    /// By its program, with the memory of replays and the cotangents of its inputs.
    Program(Arc<Program>, Work, Vec<f64>),
    /// On a tape.
    Anew(Anew),
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
            Way::Anew(anew) => anew.bytes(),
            Way::Own | Way::Refused(_) => 0,
        };
        own + (self.point.capacity() + self.du.capacity()) * size_of::<f64>()
    }

    /// Slices `(u, p, du)` do not fit.
    #[cold]
    fn refuse(&self, lengths: (usize, usize, usize)) -> Failure {
        let (m, n) = self.inputs;
        let needed = (n, m, n);
        Failure::Fatal(format!("(u, p, du) have lengths {lengths:?}, the model needs {needed:?}"))
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
                Err(why) => match why.kind() {
                    ErrorKind::UnknownFunction { .. } => Way::Anew(Anew::new()),
                    _ => Way::Refused(why),
                },
            },
        };
        Record {
            way,
            point: vec![0.0; m + n + 1],
            is_forward: false,
            inputs: (m, n),
            du: Vec::new(),
        }
    }

    fn forward(
        &self,
        t: f64,
        u: &[f64],
        p: &[f64],
        du: &mut [f64],
        record: &mut Record,
    ) -> Result<(), Failure> {
        record.is_forward = false;
        let Record { way, point, inputs: (m, n), .. } = record;
        if (u.len(), p.len(), du.len()) != (*n, *m, *n) {
            return Err(record.refuse((u.len(), p.len(), du.len())));
        }
        keep(point, t, u, p);
        match way {
            Way::Own | Way::Anew(_) => self.rhs(t, u, p, du),
            Way::Program(program, work, _) => program.forward(point, du, work).map_err(fatal)?,
            Way::Refused(why) => return Err(fatal(why.clone())),
        }
        record.is_forward = true;
        Ok(())
    }

    fn backward(&self, record: &mut Record, du_bar: &[f64], u_bar: &mut [f64], p_bar: &mut [f64]) {
        let Record { way, point, is_forward: true, inputs: (m, n), .. } = record else { return };
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
                give(bars, *m, *n, u_bar, p_bar);
            }
            Way::Anew(anew) => give(anew.pull_back(self, point, du_bar), *m, *n, u_bar, p_bar),
            Way::Refused(_) => {}
        }
    }

    #[inline]
    fn pull_back(
        &self,
        t: f64,
        u: &[f64],
        p: &[f64],
        du_bar: &[f64],
        (u_bar, p_bar): (&mut [f64], &mut [f64]),
        record: &mut Record,
    ) -> Result<(), Failure> {
        let (m, n) = record.inputs;
        let fits = (u.len(), p.len(), du_bar.len(), u_bar.len(), p_bar.len()) == (n, m, n, n, m);
        if fits && matches!(record.way, Way::Own) {
            self.vjp(t, u, p, du_bar, u_bar, p_bar);
            return Ok(());
        }
        if fits && let Way::Program(program, work, bars) = &mut record.way {
            record.is_forward = false;
            keep(&mut record.point, t, u, p);
            bars.fill(0.0);
            program.vjp(&record.point, du_bar, bars, work).map_err(fatal)?;
            give(bars, m, n, u_bar, p_bar);
            return Ok(());
        }
        let mut du = core::mem::take(&mut record.du);
        du.resize(n, 0.0);
        let done = self.forward(t, u, p, &mut du, record);
        record.du = du;
        done?;
        self.backward(record, du_bar, u_bar, p_bar);
        Ok(())
    }
}

/// Copies `p`, `u` and `t`, for which there is just the room.
fn keep(point: &mut [f64], t: f64, u: &[f64], p: &[f64]) {
    let (p_kept, rest) = point.split_at_mut(p.len());
    p_kept.copy_from_slice(p);
    let (u_kept, t_kept) = rest.split_at_mut(u.len());
    u_kept.copy_from_slice(u);
    t_kept[0] = t;
}

/// Adds the cotangents of `p` and `u`.
fn give(bars: &[f64], m: usize, n: usize, u_bar: &mut [f64], p_bar: &mut [f64]) {
    let (p, rest) = bars.split_at(m);
    p_bar.iter_mut().zip(p).for_each(|(p_bar, bar)| *p_bar += bar);
    u_bar.iter_mut().zip(rest).take(n).for_each(|(u_bar, bar)| *u_bar += bar);
}

#[cold]
fn fatal(error: Error) -> Failure {
    Failure::Fatal(error.to_string())
}
