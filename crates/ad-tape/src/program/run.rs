use super::op::Op;

/// An instruction: one operation on `len` values in a row, 12 bytes.
///
/// Its results follow those of the instruction before it, so that they need no index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) op: Op,
    modes: u8,
    len: u16,
    pub(crate) a: u32,
    pub(crate) b: u32,
}

/// Longest run.
pub(crate) const LONGEST: usize = u16::MAX as usize;

/// Where the values of an operand are.
#[derive(Clone, Copy, Debug)]
pub(crate) enum At<'a> {
    /// In a row.
    Row(usize),
    /// The same one for all.
    Same(usize),
    /// A first one, and a distance.
    Strided(usize, usize),
    /// Anywhere.
    List(&'a [u32]),
}

impl<'a> At<'a> {
    /// For loops that are not worth four variants.
    #[inline(always)]
    pub(crate) fn any(self) -> Any<'a> {
        match self {
            Self::Row(first) => Any { first, stride: 1, list: None },
            Self::Same(first) => Any { first, stride: 0, list: None },
            Self::Strided(first, stride) => Any { first, stride, list: None },
            Self::List(list) => Any { first: 0, stride: 0, list: Some(list) },
        }
    }
}

/// Where the values of an operand are, by a choice that costs next to nothing for each.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Any<'a> {
    first: usize,
    stride: usize,
    list: Option<&'a [u32]>,
}

impl Any<'_> {
    #[inline(always)]
    pub(crate) fn index(&self, i: usize) -> usize {
        match self.list {
            None => self.first + self.stride * i,
            Some(list) => list[i] as usize,
        }
    }
}

/// How an operand is stored: a mode and its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    mode: u8,
    number: u32,
    /// Whether one of the values is no constant.
    active: bool,
}

impl Place {
    /// A number of the operation itself.
    pub(crate) fn setting(number: u32) -> Self {
        Self { mode: 0, number, active: false }
    }

    /// For these values, of which those before `constants` are constants.
    pub(crate) fn of(
        len: usize,
        at: impl Fn(usize) -> u32,
        constants: u32,
        lists: &mut Vec<u32>,
    ) -> Self {
        let active = (0..len).any(|i| at(i) >= constants);
        let first = at(0);
        let stride = if len > 1 { at(1).wrapping_sub(first) } else { 1 };
        let affine = (1..len).all(|i| at(i).wrapping_sub(at(i - 1)) == stride);
        let list = lists.len() as u32;
        let (mode, number) = match stride {
            1 if affine => (0, first),
            0 if affine => (1, first),
            // A negative one wraps around.
            2..=LARGEST_STRIDE if affine => {
                lists.extend([first, stride]);
                (2, list)
            }
            _ => {
                lists.extend((0..len).map(at));
                (3, list)
            }
        };
        Self { mode, number, active }
    }
}

pub(crate) const LARGEST_STRIDE: u32 = 1 << 30;

/// What a replay backward does with the cotangents of an operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pulled {
    /// Nothing: they are constants.
    Not,
    Added,
    /// Nothing was added to them before: they are overwritten. Only of operands in a row.
    Assigned,
}

impl Pulled {
    #[inline(always)]
    fn of(bits: u8) -> Self {
        match (bits & 1 != 0, bits & 4 != 0) {
            (false, _) => Self::Not,
            (true, false) => Self::Added,
            (true, true) => Self::Assigned,
        }
    }
}

impl Run {
    pub(crate) fn new(op: Op, len: usize, a: Place, b: Place) -> Self {
        let modes = a.mode | b.mode << 2 | u8::from(a.active) << 4 | u8::from(b.active) << 5;
        Self { op, modes, len: len.min(LONGEST) as u16, a: a.number, b: b.number }
    }

    #[inline(always)]
    pub(crate) fn len(&self) -> usize {
        self.len as usize
    }

    #[inline(always)]
    pub(crate) fn a<'a>(&self, lists: &'a [u32]) -> At<'a> {
        self.at(self.modes & 3, self.a, lists)
    }

    #[inline(always)]
    pub(crate) fn b<'a>(&self, lists: &'a [u32]) -> At<'a> {
        self.at(self.modes >> 2 & 3, self.b, lists)
    }

    #[inline(always)]
    fn at<'a>(&self, mode: u8, number: u32, lists: &'a [u32]) -> At<'a> {
        let place = number as usize;
        match mode {
            0 => At::Row(place),
            1 => At::Same(place),
            2 => At::Strided(lists[place] as usize, lists[place + 1] as usize),
            _ => At::List(&lists[place..place + self.len()]),
        }
    }

    /// What is done with the cotangents of the first operand.
    #[inline(always)]
    pub(crate) fn pulls_a(&self) -> Pulled {
        Pulled::of(self.modes >> 4)
    }

    #[inline(always)]
    pub(crate) fn pulls_b(&self) -> Pulled {
        Pulled::of(self.modes >> 5)
    }

    /// From now on the cotangents of the first operand, or the second one, are not read before they are written.
    pub(crate) fn assigns(&mut self, second: bool) {
        self.modes |= if second { 128 } else { 64 };
    }
}
