use std::fmt;
use std::ops::Add;

/// Work done. The last five are those of implicit methods.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Stats {
    /// Accepted steps.
    pub accepted: usize,
    /// Rejected steps.
    pub rejected: usize,
    /// Evaluations of the right-hand side.
    pub evaluations: usize,
    /// Evaluations of the Jacobian.
    #[cfg_attr(feature = "serde", serde(default))]
    pub jacobians: usize,
    /// Factorisations of a matrix.
    #[cfg_attr(feature = "serde", serde(default))]
    pub factorizations: usize,
    /// Linear systems solved.
    #[cfg_attr(feature = "serde", serde(default))]
    pub solves: usize,
    /// Nonlinear systems whose iteration did not converge.
    #[cfg_attr(feature = "serde", serde(default))]
    pub nonlinear_failures: usize,
    /// Products of the Jacobian with a vector, where linear systems are solved by iteration.
    #[cfg_attr(feature = "serde", serde(default))]
    pub products: usize,
}

impl Stats {
    /// Every number, in the order of the fields.
    pub(crate) fn counts(&self) -> [usize; 8] {
        let Self {
            accepted,
            rejected,
            evaluations,
            jacobians,
            factorizations,
            solves,
            nonlinear_failures: failures,
            products,
        } = *self;
        [accepted, rejected, evaluations, jacobians, factorizations, solves, failures, products]
    }
}

impl Add for Stats {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        let [a, b] = [self.counts(), other.counts()];
        Self {
            accepted: a[0] + b[0],
            rejected: a[1] + b[1],
            evaluations: a[2] + b[2],
            jacobians: a[3] + b[3],
            factorizations: a[4] + b[4],
            solves: a[5] + b[5],
            nonlinear_failures: a[6] + b[6],
            products: a[7] + b[7],
        }
    }
}

impl fmt::Display for Stats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { accepted, rejected, evaluations, jacobians, factorizations, solves, .. } = self;
        write!(f, "{accepted} steps, {rejected} rejected, {evaluations} evaluations")?;
        if *factorizations > 0 {
            write!(f, ", {jacobians} Jacobians, {factorizations} factorizations, {solves} solves")?;
        }
        if self.products > 0 {
            write!(f, ", {} Jacobian–vector products", self.products)?;
        }
        match self.nonlinear_failures {
            0 => Ok(()),
            failures => write!(f, ", {failures} failures to converge"),
        }
    }
}
