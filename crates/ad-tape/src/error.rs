use core::fmt;

/// Why a tape could not be pulled back, or an adjoint not be read.
///
/// ```
/// use ad_tape::{Adjoints, ErrorKind, Tape};
///
/// let (ours, theirs) = (Tape::new(), Tape::new());
/// let x = theirs.var(1.0);
/// let error = ours.pullback(&[x], &[1.0], &mut Adjoints::new()).unwrap_err();
/// assert!(matches!(error.kind(), ErrorKind::ForeignOutput { position: 0 }));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Error(Box<ErrorKind>);

impl Error {
    #[cold]
    pub(crate) fn new(kind: ErrorKind) -> Self {
        Self(Box::new(kind))
    }

    /// What happened, and where.
    pub fn kind(&self) -> &ErrorKind {
        &self.0
    }
}

/// The cases of [`Error`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The recording has grown beyond what the tape may hold.
    Full {
        /// Nodes that the tape may hold.
        limit: usize,
    },
    /// While recording, an operation mixed variables of two tapes.
    ForeignOperand,
    /// An output to be pulled back was recorded on another tape.
    ForeignOutput {
        /// Its position among the outputs.
        position: usize,
    },
    /// There are not as many seeds as outputs.
    SeedCount {
        /// Number of outputs.
        outputs: usize,
        /// Number of seeds.
        seeds: usize,
    },
    /// An adjoint was asked for of a variable that is not part of the recording pulled back.
    NotPulledBack {
        /// Position of the variable among those asked for.
        position: usize,
    },
    /// Adjoints were asked for as one slice, but the variables do not follow each other on the tape.
    NotContiguous {
        /// Position of the first variable that is out of order.
        position: usize,
    },
    /// Two slices that have to be of equal length are not.
    Lengths {
        /// What the slice holds.
        what: &'static str,
        /// Its length.
        found: usize,
        /// The length needed.
        expected: usize,
    },
    /// The memory for replays belongs to another program.
    OtherProgram,
    /// A program was to be replayed backward before it was replayed forward.
    NotForward,
    /// A second derivative was asked for of a program with a primitive, which has none.
    NoSecondDerivative {
        /// The primitive.
        name: String,
    },
    /// A function of the user (an own `scalar::Unary` or `scalar::Binary`) was to be recorded in a program.
    UnknownFunction {
        /// Its `Debug`.
        name: String,
    },
    /// A number is not finite.
    NotFinite {
        /// What it is a part of.
        what: &'static str,
        /// Its place there.
        index: usize,
        /// The number.
        value: f64,
    },
    /// A derivative of a primitive is not what differences say.
    Disagrees {
        /// The primitive.
        name: String,
        /// The derivative by hand: `"vjp"` or `"jvp"`.
        what: &'static str,
        /// The output differentiated.
        output: usize,
        /// By which input.
        input: usize,
        /// The derivative by hand.
        found: f64,
        /// By differences.
        expected: f64,
    },
    /// A loop cannot be replayed with these checkpoints.
    Checkpoints {
        /// What is wrong with them.
        why: &'static str,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            ErrorKind::Full { limit } => write!(
                f,
                "the recording is longer than the {limit} nodes that this tape may hold: raise \
                 `Tape::with_limit`, or record a shorter part and pull it back piece by piece"
            ),
            ErrorKind::ForeignOperand => f.write_str(
                "an operation mixed variables of two tapes: record all of it on one, or pass \
                 values (`Var::value`) from one to the other",
            ),
            ErrorKind::ForeignOutput { position } => write!(
                f,
                "output {position} was recorded on another tape: pull it back on the tape that \
                 recorded it"
            ),
            ErrorKind::SeedCount { outputs, seeds } => {
                write!(f, "{outputs} outputs but {seeds} seeds: give one seed per output")
            }
            ErrorKind::NotPulledBack { position } => write!(
                f,
                "variable {position} is not part of the recording that was pulled back: it is of \
                 another tape, or was recorded after a `clear`"
            ),
            ErrorKind::NotContiguous { position } => write!(
                f,
                "variable {position} does not follow its predecessor on the tape: read it with \
                 `Adjoints::wrt`"
            ),
            ErrorKind::Lengths { what, found, expected } => {
                write!(f, "{what} has length {found}, needed is {expected}")
            }
            ErrorKind::OtherProgram => f.write_str(
                "the memory for replays is that of another program: take it from `Program::work` of \
                 the program that is replayed",
            ),
            ErrorKind::NotForward => f.write_str(
                "a replay backward needs the values of a point: call `Program::forward` first",
            ),
            ErrorKind::NoSecondDerivative { name } => write!(
                f,
                "the primitive `{name}` has no second derivatives: write it with `Scalar` instead, or \
                 ask for first derivatives only"
            ),
            ErrorKind::UnknownFunction { name } => write!(
                f,
                "a program cannot store the function `{name}`: compose it of the functions of `Scalar`, \
                 or record it as a `Primitive`"
            ),
            ErrorKind::NotFinite { what, index, value } => write!(
                f,
                "number {index} of {what} is {value}: look at the point, or at functions that end there \
                 (a root, a logarithm, a quotient)"
            ),
            ErrorKind::Disagrees { name, what, output, input, found, expected } => write!(
                f,
                "`{what}` of the primitive `{name}` gives {found} for output {output} by input {input}, \
                 differences give {expected}"
            ),
            ErrorKind::Checkpoints { why } => f.write_str(why),
        }
    }
}

impl std::error::Error for Error {}
