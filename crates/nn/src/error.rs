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
        /// Numbers that the network needs.
        needed: usize,
        /// Numbers that the workspace holds.
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
    /// A stage of a chain asks for another width than the one before gives.
    StageWidth {
        /// The place in the list of stages; a stage inside of another counts as that one.
        stage: usize,
        /// The width that it asks for.
        expected: usize,
        /// The width that it is given.
        found: usize,
    },
    /// The hidden layers of a modified network are fewer than two or differ in their widths.
    UnequalWidths {
        /// The place in the list of stages.
        stage: usize,
        /// The widths of the hidden layers.
        hidden: Vec<usize>,
    },
    /// A setting has no sense.
    Setting {
        /// Its name.
        name: &'static str,
        /// Its value.
        value: f64,
        /// What it has to be.
        needs: &'static str,
    },
    /// No numbers where some are needed.
    EmptyData {
        /// The name of the argument.
        argument: &'static str,
    },
    /// A number among the data is NaN, infinite or too large to work with.
    NonFiniteData {
        /// The name of the argument.
        argument: &'static str,
        /// The row in which it stands.
        sample: usize,
        /// Its value.
        value: f64,
    },
    /// A label without an output.
    Label {
        /// The number of the sample.
        sample: usize,
        /// Its label.
        label: usize,
        /// The outputs of the network: labels are smaller.
        classes: usize,
    },
    /// A training met a number that is not finite. The parameters are the best ones before.
    Diverged {
        /// The epoch, from 1; 0 is before the first step.
        epoch: usize,
        /// The batch in the epoch, from 0; `None` where the loss was checked between epochs.
        batch: Option<usize>,
        /// `loss` or `gradient`.
        what: &'static str,
        /// Its value.
        value: f64,
    },
    /// A module of another library cannot be evaluated.
    Module {
        /// What it says.
        problem: String,
    },
    /// A file that is no model.
    File {
        /// `header`, the name of a tensor or of an entry of the metadata.
        place: String,
        /// What is wrong there.
        problem: String,
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
                "the workspace holds {found} numbers, but the network needs {needed}: make it for this \
                 network, with `Workspace::new` (`for_jets` for derivatives by the input, \
                 `ChainWorkspace::new` for a chain)"
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
            ErrorKind::StageWidth { stage, expected, found } => write!(
                f,
                "stage {stage} asks for width {expected} where it is given {found}; a residual stage must keep its width"
            ),
            ErrorKind::UnequalWidths { stage, hidden } => write!(
                f,
                "stage {stage} is a modified network with hidden widths {hidden:?}, but needs at least two \
                 that are equal: try [inputs, 32, 32, outputs]"
            ),
            ErrorKind::Setting { name, value, needs } => {
                write!(f, "`{name}` is {value}, but must be {needs}")
            }
            ErrorKind::EmptyData { argument } => write!(f, "`{argument}` is empty"),
            ErrorKind::NonFiniteData { argument, sample, value } => write!(
                f,
                "row {sample} of `{argument}` holds {value}: only finite numbers of moderate size can be worked \
                 with; leave such samples out"
            ),
            ErrorKind::Label { sample, label, classes } => write!(
                f,
                "sample {sample} has label {label}, but the network has {classes} outputs: labels run from 0 to one \
                 less than the outputs"
            ),
            ErrorKind::Diverged { epoch, batch: Some(batch), what, value } => write!(
                f,
                "the {what} is {value} in batch {batch} of epoch {epoch}; the best parameters before are kept: try \
                 a smaller rate or normalised data"
            ),
            ErrorKind::Diverged { epoch, batch: None, what, value } => write!(
                f,
                "the {what} is {value} at the end of epoch {epoch} (0 is the start); the best parameters before \
                 are kept: try a smaller rate, other parameters or normalised data"
            ),
            ErrorKind::Module { problem } => {
                write!(f, "the module cannot be evaluated: {problem}")
            }
            ErrorKind::File { place, problem } => {
                write!(f, "`{place}` of the model file: {problem}")
            }
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

/// Checks that data are finite, `width` numbers per row.
pub(crate) fn finite<T: crate::Real>(
    argument: &'static str,
    data: &[T],
    width: usize,
) -> Result<(), Error> {
    match data.iter().position(|x| !x.is_finite()) {
        Some(i) => {
            let (sample, value) = (i / width.max(1), data[i].to_f64());
            Err(ErrorKind::NonFiniteData { argument, sample, value }.into())
        }
        None => Ok(()),
    }
}
