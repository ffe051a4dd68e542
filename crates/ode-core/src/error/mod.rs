mod text;

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
    /// No state was found that satisfies the algebraic equations: from the guess that was given, or near
    /// the interpolant where a state was to be saved between steps.
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
    /// the derivative of the state by time is not known to the method (algebraic equations that do not
    /// determine it, nested duals by RadauIIA5).
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
    /// The error that has added up along the solution stays above what was asked for, however tight the
    /// tolerances.
    GlobalError {
        /// The component that is worst.
        component: String,
        /// Its estimated error.
        estimate: f64,
        /// What it may be.
        wanted: f64,
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

impl std::error::Error for Error {}
