use std::fmt;
use std::time::Duration;

/// The implicit methods that are chosen from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImplicitMethod {
    /// [`Rodas5P`](crate::Rodas5P).
    Rodas5P,
    /// [`RadauIIA5`](crate::RadauIIA5).
    RadauIIA5,
    /// [`KenCarp4`](crate::KenCarp4).
    KenCarp4,
    /// [`Ndf`](crate::Ndf).
    Ndf,
    /// [`Ndf`](crate::Ndf) by [`NewtonKrylov`](crate::NewtonKrylov).
    NdfKrylov,
}

impl ImplicitMethod {
    /// The name that its solutions carry.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rodas5P => "Rodas5P",
            Self::RadauIIA5 => "RadauIIA5",
            Self::KenCarp4 => "KenCarp4",
            Self::Ndf => "Ndf",
            Self::NdfKrylov => "NewtonKrylov Ndf",
        }
    }
}

/// Which implicit method a problem got, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// The method.
    pub method: ImplicitMethod,
    /// The reason, in a sentence.
    pub why: String,
    /// What was measured, where the choice hung on it.
    pub timings: Option<Timings>,
    /// Methods and what a span is expected to take by each, in the unit of the first, the cheapest.
    pub costs: Vec<(ImplicitMethod, f64)>,
}

/// What the parts of a step take, measured once on the problem at hand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timings {
    /// One evaluation of the right-hand side.
    pub evaluation: Duration,
    /// One of its Jacobian.
    pub jacobian: Duration,
    /// One factorisation.
    pub factorization: Duration,
    /// One solve with the factors.
    pub solve: Duration,
    /// One solve by GMRES; of large systems for which that takes few products.
    pub iteration: Option<Duration>,
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.method.name(), self.why)?;
        if let Some(timings) = self.timings {
            let Timings { evaluation, jacobian, factorization, solve, iteration } = timings;
            write!(
                f,
                "; measured: evaluation {evaluation:.1?}, Jacobian {jacobian:.1?}, factorization \
                 {factorization:.1?}, solve {solve:.1?}"
            )?;
            if let Some(iteration) = iteration {
                write!(f, ", solve by GMRES {iteration:.1?}")?;
            }
        }
        for (i, (method, cost)) in self.costs.iter().enumerate() {
            let lead = if i == 0 { "; expected times: " } else { ", " };
            write!(f, "{lead}{} {cost:.1}", method.name())?;
        }
        Ok(())
    }
}
