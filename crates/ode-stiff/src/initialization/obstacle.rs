use ode_core::{Error, ErrorKind};
use system::Failure;

/// Why algebraic equations cannot be solved at some state. Indices count states.
#[derive(Debug)]
pub(crate) enum Obstacle {
    /// The right-hand side or its Jacobian failed.
    Failed(Failure),
    /// The right-hand side is not finite.
    NoValue { row: usize },
    /// The Jacobian is not finite; column `n` stands for time.
    NotFinite { row: usize, column: usize },
    /// The equations in these rows do not determine these variables.
    Singular { equations: Vec<usize>, variables: Vec<usize> },
    /// The mass matrix cannot be decomposed.
    NoMemory,
}

impl From<Failure> for Obstacle {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// The name of state `i`.
pub(super) fn name(names: &[String], i: usize) -> String {
    names.get(i).cloned().unwrap_or_else(|| format!("u{}", i + 1))
}

impl Obstacle {
    /// What stands in the way of a step.
    pub(crate) fn refuse(self) -> Failure {
        match self {
            Self::Failed(failure) => failure,
            _ => Failure::Recoverable,
        }
    }

    /// What the user is told.
    #[cold]
    pub(crate) fn into_error(self, t: f64, names: &[String]) -> Error {
        let name = |i: usize| name(names, i);
        let all = |of: Vec<usize>| of.into_iter().map(name).collect();
        match self {
            Self::Failed(failure) => ErrorKind::RightHandSide { t, reason: failure.to_string() },
            Self::NoValue { row } => ErrorKind::NonFinite { t, component: name(row) },
            Self::NotFinite { row, column } => {
                let by = if column < names.len() { name(column) } else { "t".to_owned() };
                ErrorKind::JacobianNotFinite { t, of: name(row), by }
            }
            Self::Singular { equations, variables } => {
                ErrorKind::HigherIndex { t, equations: all(equations), variables: all(variables) }
            }
            Self::NoMemory => {
                let reason = "there is no memory to decompose the mass matrix".to_owned();
                ErrorKind::RightHandSide { t, reason }
            }
        }
        .into()
    }
}
