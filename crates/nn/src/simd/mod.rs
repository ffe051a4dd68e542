//! Vectors of numbers, and the run-time choice of the CPU's instructions.
//!
//! A kernel is a [`Task`], written once over a [`Vector`]. [`dispatch`] runs it with the widest vectors that the CPU has:
//!
//! | | `f64` | `f32` | where |
//! |---|---|---|---|
//! | AVX-512 | 8 | 16 | x86-64 with AVX-512 F, BW, DQ, VL |
//! | AVX2 | 4 | 8 | x86-64 with AVX2 and FMA |
//! | portable | 2 | 4 | everywhere: arrays, of which the compiler makes vectors of the target (SSE2, NEON) |
//!
//! A vector can only be made with the token of its instructions ([`Vector::Isa`]), and a token only by asking the CPU.
//! So whoever holds a vector may compute with it, and all of its operations are safe; the `unsafe` that this needs is in
//! [`x86`] and nowhere else in the crate.
//!
//! Everything generic over a vector is `#[inline(always)]`: it has to become a part of the function that is compiled for
//! the instructions, which [`Isa::enter`] calls.

mod portable;
#[cfg(target_arch = "x86_64")]
mod transposed;
#[cfg(target_arch = "x86_64")]
mod x86;

use crate::Real;
use crate::real::Constants;
use core::ops::{Add, Div, Mul, Neg, Sub};

pub(crate) use portable::{Portable, Portable2, Portable4};
#[cfg(target_arch = "x86_64")]
pub(crate) use x86::{Avx2, Avx2F32, Avx2F64, Avx512, Avx512F32, Avx512F64};

/// Numbers that are worked on together. A NaN in any operand gives a NaN, unless said otherwise.
pub(crate) trait Vector:
    Copy
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
{
    /// One number.
    type Elem: Real;
    /// The proof that the CPU has the instructions.
    type Isa: Isa;
    /// How many numbers, a power of two.
    const LANES: usize;
    /// How many vectors a kernel may keep in registers.
    const REGISTERS: usize;

    /// The same number in each lane.
    fn splat(isa: Self::Isa, x: Self::Elem) -> Self;
    /// The first numbers of a slice. Panics if there are too few.
    fn load(isa: Self::Isa, from: &[Self::Elem]) -> Self;
    /// As many numbers as there are, then zeros.
    fn load_part(isa: Self::Isa, from: &[Self::Elem]) -> Self;
    /// Writes the lanes to the start of a slice. Panics if it is too short.
    fn store(self, to: &mut [Self::Elem]);
    /// Writes as many lanes as there is room for.
    fn store_part(self, to: &mut [Self::Elem]);
    /// The same number in each lane, for who holds a vector already.
    fn constant(self, x: Self::Elem) -> Self;
    /// `self a + b`, rounded once where the CPU can.
    fn mul_add(self, a: Self, b: Self) -> Self;
    /// The smaller one; `self` where it is NaN.
    fn at_most(self, limit: Self) -> Self;
    /// The larger one; `self` where it is NaN.
    fn at_least(self, limit: Self) -> Self;
    /// The magnitude.
    fn abs(self) -> Self;
    /// `self` with its sign flipped where `other` has the sign bit.
    fn flip_sign(self, other: Self) -> Self;
    /// `if a < b { yes } else { no }`, lane by lane; NaN chooses `no`.
    fn select_lt(a: Self, b: Self, yes: Self, no: Self) -> Self;
    /// The nearest whole number.
    fn round(self) -> Self;
    /// `self 2ⁿ` for whole `n`, rounded once also where the result is subnormal, for `n` of at most twice the largest
    /// exponent.
    fn times_power_of_two(self, n: Self) -> Self;
    /// The sum of the lanes.
    fn sum(self) -> Self::Elem;
    /// The sums of the lanes of each of `LANES` vectors. Panics if there are fewer.
    fn sums(vectors: &[Self]) -> Self;
    /// Rows become columns: lane `i` of vector `j` changes places with lane `j` of vector `i`, in the first `LANES` vectors.
    /// Panics if there are fewer.
    fn transpose(vectors: &mut [Self]);

    /// A whole number in each lane.
    #[inline(always)]
    fn whole(self, n: u32) -> Self {
        self.constant(Self::Elem::whole(n))
    }
    /// `a x + b` with a constant `b`.
    #[inline(always)]
    fn mul_add_constant(self, a: Self, b: Self::Elem) -> Self {
        self.mul_add(a, self.constant(b))
    }
    /// Horner's scheme: `c[0] + c[1] x + …`
    #[inline(always)]
    fn polynomial(self, coefficients: &[Self::Elem]) -> Self {
        let Some((&last, rest)) = coefficients.split_last() else {
            return self.constant(Self::Elem::ZERO);
        };
        let mut sum = self.constant(last);
        for &c in rest.iter().rev() {
            sum = sum.mul_add_constant(self, c);
        }
        sum
    }
}

/// A set of instructions that the CPU is known to have.
pub(crate) trait Isa: Copy {
    /// Runs a task in a function that is compiled for these instructions.
    fn enter<K: Task>(self, task: K) -> K::Output;
}

/// What can be done with any vectors of its numbers.
pub(crate) trait Task {
    /// The kind of numbers.
    type Elem: Real;
    /// What it returns.
    type Output;
    /// Does it. Implementations are `#[inline(always)]`.
    fn run<V: Vector<Elem = Self::Elem>>(self, isa: V::Isa) -> Self::Output;
}

/// Runs a task with the best instructions of the CPU.
#[inline]
pub(crate) fn dispatch<K: Task>(task: K) -> K::Output {
    #[cfg(target_arch = "x86_64")]
    {
        if let Some(isa) = Avx512::detect().filter(|_| allowed(2)) {
            return isa.enter(task);
        }
        if let Some(isa) = Avx2::detect().filter(|_| allowed(1)) {
            return isa.enter(task);
        }
    }
    Portable.enter(task)
}

/// Whether kernels may use the instructions of a level: 2 for AVX-512, 1 for AVX2.
#[cfg(not(test))]
#[inline(always)]
const fn allowed(_: u8) -> bool {
    true
}

#[cfg(test)]
fn allowed(level: u8) -> bool {
    HIGHEST.get() >= level
}

#[cfg(test)]
std::thread_local! {
    /// The highest level that the kernels of this thread may use.
    pub(crate) static HIGHEST: core::cell::Cell<u8> = const { core::cell::Cell::new(2) };
}

/// The name of the instructions that kernels use on this CPU: `"avx512"`, `"avx2"` or `"portable"`.
///
/// ```
/// assert!(["avx512", "avx2", "portable"].contains(&nn::instructions()));
/// ```
pub fn instructions() -> &'static str {
    #[cfg(target_arch = "x86_64")]
    {
        if Avx512::detect().is_some() {
            return "avx512";
        }
        if Avx2::detect().is_some() {
            return "avx2";
        }
    }
    "portable"
}

/// Runs a task with every set of instructions that the CPU has.
#[cfg(test)]
pub(crate) fn with_each<K: Task + Clone>(task: &K, mut check: impl FnMut(&str, K::Output)) {
    #[cfg(target_arch = "x86_64")]
    {
        if let Some(isa) = Avx512::detect() {
            check("avx512", isa.enter(task.clone()));
        }
        if let Some(isa) = Avx2::detect() {
            check("avx2", isa.enter(task.clone()));
        }
    }
    check("portable", Portable.enter(task.clone()));
}
