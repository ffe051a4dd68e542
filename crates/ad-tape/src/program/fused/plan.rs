use super::graph::Function;

/// Where an operand of a loop is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// There is none.
    None,
    /// In a row, from here on.
    Row(u32),
    /// The same one for all.
    Same(u32),
    /// Anywhere; listed from here on.
    List(u32),
}

/// An operand, or a term of a sum.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub(super) coefficient: f64,
    pub(super) x: Place,
    pub(super) y: Place,
    pub(super) weighed: bool,
}

/// What a loop does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// `yᵢ = Σₖ cₖ xₖᵢ [yₖᵢ]`, no operand in a list.
    Sum,
    /// The same, operands anywhere.
    Listed,
    /// `y = c Σᵢ xᵢ [yᵢ]`, of one entry.
    Total,
    /// The same over parts of rows: how far each is from the first place, and its length, from here on in the lists.
    TotalOfRuns { list: u32 },
    /// A function of the `x` of its entries.
    Call(Function),
    /// A copy of a row.
    Copy,
    /// Copies into margins, and of exceptions.
    Fill,
}

/// Copies of `len` values at equal distances.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fill {
    pub(super) to: u32,
    pub(super) from: u32,
    /// From one place to the next.
    pub(super) steps: [u32; 2],
    pub(super) len: u32,
}

impl Fill {
    pub(super) fn run<S: Copy>(&self, values: &mut [S]) {
        let &Self { to, from, steps, len } = self;
        let [mut to, mut from, len] = [to, from, len].map(|place| place as usize);
        let [to_step, from_step] = steps.map(|step| step as usize);
        if [to_step, from_step] == [1, 1] {
            return values.copy_within(from..from + len, to);
        }
        for _ in 0..len {
            values[to] = values[from];
            (to, from) = (to + to_step, from + from_step);
        }
    }
}

/// A loop: `len` values from `out` on, by `entries`. A copy has its source there; fills are listed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Loop {
    pub(super) action: Action,
    pub(super) out: u32,
    pub(super) len: u32,
    pub(super) entries: [u32; 2],
}

// What the documentation of `Program` says.
const _: () = assert!(size_of::<Loop>() <= 28 && size_of::<Entry>() == 32);

/// A program in loops, forward and backward. Every value has a place of its own: nothing is cleared, and nothing
/// added to what is in memory.
#[derive(Clone, Debug, Default)]
pub(super) struct Plan {
    pub(super) forward: Vec<Loop>,
    /// Those of them that the replay backward needs.
    pub(super) needed: Vec<Loop>,
    pub(super) backward: Vec<Loop>,
    pub(super) entries: Vec<Entry>,
    pub(super) lists: Vec<u32>,
    pub(super) fills: Vec<Fill>,
    pub(super) constants: Vec<f64>,
    /// Where inputs and outputs, seeds and the cotangents of the inputs are.
    pub(super) x: super::spread::Spread,
    pub(super) y: super::spread::Spread,
    pub(super) y_bar: super::spread::Spread,
    pub(super) x_bar: super::spread::Spread,
    pub(super) slots: u32,
}
