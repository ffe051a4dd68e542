use crate::{OdeProblem, Save};
use std::borrow::Cow;
use std::fmt;
use system::Buffer;

/// One member of an ensemble: what differs from member to member.
///
/// Nothing is checked here: a member that makes no sense fails when it is solved, and only it.
///
/// ```
/// use ode_core::Member;
///
/// let member = Member::new([1.0, 0.0], [28.0], (0.0, 10.0)).save_at([2.5, 5.0, 10.0]);
/// # let _ = member;
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Member<B> {
    /// Initial state; its type chooses the storage, as in [`OdeProblem`].
    pub u0: B,
    /// Parameters.
    pub p: Vec<f64>,
    /// Start and end; backwards if the end comes first.
    pub tspan: (f64, f64),
    /// Save times of its own, in place of what [`Options::save`](crate::Options::save) says.
    pub save_at: Option<Vec<f64>>,
}

impl<B> Member<B> {
    /// A member that saves what the options say.
    pub fn new(u0: B, p: impl Into<Vec<f64>>, tspan: (f64, f64)) -> Self {
        Self { u0, p: p.into(), tspan, save_at: None }
    }

    /// The same with save times of its own.
    #[must_use]
    pub fn save_at(self, times: impl Into<Vec<f64>>) -> Self {
        Self { save_at: Some(times.into()), ..self }
    }

    /// The save times, where there are any.
    pub(super) fn times<'s>(&'s self, save: &'s Save) -> &'s [f64] {
        match (&self.save_at, save) {
            (Some(times), _) | (None, Save::At(times)) => times,
            _ => &[],
        }
    }
}

impl<F, B: Buffer<Item = f64>> From<&OdeProblem<F, B>> for Member<B> {
    fn from(problem: &OdeProblem<F, B>) -> Self {
        Self::new(problem.u0().clone(), problem.p(), problem.tspan())
    }
}

/// Members that are stored, or made when they are needed.
pub(super) enum Members<'a, B> {
    Stored(&'a [Member<B>]),
    Generated(usize, Box<dyn Fn(usize) -> Member<B> + Sync + 'a>),
}

impl<B: Clone> Members<'_, B> {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Stored(members) => members.len(),
            Self::Generated(count, _) => *count,
        }
    }

    /// Member `i < len`.
    pub(super) fn get(&self, i: usize) -> Cow<'_, Member<B>> {
        match self {
            Self::Stored(members) => Cow::Borrowed(&members[i]),
            Self::Generated(_, generate) => Cow::Owned(generate(i)),
        }
    }
}

impl<B> fmt::Debug for Members<'_, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stored(members) => write!(f, "{} stored", members.len()),
            Self::Generated(count, _) => write!(f, "{count} generated"),
        }
    }
}
