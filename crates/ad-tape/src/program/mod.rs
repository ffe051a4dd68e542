//! Programs: what a function computes, as data.

mod check_primitive;
mod checkpointed;
mod compile;
mod explain;
mod first_touch;
mod forward;
mod fused;
mod jacobian;
mod listing;
mod op;
mod primitive;
mod reverse;
mod revolve;
mod run;
mod second;
mod sparse_jacobian;
mod star;
mod symbol;
mod work;

pub use check_primitive::check_primitive;
pub use checkpointed::{CheckpointedLoop, LoopReport};
pub use explain::Explanation;
pub use jacobian::JacobianWork;
pub use primitive::{Primitive, Replay};
pub use revolve::Revolve;
pub use second::{HessianWork, SparseHessian};
pub use sparse_jacobian::SparseJacobian;
pub use symbol::Symbol;
pub use work::Work;

use crate::{Error, ErrorKind};
use compile::{Compiled, compile};
use core::cell::RefCell;
use core::sync::atomic::{AtomicU64, Ordering};
use fused::Fused;
use listing::{CONSTANT, Listing};
use scalar::{AnyUnary, Scalar};
use std::sync::Arc;
use system::System;

/// What a function computes, recorded once (a computational graph in the order of its evaluation;
/// Griewank and Walther, Evaluating Derivatives, 2008, chapters 2 and 3), and replayed at any point:
/// forward for values, backward for products with the transposed Jacobian, with any
/// number type ([`Replay`]), without allocation.
///
/// Replay is right at every point, because what is recorded has no value to branch on
/// ([`Symbol`]). Values have the bits that plain evaluation has.
///
/// Recording takes 12 bytes an operation (twice that while its memory grows). Compiling leaves out
/// what no output depends on, merges equal operations, and joins operations of one kind into runs of 12
/// bytes, with 4 bytes for each operand that does not stand in a row with its neighbours; recording and
/// compiling together take up to 80 bytes an operation, until the program is made. [`Work`] holds two
/// numbers for each value.
///
/// The program of a model with loops over cells, whose instructions are long (16 operations on average) and
/// no vector nodes, is *fused*: what all cells compute is a row, sums of products of rows are one loop, and the
/// replay backward is derived as loops of its own, which write every cotangent once. That takes some hundred
/// bytes an operation while it is compiled; what is left is 28 bytes for each loop and 32 for each of its terms,
/// whatever the number of cells. [`Explanation::loops`] says how many there are.
///
/// ```
/// use ad_tape::Program;
/// use scalar::{AnyUnary, Scalar};
///
/// let program = Program::record(2, |x| vec![x[0].sin() * x[1], x[1].powi(3)])?;
/// let (mut work, mut y) = (program.work(), [0.0; 2]);
/// program.forward(&[0.0, 3.0], &mut y, &mut work)?;
/// let mut x_bar = [0.0; 2];
/// program.reverse(&[1.0, 10.0], &mut x_bar, &mut work)?;
/// assert_eq!((y, x_bar), ([0.0, 27.0], [3.0, 270.0]));
///
/// // Four points at once.
/// use scalar::Lanes;
/// let (mut work, mut y) = (program.work(), [Lanes([0.0; 4]); 2]);
/// let x = [Lanes([0.0; 4]), Lanes([1.0, 2.0, 3.0, 4.0])];
/// program.forward(&x, &mut y, &mut work)?;
/// assert_eq!(y[1].0, [1.0, 8.0, 27.0, 64.0]);
/// # Ok::<(), ad_tape::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Program {
    id: u64,
    constants: Vec<f64>,
    functions: Vec<AnyUnary>,
    inputs: usize,
    recorded: usize,
    primitives: Vec<Arc<dyn Primitive>>,
    code: Compiled,
    /// The same in loops, where that pays; replays then go through it.
    fused: Option<Fused>,
}

/// Operations in an instruction, on average, from which on a program is fused.
const LOOPS: usize = 16;

impl Program {
    /// Records a function of `inputs` numbers.
    ///
    /// # Errors
    ///
    /// If it needs 2³¹ operations or more, or mixes in symbols of another recording.
    pub fn record(
        inputs: usize,
        f: impl for<'r> FnOnce(&[Symbol<'r>]) -> Vec<Symbol<'r>>,
    ) -> Result<Self, Error> {
        Self::record_within(CONSTANT as usize, inputs, f)
    }

    /// The same with at most `limit` inputs and operations: a bound on memory.
    ///
    /// # Errors
    ///
    /// As [`record`](Program::record).
    pub fn record_within(
        limit: usize,
        inputs: usize,
        f: impl for<'r> FnOnce(&[Symbol<'r>]) -> Vec<Symbol<'r>>,
    ) -> Result<Self, Error> {
        static PROGRAMS: AtomicU64 = AtomicU64::new(0);
        let limit = limit.min(CONSTANT as usize);
        if inputs > limit {
            return Err(Error::new(ErrorKind::Full { limit }));
        }
        let listing = RefCell::new(Listing::new(inputs, limit));
        let symbols: Vec<_> = (0..inputs as u32).map(|id| Symbol::on(&listing, id)).collect();
        let outputs = f(&symbols);
        let outputs: Vec<_> = outputs.iter().filter_map(|y| y.operand(&listing)).collect();
        drop(symbols);
        let mut listing = listing.into_inner();
        listing.check()?;
        let code = compile(&listing, &outputs);
        let is_loop = code.operations() >= LOOPS * code.runs.len().max(1);
        let fused = is_loop.then(|| Fused::new(&listing, &outputs)).flatten();
        Ok(Self {
            id: PROGRAMS.fetch_add(1, Ordering::Relaxed),
            inputs,
            recorded: listing.instrs.len(),
            primitives: core::mem::take(&mut listing.primitives),
            constants: listing.constants,
            functions: listing.functions,
            code,
            fused,
        })
    }

    /// Records the right-hand side of a model: the inputs are `p`, `u` and `t`, in this order, the
    /// outputs `du`.
    ///
    /// # Errors
    ///
    /// As [`record`](Program::record).
    pub fn of(system: &impl System) -> Result<Self, Error> {
        let (n, m) = (system.dim(), system.num_params());
        Self::record(m + n + 1, |inputs| {
            let mut du = vec![Symbol::zero(); n];
            system.rhs(inputs[m + n], &inputs[m..m + n], &inputs[..m], &mut du);
            du
        })
    }

    /// Number of inputs.
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// Number of outputs.
    pub fn outputs(&self) -> usize {
        self.code.outputs.len()
    }

    /// Bytes of the program itself.
    pub fn bytes(&self) -> usize {
        size_of_val(&self.code.runs[..])
            + size_of_val(&self.code.lists[..])
            + size_of_val(&self.code.nodes[..])
            + size_of_val(&self.code.outputs[..])
            + size_of_val(&self.code.cleared[..])
            + size_of_val(&self.constants[..])
            + size_of_val(&self.functions[..])
            + self.fused.as_ref().map_or(0, Fused::bytes)
    }

    /// Memory for replays with the number type `S`.
    pub fn work<S: Replay>(&self) -> Work<S> {
        if let Some(fused) = &self.fused {
            return Work::in_rows(self.id, fused.slots(), |values| fused.fill(values));
        }
        let mut values = vec![S::zero(); self.code.slots];
        for (value, &constant) in values.iter_mut().zip(&self.constants) {
            *value = S::from_f64(constant);
        }
        Work::new(self.id, values)
    }

    /// Writes the outputs at `x` into `y`, and keeps in `work` what [`reverse`](Program::reverse) needs.
    ///
    /// # Errors
    ///
    /// If a length does not fit, or `work` is that of another program.
    pub fn forward<S: Replay>(
        &self,
        x: &[S],
        y: &mut [S],
        work: &mut Work<S>,
    ) -> Result<(), Error> {
        check("the inputs", x.len(), self.inputs)?;
        check("the outputs", y.len(), self.outputs())?;
        self.has_derivatives(S::ORDER > 1)?;
        let values = work.values(self.id)?;
        if let Some(fused) = &self.fused {
            fused.forward(x, y, &self.functions, values);
            work.is_forward = true;
            return Ok(());
        }
        self.run_at(x, values);
        for (y, &slot) in y.iter_mut().zip(&self.code.outputs) {
            *y = values[slot as usize];
        }
        work.is_forward = true;
        Ok(())
    }

    /// `x_bar += (∂y/∂x)ᵀ y_bar` at the point of the last [`forward`](Program::forward). May be called
    /// again, with other cotangents.
    ///
    /// # Errors
    ///
    /// If a length does not fit, `work` is that of another program, or there was no replay forward. With
    /// duals: if the program has a [`Primitive`], whose second derivatives are not known.
    pub fn reverse<S: Replay>(
        &self,
        y_bar: &[S],
        x_bar: &mut [S],
        work: &mut Work<S>,
    ) -> Result<(), Error> {
        check("the cotangents of the outputs", y_bar.len(), self.outputs())?;
        check("the cotangents of the inputs", x_bar.len(), self.inputs)?;
        self.has_derivatives(S::ORDER > 0)?;
        work.after_forward(self.id)?;
        self.pull_back(y_bar, x_bar, work);
        Ok(())
    }

    /// `x_bar += (∂y/∂x)ᵀ y_bar` at `x`, where the outputs are not wanted: [`forward`](Program::forward) and
    /// [`reverse`](Program::reverse) at once. A fused program leaves out what only the outputs need. Then
    /// [`reverse`](Program::reverse) may follow, with other cotangents.
    ///
    /// ```
    /// use ad_tape::Program;
    ///
    /// let product = Program::record(2, |x| vec![x[0] * x[1]])?;
    /// let (mut work, mut x_bar) = (product.work(), [0.0; 2]);
    /// product.vjp(&[2.0, 3.0], &[10.0], &mut x_bar, &mut work)?;
    /// assert_eq!(x_bar, [30.0, 20.0]);
    /// # Ok::<(), ad_tape::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As those two; then nothing is added.
    pub fn vjp<S: Replay>(
        &self,
        x: &[S],
        y_bar: &[S],
        x_bar: &mut [S],
        work: &mut Work<S>,
    ) -> Result<(), Error> {
        check("the inputs", x.len(), self.inputs)?;
        check("the cotangents of the outputs", y_bar.len(), self.outputs())?;
        check("the cotangents of the inputs", x_bar.len(), self.inputs)?;
        self.has_derivatives(S::ORDER > 0)?;
        let values = work.values(self.id)?;
        match &self.fused {
            Some(fused) => fused.prepare(x, &self.functions, values),
            None => self.run_at(x, values),
        }
        work.is_forward = true;
        self.pull_back(y_bar, x_bar, work);
        Ok(())
    }

    /// Runs the instructions at a point.
    fn run_at<S: Replay>(&self, x: &[S], values: &mut [S]) {
        let first = self.constants.len();
        values[first..first + x.len()].copy_from_slice(x);
        self.run_forward(values);
    }

    /// Refuses second derivatives of primitives.
    fn has_derivatives(&self, second: bool) -> Result<(), Error> {
        match self.primitives.first().filter(|_| second) {
            None => Ok(()),
            Some(f) => Err(Error::new(ErrorKind::NoSecondDerivative { name: f.name().into() })),
        }
    }

    /// The same where all fits: what is missing among the cotangents counts as zero.
    pub(crate) fn pull_back<S: Replay>(&self, y_bar: &[S], x_bar: &mut [S], work: &mut Work<S>) {
        if let Some(fused) = &self.fused {
            if let Ok(values) = work.after_forward(self.id) {
                fused.reverse(y_bar, x_bar, &self.functions, values);
            }
            return;
        }
        let Ok((values, bars)) = work.for_reverse(self.id) else { return };
        if y_bar.len() < self.outputs() {
            bars.fill(S::zero());
        }
        for &[first, end] in &self.code.cleared {
            bars[first as usize..end as usize].fill(S::zero());
        }
        let outputs = y_bar.iter().zip(&self.code.outputs);
        match self.code.distinct {
            true => outputs.for_each(|(&bar, &slot)| bars[slot as usize] = bar),
            false => outputs.for_each(|(&bar, &slot)| bars[slot as usize] += bar),
        }
        self.run_reverse(values, bars);
        let first = self.constants.len();
        for (x_bar, &bar) in x_bar.iter_mut().zip(&bars[first..first + self.inputs]) {
            *x_bar += bar;
        }
    }
}

pub(crate) fn check(what: &'static str, found: usize, expected: usize) -> Result<(), Error> {
    if found == expected {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Lengths { what, found, expected }))
}

/// Refuses numbers that are not finite.
pub(crate) fn finite(what: &'static str, numbers: &[f64]) -> Result<(), Error> {
    match numbers.iter().position(|number| !number.is_finite()) {
        None => Ok(()),
        Some(index) => {
            let value = numbers[index];
            Err(Error::new(ErrorKind::NotFinite { what, index, value }))
        }
    }
}
