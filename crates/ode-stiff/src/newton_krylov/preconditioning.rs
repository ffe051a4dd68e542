use crate::iteration_matrix::Sparsity;
use linalg::{Error, Ilu0, Ilut, Jacobi, Preconditioner, Structure};
use std::fmt;
use std::sync::Arc;
use system::Failure;

/// An approximate inverse of `c M - J`, for [`Preconditioning::custom`].
pub trait ShiftedPreconditioner: Send {
    /// Gets ready for the matrix `c M - J` at `(t, u, p)`. Called now and then, not for every system.
    ///
    /// # Errors
    ///
    /// [`Failure::Recoverable`] rejects the step in progress, [`Failure::Fatal`] ends the solve.
    fn prepare(&mut self, c: f64, t: f64, u: &[f64], p: &[f64]) -> Result<(), Failure>;

    /// `r ← P⁻¹ r`, for a fixed linear `P ≈ c M - J`.
    fn apply(&mut self, r: &mut [f64]);
}

type Make = dyn Fn(usize) -> Box<dyn ShiftedPreconditioner> + Send + Sync;

/// What makes the iteration for a linear system shorter. All but the first and the last evaluate the
/// Jacobian in the pattern of the right-hand side: memory for its entries.
#[derive(Clone, Default)]
#[non_exhaustive]
pub enum Preconditioning {
    /// Nothing: no pattern is asked for, and no entry of the Jacobian evaluated.
    #[default]
    Nothing,
    /// The diagonal.
    Jacobi,
    /// Incomplete factors in the pattern, [`Ilu0`].
    Ilu0,
    /// Incomplete factors with so many entries more in each column, dropped below `drop` times the
    /// mean: [`Ilut`]. Takes memory where an update finds more entries than any before it.
    Ilut {
        /// Entries kept in each column of each factor.
        fill: usize,
        /// What is dropped; 1e-3 is a good start.
        drop: f64,
    },
    /// One of your own.
    Custom(CustomPreconditioning),
}

/// What makes a preconditioner of your own, given the number of states.
#[derive(Clone)]
pub struct CustomPreconditioning(Arc<Make>);

impl Preconditioning {
    /// A preconditioner of your own; `make` is called once per solve with the number of states.
    pub fn custom<P: ShiftedPreconditioner + 'static>(
        make: impl Fn(usize) -> P + Send + Sync + 'static,
    ) -> Self {
        Self::Custom(CustomPreconditioning(Arc::new(move |n| Box::new(make(n)))))
    }

    /// Whether it is made of the entries of the Jacobian.
    pub(super) fn needs_entries(&self) -> bool {
        match self {
            Self::Nothing | Self::Custom(_) => false,
            Self::Jacobi | Self::Ilu0 | Self::Ilut { .. } => true,
        }
    }
}

impl fmt::Debug for Preconditioning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("Nothing"),
            Self::Jacobi => f.write_str("Jacobi"),
            Self::Ilu0 => f.write_str("Ilu0"),
            Self::Ilut { fill, drop } => {
                f.debug_struct("Ilut").field("fill", fill).field("drop", drop).finish()
            }
            Self::Custom(_) => f.write_str("Custom"),
        }
    }
}

/// A preconditioner with its memory.
pub(super) enum Prepared {
    Nothing,
    Jacobi(Jacobi),
    Ilu0(Ilu0),
    Ilut(Ilut),
    Custom(Box<dyn ShiftedPreconditioner>),
}

impl Prepared {
    /// For `n` states and the entries of `c M - J`, where they are known.
    pub(super) fn new(
        kind: &Preconditioning,
        n: usize,
        sparsity: Option<&Sparsity>,
    ) -> Result<Self, Failure> {
        let fatal = |error: Error| Failure::Fatal(error.to_string());
        let pattern = || {
            match sparsity.map(Sparsity::structure) {
            Some(Structure::Sparse(pattern)) => Ok(pattern.clone()),
            _ => Err(Failure::Fatal(
                "the preconditioner needs the pattern of the Jacobian, which the right-hand side does \
                 not tell, or which is singular: implement `Jacobian::pattern`, or choose another one"
                    .to_owned(),
            )),
        }
        };
        Ok(match kind {
            Preconditioning::Nothing => Self::Nothing,
            Preconditioning::Jacobi => {
                pattern()?;
                Self::Jacobi(Jacobi::new(n))
            }
            Preconditioning::Ilu0 => Self::Ilu0(Ilu0::new(pattern()?).map_err(fatal)?),
            Preconditioning::Ilut { fill, drop } => {
                Self::Ilut(Ilut::new(pattern()?, *fill, *drop).map_err(fatal)?)
            }
            Preconditioning::Custom(CustomPreconditioning(make)) => Self::Custom(make(n)),
        })
    }

    pub(super) fn apply(&mut self, r: &mut [f64]) {
        match self {
            Self::Nothing => {}
            Self::Jacobi(diagonal) => diagonal.apply(r),
            Self::Ilu0(factors) => factors.apply(r),
            Self::Ilut(factors) => factors.apply(r),
            Self::Custom(own) => own.apply(r),
        }
    }

    /// From the entries of `c M - J`.
    pub(super) fn factor(&mut self, structure: &Structure, values: &[f64]) -> Result<(), Error> {
        match self {
            Self::Nothing | Self::Custom(_) => Ok(()),
            Self::Jacobi(diagonal) => diagonal.factor(structure, values),
            Self::Ilu0(factors) => factors.factor(values),
            Self::Ilut(factors) => factors.factor(values),
        }
    }
}
