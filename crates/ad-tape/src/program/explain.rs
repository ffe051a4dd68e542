use super::Program;
use super::op::Op;
use core::fmt;
use std::collections::BTreeMap;

/// What a [`Program`] consists of: [`Program::explain`]. Its `Display` is a table.
///
/// ```
/// use ad_tape::Program;
/// use scalar::Scalar;
///
/// let program = Program::record(2, |x| {
///     let (shared, again) = (x[0] * x[1], x[1] * x[0]);
///     vec![(shared + Scalar::one()).exp() + again]
/// })?;
/// let explanation = program.explain();
/// assert_eq!((explanation.recorded, explanation.operations), (5, 4));
/// assert!(explanation.to_string().contains("exp"));
/// # Ok::<(), ad_tape::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// Numbers of inputs and outputs.
    pub inputs: usize,
    /// Number of outputs.
    pub outputs: usize,
    /// Operations that were recorded.
    pub recorded: usize,
    /// Operations that are left; each output of a vector node counts as one.
    pub operations: usize,
    /// Instructions: operations of one kind are joined.
    pub instructions: usize,
    /// Loops that a replay of a fused program runs, forward and backward: what cells compute alike, many
    /// operations at once. Zero if there is nothing to fuse, and the instructions are run one by one.
    pub loops: [usize; 2],
    /// Bytes of the program.
    pub bytes: usize,
    /// Bytes of the memory for replays in `f64`.
    pub work_bytes: usize,
    /// Cost of one evaluation, in additions (an estimate; an elementary function counts 25).
    pub cost: usize,
    /// By name: instructions, operations, cost.
    pub kinds: BTreeMap<String, [usize; 3]>,
}

impl Program {
    /// Counts what this consists of.
    pub fn explain(&self) -> Explanation {
        let mut kinds = BTreeMap::<String, [usize; 3]>::new();
        for run in &self.code.runs {
            let (name, len, cost) = match run.op {
                Op::Node => {
                    let kind = self.code.nodes[run.a as usize].kind;
                    let (name, cost) = kind.describe();
                    (name, kind.outputs(), cost)
                }
                Op::Unary => {
                    let name = self.functions[run.b as usize].name();
                    (name, run.len(), run.len() * run.op.cost())
                }
                op => (op.name(), run.len(), run.len() * op.cost()),
            };
            let counts = kinds.entry(name.to_string()).or_default();
            for (count, more) in counts.iter_mut().zip([1, len, cost]) {
                *count += more;
            }
        }
        let total = |k: usize| kinds.values().map(|counts| counts[k]).sum();
        Explanation {
            inputs: self.inputs,
            outputs: self.outputs(),
            recorded: self.recorded,
            operations: total(1),
            instructions: total(0),
            loops: self.fused.as_ref().map_or([0, 0], |fused| fused.loops()),
            bytes: self.bytes(),
            work_bytes: self.work_bytes::<f64>(),
            cost: total(2),
            kinds,
        }
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} inputs, {} outputs", self.inputs, self.outputs)?;
        writeln!(
            f,
            "{} operations recorded, {} left, in {} instructions of {} bytes; {} bytes to replay",
            self.recorded, self.operations, self.instructions, self.bytes, self.work_bytes
        )?;
        let [forward, backward] = self.loops;
        if forward > 0 {
            writeln!(f, "fused into {forward} loops forward and {backward} backward")?;
        }
        writeln!(f, "{:<24}{:>14}{:>12}{:>10}", "kind", "instructions", "operations", "cost")?;
        for (name, [instructions, operations, cost]) in &self.kinds {
            writeln!(f, "{name:<24}{instructions:>14}{operations:>12}{cost:>10}")?;
        }
        write!(f, "cost forward about {} additions, backward {}", self.cost, 2 * self.cost)
    }
}
