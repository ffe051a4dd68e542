//! What errors say: what, where, and what to try.

use super::{Error, ErrorKind};
use std::fmt;

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
                 the equation has a solution; between steps, make the time one of `stops`"
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
                 zero without crossing it, or the algebraic equations do not determine where the \
                 state is heading; solve without duals, or change the condition"
            ),
            ErrorKind::EventSetting { event, setting, value, must } => {
                write!(f, "`{setting}` of event `{event}` is {value}, but must be {must}")
            }
            ErrorKind::Projection { event, t, residual } => write!(
                f,
                "projection `{event}` does not converge at t = {t} (residual {residual:e}): start on \
                 the manifold, tighten `rtol`, and check that its equations are independent"
            ),
            ErrorKind::GlobalError { component, estimate, wanted } => write!(
                f,
                "the error of `{component}` is estimated to be {estimate:.1e} at the tightest tolerances, \
                 not {wanted:.1e}: errors grow too much along the solution; shorten the span, loosen \
                 `rtol` and `atol`, or use a method of higher order"
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
