use super::{Audit, GradientAlgorithm};
use crate::Gradient;
use ode_core::Stats;
use std::fmt;
use std::time::Duration;

/// A gradient, and how it was found.
#[derive(Clone, Debug, PartialEq)]
pub struct AutoGradient {
    /// The gradient.
    pub gradient: Gradient,
    /// The algorithm, and why it was taken.
    pub choice: GradientChoice,
    /// What the gradient took.
    pub took: Duration,
    /// The comparison with another algorithm, if it was asked for.
    pub audit: Option<Audit>,
}

/// Which algorithm and method a problem got, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct GradientChoice {
    /// The algorithm.
    pub algorithm: GradientAlgorithm,
    /// The name of the method.
    pub method: &'static str,
    /// The reason, in a sentence.
    pub why: String,
    /// Algorithms that can be asked, the cheapest first, and what each is expected to cost, in plain solves.
    pub costs: Vec<(GradientAlgorithm, f64)>,
    /// Work of the plain solve that the choice rests on.
    pub pilot: Stats,
    /// What that took.
    pub pilot_took: Duration,
    /// Bytes that the pass backward is expected to keep.
    pub bytes: usize,
}

impl fmt::Display for GradientChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} with {}: {}", self.algorithm, self.method, self.why)?;
        for (i, (algorithm, cost)) in self.costs.iter().enumerate() {
            let lead = if i == 0 { "; expected costs in solves: " } else { ", " };
            write!(f, "{lead}{algorithm} {cost:.0}")?;
        }
        Ok(())
    }
}

impl AutoGradient {
    /// Algorithm, reason, cost, memory, warnings, and the audit: for people.
    pub fn report(&self) -> String {
        self.to_string()
    }

    /// The time of the gradient in that of a plain solve.
    pub fn cost(&self) -> f64 {
        self.took.as_secs_f64() / self.choice.pilot_took.as_secs_f64().max(1e-9)
    }
}

impl fmt::Display for AutoGradient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.choice)?;
        writeln!(f, "took {:.1?}, {:.1} plain solves", self.took, self.cost())?;
        write!(f, "{}", self.gradient.report)?;
        match &self.audit {
            Some(audit) => write!(f, "\n{audit}"),
            None => Ok(()),
        }
    }
}
