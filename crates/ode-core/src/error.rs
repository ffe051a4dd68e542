use std::fmt;
use std::time::Duration;

/// What went wrong in building or solving a problem.
#[derive(Clone, Debug, PartialEq)]
pub struct Error(Box<ErrorKind>);

/// The kinds of [`Error`]. Every one says where, and its text says what to try.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A slice has the wrong length.
    Dimension {
        /// Which slice.
        what: &'static str,
        /// The length that the system asks for.
        expected: usize,
        /// The length that was given.
        found: usize,
    },
    /// The system has no states.
    NoStates,
    /// An input is NaN or infinite.
    NotFinite {
        /// Which input.
        what: &'static str,
        /// The index in it.
        index: usize,
    },
    /// The time span is empty or not finite.
    TimeSpan {
        /// Start.
        t0: f64,
        /// End.
        t1: f64,
    },
    /// A component was chosen that the system does not have.
    NoSuchComponent {
        /// The index, from 0.
        index: usize,
        /// How many states there are.
        states: usize,
    },
    /// A checkpoint was made by another method.
    Checkpoint {
        /// The method that made it.
        made_by: String,
        /// The method that was to go on.
        method: &'static str,
    },
    /// An option makes no sense.
    Option {
        /// The name of the field.
        name: &'static str,
        /// The value that was given.
        value: f64,
        /// What it must be.
        must: &'static str,
    },
    /// A list of times is not sorted, or leaves the span.
    Times {
        /// Which list.
        what: &'static str,
        /// The index of the first bad entry.
        index: usize,
        /// That entry.
        t: f64,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The method has no error estimate, so it needs a step size.
    FixedStepNeeded {
        /// The method.
        method: &'static str,
    },
    /// The right-hand side or the state became NaN or infinite.
    NonFinite {
        /// The last time at which everything was finite.
        t: f64,
        /// The component in question.
        component: String,
    },
    /// The norm that the options give is NaN.
    Norm {
        /// The start of the step whose error it measured.
        t: f64,
    },
    /// The step size fell below what the time can resolve.
    StepTooSmall {
        /// Where.
        t: f64,
        /// The step size.
        dt: f64,
    },
    /// The budget of steps ran out.
    MaxSteps {
        /// The time reached.
        t: f64,
        /// The budget.
        max_steps: usize,
    },
    /// The budget of wall time ran out.
    MaxTime {
        /// The time reached.
        t: f64,
        /// The budget.
        limit: Duration,
    },
    /// The solve was ended from outside.
    Cancelled {
        /// The time reached.
        t: f64,
    },
    /// A component leaves its domain, and no shorter step helped.
    OutsideDomain {
        /// Where.
        t: f64,
        /// The component.
        component: String,
        /// Its lower bound.
        low: f64,
        /// Its upper bound.
        high: f64,
    },
    /// The right-hand side refused, and no shorter step helped.
    RightHandSide {
        /// Where.
        t: f64,
        /// The reason that it gave.
        reason: String,
    },
    /// The linear systems of an implicit method have no unique solution, however short the step.
    SingularMatrix {
        /// Where.
        t: f64,
        /// The component whose pivot vanished.
        component: String,
    },
    /// The Jacobian of the right-hand side is NaN or infinite.
    JacobianNotFinite {
        /// Where.
        t: f64,
        /// The component whose derivative is differentiated.
        of: String,
        /// By what it is differentiated: a component, or `t`.
        by: String,
    },
    /// An entry of the Jacobian is missing in its declared pattern, or not what products with the
    /// Jacobian say.
    JacobianEntry {
        /// Its row, from 0.
        row: usize,
        /// Its column, from 0.
        column: usize,
        /// The component whose derivative is differentiated.
        of: String,
        /// The component by which it is differentiated.
        by: String,
    },
    /// The iteration of an implicit method does not converge, however short the step.
    NotConverged {
        /// Where.
        t: f64,
        /// The last step size.
        dt: f64,
    },
    /// The state at which a solve starts, or goes on after an edit or an event, does not satisfy the
    /// algebraic equations.
    Inconsistent {
        /// Where.
        t: f64,
        /// The states whose rows make up the equation that is missed most.
        equation: String,
        /// By how much it is missed.
        residual: f64,
        /// The norm of the change that the algebraic variables need, in units of the tolerances.
        correction: f64,
    },
    /// The algebraic equations do not determine the algebraic variables: the index is above 1.
    HigherIndex {
        /// Where.
        t: f64,
        /// The states in whose rows the equations stand that depend on each other.
        equations: Vec<String>,
        /// The states that they leave undetermined.
        variables: Vec<String>,
    },
    /// No state was found that satisfies the algebraic equations.
    NoConsistentState {
        /// Where.
        t: f64,
        /// The states whose rows make up the equation that is missed most.
        equation: String,
        /// By how much it is missed.
        residual: f64,
        /// How many iterations were made.
        iterations: usize,
    },
    /// The right-hand side has a mass matrix, which the method cannot solve with.
    MassMatrix {
        /// The method.
        method: &'static str,
    },
    /// The condition of an event is NaN.
    EventCondition {
        /// The event.
        event: String,
        /// Where.
        t: f64,
    },
    /// The effect of an event made the state or a parameter NaN or infinite.
    EventEffect {
        /// The event.
        event: String,
        /// Where.
        t: f64,
        /// `u` or `p`.
        what: &'static str,
        /// The index in it.
        index: usize,
    },
    /// Ever shorter times lie between the occurrences of an event: infinitely many of them come
    /// before some time.
    EventsAccumulate {
        /// The event.
        event: String,
        /// Where.
        t: f64,
    },
    /// Events happened more often than allowed.
    EventLimit {
        /// The event that was one too many.
        event: String,
        /// Where.
        t: f64,
        /// How many were allowed.
        limit: usize,
    },
    /// The time of an event has no derivative: its condition does not cross zero at a finite speed, or
    /// the problem has a mass matrix.
    EventDerivative {
        /// The event.
        event: String,
        /// Where.
        t: f64,
    },
    /// A setting of an event makes no sense.
    EventSetting {
        /// The event.
        event: String,
        /// Which setting.
        setting: &'static str,
        /// The value that was given.
        value: f64,
        /// What it must be.
        must: &'static str,
    },
    /// No state near the solution satisfies the equations of a projection.
    Projection {
        /// The projection.
        event: String,
        /// Where.
        t: f64,
        /// The largest residual that was left.
        residual: f64,
    },
    /// A solution was asked for a time outside its span.
    OutsideSpan {
        /// The time asked for.
        t: f64,
        /// Start of the span.
        t0: f64,
        /// End of the part that was solved.
        t1: f64,
    },
    /// A solution was asked for a time between saved points, but kept no interpolants.
    NotDense {
        /// The time asked for.
        t: f64,
    },
    /// The last step of an integrator was asked for, but there is none.
    NoStep {
        /// The time asked for, or the current one.
        t: f64,
    },
    /// A solution was asked for a derivative, but kept no interpolants.
    NoDerivative {
        /// The time asked for.
        t: f64,
    },
    /// A table does not hold a solution.
    Csv {
        /// The line, from 1.
        line: usize,
        /// The column of the table, from 1.
        column: usize,
        /// What is wrong there.
        problem: String,
    },
    /// A file or another reader failed.
    Read {
        /// The reason that it gave.
        reason: String,
    },
    /// The parts of something that was stored do not fit together.
    Stored {
        /// What is wrong with it.
        problem: &'static str,
    },
}

impl Error {
    /// The specific kind.
    pub fn kind(&self) -> &ErrorKind {
        &self.0
    }
}

impl From<ErrorKind> for Error {
    fn from(kind: ErrorKind) -> Self {
        Self(Box::new(kind))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind() {
            ErrorKind::Dimension { what, expected, found } => {
                write!(f, "`{what}` has length {found}, but the system has {expected}")
            }
            ErrorKind::NoStates => {
                f.write_str("the system has no states: there is nothing to solve")
            }
            ErrorKind::NotFinite { what, index } => {
                write!(f, "`{what}[{index}]` is NaN or infinite")
            }
            ErrorKind::TimeSpan { t0, t1 } => write!(
                f,
                "the time span ({t0}, {t1}) is empty or not finite: give two different finite times"
            ),
            ErrorKind::NoSuchComponent { index, states } => {
                write!(f, "there is no component {index}: the {states} states count from 0")
            }
            ErrorKind::Checkpoint { made_by, method } => write!(
                f,
                "the checkpoint was made by {made_by}: resume with that method instead of {method}"
            ),
            ErrorKind::Option { name, value, must } => {
                write!(f, "option `{name}` is {value}, but must be {must}")
            }
            ErrorKind::Times { what, index, t, problem } => {
                write!(f, "`{what}[{index}]` = {t} {problem}")
            }
            ErrorKind::FixedStepNeeded { method } => write!(
                f,
                "{method} has no error estimate: set `step: StepSize::Fixed(dt)`, or use an \
                 adaptive method such as Tsit5"
            ),
            ErrorKind::NonFinite { t, component } => write!(
                f,
                "`{component}` or its derivative becomes NaN or infinite just after t = {t}: check \
                 the model for divisions by zero, logarithms and roots of negative numbers there"
            ),
            ErrorKind::Norm { t } => write!(
                f,
                "the custom norm of a finite error is NaN just after t = {t}: check the function given \
                 to `Norm::custom`"
            ),
            ErrorKind::StepTooSmall { t, dt } => write!(
                f,
                "the step size {dt:e} is too small at t = {t}: the solution may blow up, jump (add \
                 the time to `stops`), or be stiff (use an implicit method)"
            ),
            ErrorKind::MaxSteps { t, max_steps } => write!(
                f,
                "reached only t = {t} in {max_steps} steps: raise `max_steps`, loosen `rtol`, or \
                 use an implicit method if the problem is stiff"
            ),
            ErrorKind::MaxTime { t, limit } => write!(
                f,
                "reached only t = {t} in {limit:?} of wall time: raise `max_time`, loosen `rtol`, or \
                 use an implicit method if the problem is stiff"
            ),
            ErrorKind::Cancelled { t } => write!(f, "the solve was cancelled at t = {t}"),
            ErrorKind::OutsideDomain { t, component, low, high } => write!(
                f,
                "`{component}` leaves its domain from {low} to {high} just after t = {t}, however \
                 short the step: check the model there, or widen `domain`"
            ),
            ErrorKind::RightHandSide { t, reason } => {
                write!(f, "the right-hand side failed after t = {t}: {reason}")
            }
            ErrorKind::SingularMatrix { t, component } => write!(
                f,
                "the linear systems of the step are singular at t = {t} (component `{component}`): \
                 an equation may be missing or doubled, or the index of the problem be above 1"
            ),
            ErrorKind::JacobianNotFinite { t, of, by } => write!(
                f,
                "the derivative of d{of}/dt by `{by}` is NaN or infinite at t = {t}: check the model \
                 for roots and powers at zero, and divisions by zero"
            ),
            ErrorKind::JacobianEntry { row, column, of, by } => write!(
                f,
                "entry ({row}, {column}) of the Jacobian, d{of}/dt by `{by}`, is missing in its declared \
                 pattern, or its value is not what products with the Jacobian say: correct it, or let \
                 the model be traced"
            ),
            ErrorKind::NotConverged { t, dt } => write!(
                f,
                "the implicit equations of a step of {dt:e} do not converge at t = {t}: check the \
                 Jacobian if it is your own, add jumps to `stops`, or start on the constraints"
            ),
            ErrorKind::Inconsistent { t, equation, residual, correction } => write!(
                f,
                "the state at t = {t} does not satisfy the algebraic equations: row `{equation}` leaves \
                 {residual:e}, the algebraic variables are off by {correction:.1e} tolerances; start \
                 from `ode_stiff::consistent`, and use `ode_stiff::make_consistent` where an event, an \
                 edit or a jump changes something"
            ),
            ErrorKind::HigherIndex { t, equations, variables } => write!(
                f,
                "at t = {t} the algebraic equations in rows {} do not determine {}: the index of the \
                 problem is above 1, or an equation is missing or doubled; differentiate such \
                 constraints by time until the variables occur in them, or start elsewhere",
                quoted(equations),
                quoted(variables)
            ),
            ErrorKind::NoConsistentState { t, equation, residual, iterations } => write!(
                f,
                "no consistent state was found at t = {t} in {iterations} iterations: row `{equation}` \
                 leaves {residual:e}; give a better guess of the algebraic variables, or check that \
                 the equation has a solution"
            ),
            ErrorKind::MassMatrix { method } => write!(
                f,
                "{method} cannot solve a problem with a mass matrix: use Rodas5P, or another implicit \
                 method"
            ),
            ErrorKind::EventCondition { event, t } => {
                write!(f, "the condition of event `{event}` is NaN at t = {t}")
            }
            ErrorKind::EventEffect { event, t, what, index } => write!(
                f,
                "event `{event}` at t = {t} made `{what}[{index}]` NaN or infinite: check its effect"
            ),
            ErrorKind::EventsAccumulate { event, t } => write!(
                f,
                "event `{event}` happens infinitely often just after t = {t}: end the solve or \
                 change the model before it comes to rest, by a terminal or discrete event"
            ),
            ErrorKind::EventLimit { event, t, limit } => write!(
                f,
                "event `{event}` at t = {t} comes after {limit} others: raise `Events::limit`, or \
                 check that its effect takes the state away from its condition"
            ),
            ErrorKind::EventDerivative { event, t } => write!(
                f,
                "the time of event `{event}` at t = {t} has no derivative: its condition touches \
                 zero without crossing it, or the problem has a mass matrix; solve without duals, or \
                 change the condition"
            ),
            ErrorKind::EventSetting { event, setting, value, must } => {
                write!(f, "`{setting}` of event `{event}` is {value}, but must be {must}")
            }
            ErrorKind::Projection { event, t, residual } => write!(
                f,
                "projection `{event}` does not converge at t = {t} (residual {residual:e}): start on \
                 the manifold, tighten `rtol`, and check that its equations are independent"
            ),
            ErrorKind::OutsideSpan { t, t0, t1 } => {
                write!(f, "t = {t} is outside the solved span from {t0} to {t1}")
            }
            ErrorKind::NotDense { t } => write!(
                f,
                "nothing is saved at t = {t}: solve with `save: Save::Dense`, or add it to \
                 `Save::At`"
            ),
            ErrorKind::NoStep { t } => write!(
                f,
                "no step can be interpolated at t = {t}: none was taken yet, or the state was changed \
                 after it"
            ),
            ErrorKind::NoDerivative { t } => write!(
                f,
                "no interpolant gives a derivative at t = {t}: solve with `save: Save::Dense` (after \
                 a jump at the end nothing follows)"
            ),
            ErrorKind::Csv { line, column, problem } => {
                write!(f, "line {line}, column {column}: {problem}")
            }
            ErrorKind::Read { reason } => write!(f, "reading failed: {reason}"),
            ErrorKind::Stored { problem } => {
                write!(f, "{problem}: the file may be damaged, or from another version")
            }
        }
    }
}

impl std::error::Error for Error {}

/// At most so many names are listed.
const LISTED: usize = 8;

/// `a`, `b` and 3 more.
fn quoted(names: &[String]) -> String {
    let mut text =
        names.iter().take(LISTED).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    if names.len() > LISTED {
        text += &format!(" and {} more", names.len() - LISTED);
    }
    text
}
