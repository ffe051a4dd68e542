use core::fmt;

/// Why a network could not be built, evaluated or read.
///
/// ```
/// use nn::{Activation, ErrorKind, Mlp};
///
/// let error = Mlp::new(&[2, 0, 1], Activation::Tanh).unwrap_err();
/// assert!(matches!(error.kind(), ErrorKind::ZeroWidth { layer: 1 }));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Error(Box<ErrorKind>);

/// What went wrong, with the numbers needed to correct it.
///
/// ```
/// use nn::{Activation, ErrorKind, Mlp, Workspace};
///
/// let mlp = Mlp::new(&[1, 3, 1], Activation::Tanh)?;
/// let error = mlp.value(&[0.0; 9], &[1.0], &mut [0.0], &mut Workspace::new(&mlp)).unwrap_err();
/// assert_eq!(*error.kind(), ErrorKind::Length { argument: "p", expected: 10, found: 9 });
/// # Ok::<(), nn::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A network needs at least two sizes: its inputs and its outputs.
    TooFewSizes {
        /// How many sizes were given.
        given: usize,
    },
    /// A layer without units.
    ZeroWidth {
        /// The place in the list of sizes; 0 is the input.
        layer: usize,
    },
    /// The parameters up to this layer do not fit into the address space.
    TooLarge {
        /// The place in the list of sizes; 0 is the input.
        layer: usize,
        /// Inputs of the layer.
        inputs: usize,
        /// Outputs of the layer.
        outputs: usize,
    },
    /// A slice has the wrong length.
    Length {
        /// The name of the argument.
        argument: &'static str,
        /// The length that the architecture asks for.
        expected: usize,
        /// The length of the slice.
        found: usize,
    },
    /// The samples of a batch are not a whole number of rows.
    RaggedBatch {
        /// The name of the argument.
        argument: &'static str,
        /// The length of a row.
        row: usize,
        /// The length of the slice.
        found: usize,
    },
    /// The workspace was made for a smaller network.
    SmallWorkspace {
        /// Numbers that the network needs per sample.
        needed: usize,
        /// Numbers that the workspace holds per sample.
        found: usize,
    },
    /// Derivatives of an order that jets do not have.
    Order {
        /// What was asked for.
        order: usize,
    },
    /// Jets with so many numbers per value do not fit into the address space.
    TooManyDirections {
        /// One for the value and one for each derivative.
        numbers: usize,
    },
    /// A parameter is NaN or infinite.
    NonFinite {
        /// Its place in the flat slice.
        index: usize,
        /// Its value.
        value: f64,
    },
}

impl Error {
    /// What went wrong.
    ///
    /// ```
    /// use nn::{Activation, ErrorKind, Mlp};
    ///
    /// let error = Mlp::new(&[2], Activation::Tanh).unwrap_err();
    /// assert_eq!(*error.kind(), ErrorKind::TooFewSizes { given: 1 });
    /// ```
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
            ErrorKind::TooFewSizes { given } => write!(
                f,
                "a network needs at least two sizes, inputs and outputs, but {given} given: \
                 try [inputs, hidden, outputs]"
            ),
            ErrorKind::ZeroWidth { layer: 0 } => {
                f.write_str("the network has no inputs: give size 0 of the list at least 1")
            }
            ErrorKind::ZeroWidth { layer } => write!(
                f,
                "layer {layer} has no units: give size {layer} of the list at least 1, or leave \
                 the layer out"
            ),
            ErrorKind::TooLarge { layer, inputs, outputs } => write!(
                f,
                "layer {layer} with {inputs} inputs and {outputs} outputs is too large: the \
                 parameters up to it do not fit into the address space; try narrower layers"
            ),
            ErrorKind::Length { argument, expected, found } => write!(
                f,
                "`{argument}` has length {found}, but the architecture asks for {expected}"
            ),
            ErrorKind::RaggedBatch { argument, row, found } => write!(
                f,
                "`{argument}` has length {found}, which is not a multiple of {row}, the length of \
                 one sample: samples are stored one after the other"
            ),
            ErrorKind::SmallWorkspace { needed, found } => write!(
                f,
                "the workspace holds {found} numbers per sample, but the network needs {needed}: \
                 make it with `Workspace::new` of this network"
            ),
            ErrorKind::Order { order } => write!(
                f,
                "jets have derivatives of the orders 1 to 4, but order {order} was asked for"
            ),
            ErrorKind::TooManyDirections { numbers } => write!(
                f,
                "jets with {numbers} numbers per value do not fit into the address space: try fewer \
                 directions at a time"
            ),
            ErrorKind::NonFinite { index, value } => write!(
                f,
                "parameter {index} is {value}: only finite parameters make a model; was the \
                 training stopped after it diverged?"
            ),
        }
    }
}

impl std::error::Error for Error {}

/// Checks the length of an argument.
#[inline]
pub(crate) fn check(argument: &'static str, expected: usize, found: usize) -> Result<(), Error> {
    if expected == found {
        Ok(())
    } else {
        Err(ErrorKind::Length { argument, expected, found }.into())
    }
}
