use crate::pool::Pool;
use crate::{Adjoints, Tape, Var};
use scalar::Scalar;
use system::{Failure, Rhs, System};

/// A right-hand side that can be pulled back through: what adjoint methods ask for.
///
/// Two phases, so that an adjoint step records each of its stages and then pulls them back in
/// reverse order. Every [`System`] has it, by tape.
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
    /// Memory of one recorded evaluation.
    type Record;

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

/// Memory of one evaluation of a [`System`], recorded on a tape.
///
/// Repeated use allocates nothing. It may move to another thread.
#[derive(Debug)]
pub struct TapeRecord {
    tape: Tape,
    adjoints: Adjoints,
    /// Memory for the variables of `p`, `u` and `du` while recording.
    pool: Pool<f64>,
    /// Where the outputs are on the tape; none, if nothing is recorded.
    outputs: Vec<u32>,
    /// Numbers of parameters and of states, which are on the tape in this order.
    inputs: (usize, usize),
}

impl TapeRecord {
    /// Bytes of memory that the record holds on to.
    pub fn bytes(&self) -> usize {
        let slots = self.outputs.capacity() * size_of::<u32>();
        self.tape.bytes() + self.adjoints.bytes() + slots + self.pool.bytes()
    }
}

impl<F: System> Vjp for F {
    type Record = TapeRecord;

    fn record(&self) -> TapeRecord {
        let (n, m) = (System::dim(self), System::num_params(self));
        TapeRecord {
            tape: Tape::new(),
            adjoints: Adjoints::new(),
            pool: Pool::new(m + 2 * n),
            outputs: Vec::with_capacity(n),
            inputs: (m, n),
        }
    }

    fn forward(
        &self,
        t: f64,
        u: &[f64],
        p: &[f64],
        du: &mut [f64],
        record: &mut TapeRecord,
    ) -> Result<(), Failure> {
        let TapeRecord { tape, pool, outputs, inputs, .. } = record;
        tape.clear();
        outputs.clear();
        let lengths = (u.len(), p.len(), du.len());
        let expected = (System::dim(self), System::num_params(self), System::dim(self));
        if lengths != expected {
            return Err(Failure::Fatal(format!(
                "(u, p, du) have lengths {lengths:?}, the model needs {expected:?}"
            )));
        }
        *inputs = (p.len(), u.len());
        let mut vars = pool.take();
        tape.extend_vars(p, &mut vars);
        tape.extend_vars(u, &mut vars);
        vars.resize(vars.len() + du.len(), Var::zero());
        let (in_vars, du_vars) = vars.split_at_mut(p.len() + u.len());
        let (p_vars, u_vars) = in_vars.split_at(p.len());
        tape.inputs_stand_in(p_vars);
        self.rhs(Var::from_f64(t), u_vars, p_vars, du_vars);
        tape.inputs_stand_in(&[]);
        for (du, var) in du.iter_mut().zip(&*du_vars) {
            *du = var.value();
            outputs.push(var.slot());
        }
        pool.give(vars);
        tape.check().map_err(|error| {
            outputs.clear();
            Failure::Fatal(error.to_string())
        })
    }

    fn backward(
        &self,
        record: &mut TapeRecord,
        du_bar: &[f64],
        u_bar: &mut [f64],
        p_bar: &mut [f64],
    ) {
        let TapeRecord { tape, adjoints, outputs, inputs: (m, n), .. } = record;
        tape.sweep(outputs.iter().copied().zip(du_bar), adjoints);
        let bars = adjoints.range(0, *m + *n).unwrap_or_default();
        let (p, u) = bars.split_at_checked(*m).unwrap_or_default();
        for (p_bar, p) in p_bar.iter_mut().zip(p) {
            *p_bar += p;
        }
        for (u_bar, u) in u_bar.iter_mut().zip(u) {
            *u_bar += u;
        }
    }
}
