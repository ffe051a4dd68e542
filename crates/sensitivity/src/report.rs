use std::fmt;

/// How a gradient came about, for people: `println!("{}", gradient.report)`.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Report {
    /// The algorithm.
    pub algorithm: &'static str,
    /// Why it was taken.
    pub why: &'static str,
    /// Steps that are differentiated.
    pub steps: usize,
    /// Bytes kept for the pass backward in time at their peak: states, checkpoints, derivatives of the
    /// loss. A few states for each stage of a single step are not counted.
    pub bytes: usize,
    /// Steps that were computed again, because the states between checkpoints had not been kept.
    pub replayed: usize,
    /// What to be aware of.
    pub warnings: Vec<Warning>,
}

/// Something about a gradient that one should know before one relies on it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Warning {
    /// Perturbations have grown by this factor: in a chaotic system they do without bound, and the
    /// gradient of a long solve says nothing about averages, though it is right for this one solve.
    Growth {
        /// The factor, sizes of states and inputs taken into account.
        factor: f64,
        /// When it was largest.
        t: f64,
    },
    /// The steady state is unstable: it is where no solution comes to rest.
    Unstable {
        /// The largest real part of an eigenvalue of the Jacobian, per unit of time.
        rate: f64,
    },
    /// Backsolve was forced to answer, although the state that it found going back in time is off by so
    /// many tolerances.
    Backsolve {
        /// The factor.
        factor: f64,
        /// When it was largest.
        t: f64,
    },
}

/// A perturbation that grows by more than this has lost all digits of ordinary tolerances.
const LARGE: f64 = 1e6;

impl Warning {
    /// A warning where growth is large, or where it cannot be told.
    pub(crate) fn growth(factor: f64, t: f64) -> Option<Self> {
        (factor > LARGE).then_some(Self::Growth { factor, t })
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Growth { factor, t } => write!(
                f,
                "perturbations grow by a factor of {factor:.1e} (largest at t = {t}); if the system is \
                 chaotic, this gradient is that of one trajectory, and for long-time averages \
                 shadowing is the method"
            ),
            Self::Unstable { rate } => write!(
                f,
                "the steady state is unstable (perturbations grow at a rate of {rate:.1e}): no solution \
                 comes to rest there; start closer to the one that is meant, or from the end of a long \
                 solve"
            ),
            Self::Backsolve { factor, t } => write!(
                f,
                "going back in time the state was off by {factor:.1e} tolerances at t = {t}; the \
                 gradient is that of another solution"
            ),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { algorithm, why, steps, bytes, replayed, warnings } = self;
        write!(f, "{algorithm} ({why}): {steps} steps, {}", Bytes(*bytes))?;
        if *replayed > 0 {
            write!(f, ", {replayed} steps computed again")?;
        }
        warnings.iter().try_for_each(|warning| write!(f, "\nwarning: {warning}"))
    }
}

/// A number of bytes in a unit that can be read.
struct Bytes(usize);

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut size = self.0 as f64;
        for unit in ["B", "kB", "MB"] {
            if size < 1000.0 {
                let digits = usize::from(unit != "B" && size < 100.0);
                return write!(f, "{size:.digits$} {unit}");
            }
            size /= 1000.0;
        }
        write!(f, "{size:.1} GB")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_like_a_sentence() {
        let warnings = Warning::growth(2e7, 3.0).into_iter().chain(Warning::growth(1e5, 1.0));
        let report = Report {
            algorithm: "discrete adjoint",
            why: "asked for",
            steps: 120,
            bytes: 12_340,
            replayed: 7,
            warnings: warnings.collect(),
        };
        let text = report.to_string();
        let first = "discrete adjoint (asked for): 120 steps, 12.3 kB, 7 steps computed again\n";
        assert!(text.starts_with(first), "{text}");
        assert!(text.contains("2.0e7 (largest at t = 3)"), "{text}");
        assert_eq!(text.lines().count(), 2);
        assert_eq!(Bytes(999).to_string(), "999 B");
        assert_eq!(Bytes(64_000_000).to_string(), "64.0 MB");
        assert_eq!(Bytes(2_500_000_000).to_string(), "2.5 GB");
    }
}
