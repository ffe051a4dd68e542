use std::fmt;
use system::Failure;

/// Why a gradient could not be computed.
#[derive(Clone, Debug, PartialEq)]
pub struct Error(Box<ErrorKind>);

/// The kinds of [`Error`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The solve itself failed.
    Solve(ode_core::Error),
    /// The options save at no fixed times, so that the loss has no points, and it has no running term.
    NoSaveTimes,
    /// The loss is NaN or infinite at this save time.
    LossNotFinite {
        /// Index of the save time.
        index: usize,
        /// The save time.
        t: f64,
    },
    /// The loss's term that depends on the parameters only is NaN or infinite.
    PenaltyNotFinite,
    /// The loss is finite, but its derivative is not.
    GradientNotFinite {
        /// Which derivative: `u0`, `p`, `t0`, `t1`, `times` or second derivatives.
        input: &'static str,
        /// The index in it.
        index: usize,
    },
    /// The right-hand side succeeded forwards, but refused when it was evaluated again.
    Replay {
        /// Start of the step.
        t: f64,
        /// The reason that it gave.
        reason: String,
    },
    /// Backsolve does not find the solution again.
    Backsolve {
        /// When that was seen.
        t: f64,
        /// By how many tolerances it was off.
        factor: f64,
        /// Why the solve backwards ended, if it did.
        reason: Option<ode_core::Error>,
    },
    /// The integral for the parameters was not found over a step that starts here, however finely it was cut.
    Quadrature {
        /// Where the step starts.
        t: f64,
    },
    /// The memory that an adjoint may take is too small for what it has to keep.
    Memory {
        /// The bytes that it may take.
        budget: usize,
        /// About what is needed.
        needed: usize,
    },
    /// The condition of an event is touched and not crossed, so that its time has no derivative.
    GrazingEvent {
        /// Which event.
        event: usize,
        /// When.
        t: f64,
        /// The derivative of the condition along the solution.
        rate: f64,
    },
    /// Two events at the very same time: whichever comes first, a small change makes it the other.
    SimultaneousEvents {
        /// When.
        t: f64,
    },
    /// Steps with events cannot be computed again from checkpoints.
    MemoryOfEvents,
    /// The algorithm does not do that.
    Unsupported {
        /// Which algorithm.
        algorithm: &'static str,
        /// What it does not do.
        of: &'static str,
        /// What does.
        instead: &'static str,
    },
    /// A direction has the wrong length.
    Direction {
        /// Its length.
        found: usize,
        /// The number of initial states and parameters.
        expected: usize,
    },
    /// The loss mixed variables of different recordings.
    Recording(ad_tape::Error),

    // Of steady states.
    /// The state that was given is not steady.
    NotSteady {
        /// The equation that is missed most.
        equation: String,
        /// Its value there.
        residual: f64,
        /// How far a steady state would be, in units of the tolerance.
        correction: f64,
    },
    /// No steady state was found.
    NoSteadyState {
        /// The equation that is missed most.
        equation: String,
        /// Its value where the search ended.
        residual: f64,
        /// Iterations of Newton's method.
        iterations: usize,
    },
    /// The Jacobian at a steady state is singular.
    SingularSteadyState {
        /// The combination of equations that is zero whatever the state (weights of the states, the
        /// largest 1): where it is so everywhere, this sum of states is conserved. Empty if not known.
        conserved: Vec<(String, f64)>,
        /// The direction along which the state can be moved without leaving rest. Empty if not known.
        direction: Vec<(String, f64)>,
    },
    /// The loss of a steady state has a running term.
    SteadyRunning,
    /// A steady state was asked of a model that reads the time.
    SteadyTime {
        /// An equation that does.
        equation: String,
    },
    /// A linear system could not be solved.
    Linear(linalg::Error),

    // Of long-time averages and shadowing.
    /// A setting makes no sense.
    Setting {
        /// Its name.
        name: &'static str,
        /// The value that was given.
        value: f64,
        /// What it must be.
        must: &'static str,
    },
    /// A derivative was asked for with respect to a parameter that the model does not have.
    NoSuchParameter {
        /// The index, from 0.
        index: usize,
        /// How many parameters there are.
        parameters: usize,
    },
    /// The quantity to be averaged, or its derivative, is NaN or infinite.
    AverageNotFinite {
        /// The time, or the end of the segment.
        t: f64,
    },
    /// The quantity to be averaged reads the time, and the model does not.
    AverageReadsTime,
    /// The trajectory has too few steps.
    TooFewSteps {
        /// The steps taken.
        steps: usize,
        /// The steps needed.
        needed: usize,
    },
    /// The trajectory has too few segments.
    TooFewSegments {
        /// The segments there are.
        segments: usize,
        /// The segments needed.
        needed: usize,
        /// The time averaged over.
        duration: f64,
    },
    /// The steps are too long for the midpoint equations of least squares shadowing.
    CoarseSteps {
        /// Relative difference of slopes and right-hand side.
        defect: f64,
        /// The mean step.
        dt: f64,
    },
    /// A derivative of the model became NaN or infinite.
    TangentNotFinite {
        /// The time, or the start of the segment.
        t: f64,
    },
    /// A tangent ran away along an unstable direction that the homogeneous ones do not hold.
    TooFewDirections {
        /// The homogeneous directions.
        directions: usize,
        /// When it had grown by a million.
        t: f64,
    },
    /// The equations of shadowing are singular to rounding.
    SingularShadowing {
        /// The time of the first equation that depends on the others.
        t: f64,
    },
}

impl Error {
    /// The specific kind.
    pub fn kind(&self) -> &ErrorKind {
        &self.0
    }

    pub(crate) fn replay(t: f64, failure: &Failure) -> Self {
        ErrorKind::Replay { t, reason: failure.to_string() }.into()
    }
}

impl From<ErrorKind> for Error {
    fn from(kind: ErrorKind) -> Self {
        Self(Box::new(kind))
    }
}

impl From<ode_core::Error> for Error {
    fn from(error: ode_core::Error) -> Self {
        ErrorKind::Solve(error).into()
    }
}

impl<S> From<ode_core::SolveError<S>> for Error {
    fn from(error: ode_core::SolveError<S>) -> Self {
        ode_core::Error::from(error).into()
    }
}

impl From<linalg::Error> for Error {
    fn from(error: linalg::Error) -> Self {
        ErrorKind::Linear(error).into()
    }
}

impl From<ad_tape::Error> for Error {
    fn from(error: ad_tape::Error) -> Self {
        ErrorKind::Recording(error).into()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind() {
            ErrorKind::Solve(error) => error.fmt(f),
            ErrorKind::NoSaveTimes => f.write_str(
                "the loss has no points and no running term: set `save: Save::At(times)`, or \
                 `Save::Last` for the end",
            ),
            ErrorKind::LossNotFinite { index, t } => write!(
                f,
                "the loss is NaN or infinite at save time {index} (t = {t}): check it for \
                 logarithms and roots of negative numbers, and for missing data"
            ),
            ErrorKind::PenaltyNotFinite => {
                f.write_str("the penalty of the loss is NaN or infinite at these parameters")
            }
            ErrorKind::GradientNotFinite { input, index } => write!(
                f,
                "the loss is finite, but its derivative with respect to `{input}[{index}]` is not: \
                 look for a root or a power at zero, in the loss or in the model"
            ),
            ErrorKind::Replay { t, reason } => write!(
                f,
                "the right-hand side failed when the step from t = {t} was replayed: {reason}; a \
                 right-hand side must give the same answer to the same question"
            ),
            ErrorKind::Backsolve { t, factor, reason } => {
                match reason {
                    Some(why) => write!(f, "the solve back in time ended at t = {t}: {why}")?,
                    None => write!(
                        f,
                        "going back in time the state is off by {factor:.1e} tolerances at t = {t}"
                    )?,
                }
                f.write_str(
                    "; what a system forgets going forward grows going back. Take `GaussAdjoint` or \
                     `InterpolatingAdjoint`, which keep the solution, save more often (`checkpoints`), \
                     or set `force`",
                )
            }
            ErrorKind::Quadrature { t } => write!(
                f,
                "the integral of the gradient by the parameters does not settle in the step that starts \
                 at t = {t}: if the model jumps there, declare the time in `stops`"
            ),
            ErrorKind::Memory { budget, needed } => write!(
                f,
                "{budget} bytes are not enough for the pass backward in time, which needs about \
                 {needed}: allow more (`Memory::Bytes`, `Memory::All`), or save at fewer times"
            ),
            ErrorKind::GrazingEvent { event, t, rate } => write!(
                f,
                "event {event} touches its condition at t = {t} (its rate there is {rate}): its time has \
                 no derivative; make the condition cross zero"
            ),
            ErrorKind::SimultaneousEvents { t } => write!(
                f,
                "two events happen at t = {t}: which one is first decides about the derivative; join \
                 them to one event, or move one of them"
            ),
            ErrorKind::MemoryOfEvents => f.write_str(
                "a solve with events cannot be computed again from checkpoints: take `Memory::All`",
            ),
            ErrorKind::Unsupported { algorithm, of, instead } => {
                write!(f, "there is no {algorithm} of {of}: take {instead}")
            }
            ErrorKind::Direction { found, expected } => write!(
                f,
                "a direction of {found} numbers, where there are {expected} initial states and \
                 parameters together"
            ),
            ErrorKind::Recording(error) => write!(f, "the loss cannot be differentiated: {error}"),
            ErrorKind::NotSteady { equation, residual, correction } => write!(
                f,
                "the state is not steady: d({equation})/dt is {residual:e}, and the steady state is \
                 {correction:.1e} tolerances away; solve for a longer time, or let Newton's method find \
                 it (`start: SteadyStart::Guess`)"
            ),
            ErrorKind::NoSteadyState { equation, residual, iterations } => write!(
                f,
                "no steady state was found in {iterations} iterations: d({equation})/dt is {residual:e} \
                 where the search ended; start from the end of a long solve"
            ),
            ErrorKind::SingularSteadyState { conserved, direction } => {
                f.write_str("the Jacobian at the steady state is singular")?;
                if !conserved.is_empty() {
                    write!(f, ": {} does not change", Sum(conserved))?;
                }
                if !direction.is_empty() {
                    write!(f, "; the state can be moved along {}", Sum(direction))?;
                }
                f.write_str(
                    ". What is conserved belongs to the initial state: replace one of these equations by \
                     the conservation law, its total a parameter",
                )
            }
            ErrorKind::SteadyRunning => f.write_str(
                "the loss of a steady state has no integral over time: give it as `at`, without `running`",
            ),
            ErrorKind::SteadyTime { equation } => write!(
                f,
                "d({equation})/dt depends on time, so there is no steady state: make the time a \
                 parameter where a frozen one is meant; long-time averages are asked as `AverageProblem`"
            ),
            ErrorKind::Linear(error) => error.fmt(f),
            ErrorKind::Setting { name, value, must } => {
                write!(f, "`{name}` is {value}, but must be {must}")
            }
            ErrorKind::NoSuchParameter { index, parameters } => write!(
                f,
                "there is no parameter {index}: the model has {parameters}, counted from 0"
            ),
            ErrorKind::AverageNotFinite { t } => write!(
                f,
                "the quantity to be averaged, or its derivative, is NaN or infinite at about t = {t}: \
                 check it for logarithms, roots and quotients of states that pass through zero"
            ),
            ErrorKind::AverageReadsTime => f.write_str(
                "the quantity to be averaged depends on time, but the model does not: its average has \
                 no meaning for a solution that runs a little faster; make what drives it a state",
            ),
            ErrorKind::TooFewSteps { steps, needed } => write!(
                f,
                "{steps} steps, but at least {needed} are needed to estimate an error: average over a \
                 longer time (hundreds of times the time in which neighbours separate by e), or take \
                 shorter steps"
            ),
            ErrorKind::TooFewSegments { segments, needed, duration } => write!(
                f,
                "{segments} segments in {duration} time units, but at least {needed} are needed to \
                 estimate an error: average over a longer time, or set a shorter `segment`"
            ),
            ErrorKind::CoarseSteps { defect, dt } => write!(
                f,
                "the slopes between neighbouring points are {:.0} % off the right-hand side between \
                 them: the steps, {dt} on average, are too long for least squares shadowing; set \
                 `step: StepSize::Fixed(…)` or `dt_max`, or take NILSS or NILSAS, which need no short steps",
                100.0 * defect
            ),
            ErrorKind::TangentNotFinite { t } => write!(
                f,
                "a derivative of the model became NaN or infinite at about t = {t}: look for roots and \
                 powers at zero in the model; if tangents overflow within a segment, set a shorter \
                 `segment`"
            ),
            ErrorKind::TooFewDirections { directions, t } => write!(
                f,
                "at t = {t} the tangent had grown by a million: {directions} `directions` do not hold all \
                 unstable ones; `lyapunov_exponents` counts these, and one more is needed for the neutral \
                 direction"
            ),
            ErrorKind::SingularShadowing { t } => write!(
                f,
                "the equations of shadowing are singular at t = {t}: set fewer `directions` or a shorter \
                 `segment`; for least squares shadowing take shorter steps"
            ),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self.kind() {
            ErrorKind::Solve(error) | ErrorKind::Backsolve { reason: Some(error), .. } => {
                Some(error)
            }
            ErrorKind::Recording(error) => Some(error),
            ErrorKind::Linear(error) => Some(error),
            _ => None,
        }
    }
}

/// A weighted sum of states, its first six terms.
struct Sum<'a>(&'a [(String, f64)]);

impl fmt::Display for Sum<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (name, weight)) in self.0.iter().enumerate().take(6) {
            let sign = match (i, *weight < 0.0) {
                (0, false) => "",
                (0, true) => "-",
                (_, false) => " + ",
                (_, true) => " - ",
            };
            write!(f, "{sign}{:.3} {name}", weight.abs())?;
        }
        if self.0.len() > 6 { f.write_str(" + …") } else { Ok(()) }
    }
}
