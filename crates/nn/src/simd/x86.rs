//! Vectors of x86-64: the only `unsafe` of the crate.
//!
//! Two kinds of it, and why each is sound:
//!
//! - **Intrinsics** may only run on a CPU that has them. Each operation of a vector needs a vector or a token; a vector is
//!   made from a token or from other vectors, and [`Avx512::detect`] and [`Avx2::detect`] are the only places that make a
//!   token: fields and constructors are private to this file.
//! - **Loads and stores** go through a pointer. Each is made from a slice whose length has been checked right before; a
//!   masked load or store touches only the lanes of its mask, of which there are no more than numbers in the slice.
//!
//! The functions with `#[target_feature]` are safe in themselves; calling one is not, unless the caller holds the token.
#![allow(unsafe_code)]

use super::{Isa, Task, Vector, transposed};
use crate::real::Constants;
use core::arch::x86_64::*;
use core::ops::{Add, Div, Mul, Neg, Sub};

/// The CPU has AVX-512 F, BW, DQ and VL, and all of AVX2.
#[derive(Clone, Copy)]
pub(crate) struct Avx512(());

/// The CPU has AVX2 and FMA.
#[derive(Clone, Copy)]
pub(crate) struct Avx2(());

impl Avx512 {
    /// Asks the CPU; the answer is remembered by the standard library.
    #[inline]
    pub(crate) fn detect() -> Option<Self> {
        let all = is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512dq")
            && is_x86_feature_detected!("avx512vl");
        (all && Avx2::detect().is_some()).then_some(Self(()))
    }
}

impl Avx2 {
    /// Asks the CPU; the answer is remembered by the standard library.
    #[inline]
    pub(crate) fn detect() -> Option<Self> {
        let all = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
        all.then_some(Self(()))
    }
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")]
fn with_avx512<K: Task>(isa: Avx512, task: K) -> K::Output {
    task.run::<<K::Elem as Constants>::Avx512>(isa)
}

#[target_feature(enable = "avx2,fma")]
fn with_avx2<K: Task>(isa: Avx2, task: K) -> K::Output {
    task.run::<<K::Elem as Constants>::Avx2>(isa)
}

impl Isa for Avx512 {
    #[inline]
    fn enter<K: Task>(self, task: K) -> K::Output {
        // SAFETY: the token says that the CPU has what the function is compiled for.
        unsafe { with_avx512(self, task) }
    }
}

impl Isa for Avx2 {
    #[inline]
    fn enter<K: Task>(self, task: K) -> K::Output {
        // SAFETY: the token says that the CPU has what the function is compiled for.
        unsafe { with_avx2(self, task) }
    }
}

macro_rules! operators {
    ($name:ident, $add:ident, $sub:ident, $mul:ident, $div:ident, $xor:ident, $set:ident) => {
        operators! { @binary $name, Add add $add }
        operators! { @binary $name, Sub sub $sub }
        operators! { @binary $name, Mul mul $mul }
        operators! { @binary $name, Div div $div }
        impl Neg for $name {
            type Output = Self;
            #[inline(always)]
            fn neg(self) -> Self {
                // SAFETY: a vector was made with a token.
                Self(unsafe { $xor(self.0, $set(-0.0)) })
            }
        }
    };
    (@binary $name:ident, $trait:ident $method:ident $intrinsic:ident) => {
        impl $trait for $name {
            type Output = Self;
            #[inline(always)]
            fn $method(self, b: Self) -> Self {
                // SAFETY: a vector was made with a token.
                Self(unsafe { $intrinsic(self.0, b.0) })
            }
        }
    };
}

/// What is the same for all, up to the names of the intrinsics.
macro_rules! common {
    ($elem:ident, $isa:ident, $lanes:literal, $registers:literal, $set:ident $load:ident $store:ident $fma:ident
     $min:ident $max:ident $and:ident $xor:ident $andnot:ident) => {
        type Elem = $elem;
        type Isa = $isa;
        const LANES: usize = $lanes;
        const REGISTERS: usize = $registers;

        #[inline(always)]
        fn splat(_: $isa, x: $elem) -> Self {
            // SAFETY: the caller has a token.
            Self(unsafe { $set(x) })
        }
        #[inline(always)]
        fn load(_: $isa, from: &[$elem]) -> Self {
            let from = &from[..$lanes];
            // SAFETY: the caller has a token, and the slice has this length.
            Self(unsafe { $load(from.as_ptr()) })
        }
        #[inline(always)]
        fn store(self, to: &mut [$elem]) {
            let to = &mut to[..$lanes];
            // SAFETY: a vector was made with a token, and the slice has this length.
            unsafe { $store(to.as_mut_ptr(), self.0) }
        }
        #[inline(always)]
        fn constant(self, x: $elem) -> Self {
            // SAFETY: a vector was made with a token.
            Self(unsafe { $set(x) })
        }
        #[inline(always)]
        fn mul_add(self, a: Self, b: Self) -> Self {
            // SAFETY: a vector was made with a token.
            Self(unsafe { $fma(self.0, a.0, b.0) })
        }
        #[inline(always)]
        fn at_most(self, limit: Self) -> Self {
            // SAFETY: a vector was made with a token. (The second operand is returned where one is NaN.)
            Self(unsafe { $min(limit.0, self.0) })
        }
        #[inline(always)]
        fn at_least(self, limit: Self) -> Self {
            // SAFETY: a vector was made with a token. (The second operand is returned where one is NaN.)
            Self(unsafe { $max(limit.0, self.0) })
        }
        #[inline(always)]
        fn abs(self) -> Self {
            // SAFETY: a vector was made with a token.
            Self(unsafe { $andnot($set(-0.0), self.0) })
        }
        #[inline(always)]
        fn flip_sign(self, other: Self) -> Self {
            // SAFETY: a vector was made with a token.
            Self(unsafe { $xor(self.0, $and(other.0, $set(-0.0))) })
        }
    };
}

/// Eight numbers in an AVX-512 register.
#[derive(Clone, Copy)]
pub(crate) struct Avx512F64(__m512d);

operators! { Avx512F64, _mm512_add_pd, _mm512_sub_pd, _mm512_mul_pd, _mm512_div_pd, _mm512_xor_pd, _mm512_set1_pd }

impl Vector for Avx512F64 {
    common! { f64, Avx512, 8, 32, _mm512_set1_pd _mm512_loadu_pd _mm512_storeu_pd _mm512_fmadd_pd
    _mm512_min_pd _mm512_max_pd _mm512_and_pd _mm512_xor_pd _mm512_andnot_pd }

    #[inline(always)]
    fn load_part(_: Avx512, from: &[f64]) -> Self {
        // SAFETY: the caller has a token, and the mask has no more lanes than the slice numbers.
        Self(unsafe { _mm512_maskz_loadu_pd(mask8(from.len()), from.as_ptr()) })
    }
    #[inline(always)]
    fn store_part(self, to: &mut [f64]) {
        // SAFETY: a vector was made with a token, and the mask has no more lanes than the slice numbers.
        unsafe { _mm512_mask_storeu_pd(to.as_mut_ptr(), mask8(to.len()), self.0) }
    }
    #[inline(always)]
    fn select_lt(a: Self, b: Self, yes: Self, no: Self) -> Self {
        // SAFETY: a vector was made with a token.
        Self(unsafe {
            _mm512_mask_blend_pd(_mm512_cmp_pd_mask::<_CMP_LT_OQ>(a.0, b.0), no.0, yes.0)
        })
    }
    #[inline(always)]
    fn round(self) -> Self {
        // SAFETY: a vector was made with a token.
        Self(unsafe { _mm512_roundscale_pd::<{ _MM_FROUND_TO_NEAREST_INT }>(self.0) })
    }
    #[inline(always)]
    fn times_power_of_two(self, n: Self) -> Self {
        // SAFETY: a vector was made with a token.
        Self(unsafe { _mm512_scalef_pd(self.0, n.0) })
    }
    #[inline(always)]
    fn sum(self) -> f64 {
        // SAFETY: a vector was made with a token.
        unsafe { _mm512_reduce_add_pd(self.0) }
    }
    #[inline(always)]
    fn sums(v: &[Self]) -> Self {
        let v = &v[..8];
        // SAFETY: a vector was made with a token.
        Self(unsafe {
            let low = quarters(pairs(v[0].0, v[1].0), pairs(v[2].0, v[3].0));
            quarters(low, quarters(pairs(v[4].0, v[5].0), pairs(v[6].0, v[7].0)))
        })
    }
    #[inline(always)]
    fn transpose(v: &mut [Self]) {
        let v = &mut v[..8];
        // SAFETY: a vector was made with a token.
        let columns = unsafe { transposed::eight_f64(core::array::from_fn(|i| v[i].0)) };
        v.iter_mut().zip(columns).for_each(|(v, column)| v.0 = column);
    }
}

/// Sixteen numbers in an AVX-512 register.
#[derive(Clone, Copy)]
pub(crate) struct Avx512F32(__m512);

operators! { Avx512F32, _mm512_add_ps, _mm512_sub_ps, _mm512_mul_ps, _mm512_div_ps, _mm512_xor_ps, _mm512_set1_ps }

impl Vector for Avx512F32 {
    common! { f32, Avx512, 16, 32, _mm512_set1_ps _mm512_loadu_ps _mm512_storeu_ps _mm512_fmadd_ps
    _mm512_min_ps _mm512_max_ps _mm512_and_ps _mm512_xor_ps _mm512_andnot_ps }

    #[inline(always)]
    fn load_part(_: Avx512, from: &[f32]) -> Self {
        // SAFETY: the caller has a token, and the mask has no more lanes than the slice numbers.
        Self(unsafe { _mm512_maskz_loadu_ps(mask16(from.len()), from.as_ptr()) })
    }
    #[inline(always)]
    fn store_part(self, to: &mut [f32]) {
        // SAFETY: a vector was made with a token, and the mask has no more lanes than the slice numbers.
        unsafe { _mm512_mask_storeu_ps(to.as_mut_ptr(), mask16(to.len()), self.0) }
    }
    #[inline(always)]
    fn select_lt(a: Self, b: Self, yes: Self, no: Self) -> Self {
        // SAFETY: a vector was made with a token.
        Self(unsafe {
            _mm512_mask_blend_ps(_mm512_cmp_ps_mask::<_CMP_LT_OQ>(a.0, b.0), no.0, yes.0)
        })
    }
    #[inline(always)]
    fn round(self) -> Self {
        // SAFETY: a vector was made with a token.
        Self(unsafe { _mm512_roundscale_ps::<{ _MM_FROUND_TO_NEAREST_INT }>(self.0) })
    }
    #[inline(always)]
    fn times_power_of_two(self, n: Self) -> Self {
        // SAFETY: a vector was made with a token.
        Self(unsafe { _mm512_scalef_ps(self.0, n.0) })
    }
    #[inline(always)]
    fn sum(self) -> f32 {
        // SAFETY: a vector was made with a token.
        unsafe { _mm512_reduce_add_ps(self.0) }
    }
    #[inline(always)]
    fn sums(v: &[Self]) -> Self {
        let v = &v[..16];
        // SAFETY: a vector was made with a token.
        Self(unsafe {
            let low = quarters_f32(fours(&v[0..4]), fours(&v[4..8]));
            quarters_f32(low, quarters_f32(fours(&v[8..12]), fours(&v[12..16])))
        })
    }
    #[inline(always)]
    fn transpose(v: &mut [Self]) {
        let v = &mut v[..16];
        // SAFETY: a vector was made with a token.
        let columns = unsafe { transposed::sixteen_f32(core::array::from_fn(|i| v[i].0)) };
        v.iter_mut().zip(columns).for_each(|(v, column)| v.0 = column);
    }
}

/// Four numbers in an AVX register.
#[derive(Clone, Copy)]
pub(crate) struct Avx2F64(__m256d);

operators! { Avx2F64, _mm256_add_pd, _mm256_sub_pd, _mm256_mul_pd, _mm256_div_pd, _mm256_xor_pd, _mm256_set1_pd }

impl Vector for Avx2F64 {
    common! { f64, Avx2, 4, 16, _mm256_set1_pd _mm256_loadu_pd _mm256_storeu_pd _mm256_fmadd_pd
    _mm256_min_pd _mm256_max_pd _mm256_and_pd _mm256_xor_pd _mm256_andnot_pd }

    #[inline(always)]
    fn load_part(_: Avx2, from: &[f64]) -> Self {
        // SAFETY: the caller has a token, and the mask has no more lanes than the slice numbers.
        Self(unsafe { _mm256_maskload_pd(from.as_ptr(), mask_epi64(from.len())) })
    }
    #[inline(always)]
    fn store_part(self, to: &mut [f64]) {
        // SAFETY: a vector was made with a token, and the mask has no more lanes than the slice numbers.
        unsafe { _mm256_maskstore_pd(to.as_mut_ptr(), mask_epi64(to.len()), self.0) }
    }
    #[inline(always)]
    fn select_lt(a: Self, b: Self, yes: Self, no: Self) -> Self {
        // SAFETY: a vector was made with a token.
        Self(unsafe { _mm256_blendv_pd(no.0, yes.0, _mm256_cmp_pd::<_CMP_LT_OQ>(a.0, b.0)) })
    }
    #[inline(always)]
    fn round(self) -> Self {
        // SAFETY: a vector was made with a token.
        Self(unsafe {
            _mm256_round_pd::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(self.0)
        })
    }
    #[inline(always)]
    fn times_power_of_two(self, n: Self) -> Self {
        // The lowest bits of 1.5 2⁵² + 1023 + n are the exponent of 2ⁿ.
        let shift = self.constant((3u64 << 51) as f64 + 1023.0);
        let first = (n * self.constant(0.5)).round();
        // SAFETY: a vector was made with a token.
        unsafe {
            let a = _mm256_slli_epi64::<52>(_mm256_castpd_si256((first + shift).0));
            let b = _mm256_slli_epi64::<52>(_mm256_castpd_si256((n - first + shift).0));
            self * Self(_mm256_castsi256_pd(a)) * Self(_mm256_castsi256_pd(b))
        }
    }
    #[inline(always)]
    fn sum(self) -> f64 {
        // SAFETY: a vector was made with a token.
        unsafe {
            let half =
                _mm_add_pd(_mm256_castpd256_pd128(self.0), _mm256_extractf128_pd::<1>(self.0));
            _mm_cvtsd_f64(_mm_add_pd(half, _mm_unpackhi_pd(half, half)))
        }
    }
    #[inline(always)]
    fn sums(v: &[Self]) -> Self {
        let v = &v[..4];
        // SAFETY: a vector was made with a token.
        Self(unsafe {
            let (a, b) = (_mm256_hadd_pd(v[0].0, v[1].0), _mm256_hadd_pd(v[2].0, v[3].0));
            let low = _mm256_permute2f128_pd::<0x20>(a, b);
            _mm256_add_pd(low, _mm256_permute2f128_pd::<0x31>(a, b))
        })
    }
    #[inline(always)]
    fn transpose(v: &mut [Self]) {
        let v = &mut v[..4];
        // SAFETY: a vector was made with a token.
        let columns = unsafe { transposed::four_f64(core::array::from_fn(|i| v[i].0)) };
        v.iter_mut().zip(columns).for_each(|(v, column)| v.0 = column);
    }
}

/// Eight numbers in an AVX register.
#[derive(Clone, Copy)]
pub(crate) struct Avx2F32(__m256);

operators! { Avx2F32, _mm256_add_ps, _mm256_sub_ps, _mm256_mul_ps, _mm256_div_ps, _mm256_xor_ps, _mm256_set1_ps }

impl Vector for Avx2F32 {
    common! { f32, Avx2, 8, 16, _mm256_set1_ps _mm256_loadu_ps _mm256_storeu_ps _mm256_fmadd_ps
    _mm256_min_ps _mm256_max_ps _mm256_and_ps _mm256_xor_ps _mm256_andnot_ps }

    #[inline(always)]
    fn load_part(_: Avx2, from: &[f32]) -> Self {
        // SAFETY: the caller has a token, and the mask has no more lanes than the slice numbers.
        Self(unsafe { _mm256_maskload_ps(from.as_ptr(), mask_epi32(from.len())) })
    }
    #[inline(always)]
    fn store_part(self, to: &mut [f32]) {
        // SAFETY: a vector was made with a token, and the mask has no more lanes than the slice numbers.
        unsafe { _mm256_maskstore_ps(to.as_mut_ptr(), mask_epi32(to.len()), self.0) }
    }
    #[inline(always)]
    fn select_lt(a: Self, b: Self, yes: Self, no: Self) -> Self {
        // SAFETY: a vector was made with a token.
        Self(unsafe { _mm256_blendv_ps(no.0, yes.0, _mm256_cmp_ps::<_CMP_LT_OQ>(a.0, b.0)) })
    }
    #[inline(always)]
    fn round(self) -> Self {
        // SAFETY: a vector was made with a token.
        Self(unsafe {
            _mm256_round_ps::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(self.0)
        })
    }
    #[inline(always)]
    fn times_power_of_two(self, n: Self) -> Self {
        // The lowest bits of 1.5 2²³ + 127 + n are the exponent of 2ⁿ.
        let shift = self.constant((3u32 << 22) as f32 + 127.0);
        let first = (n * self.constant(0.5)).round();
        // SAFETY: a vector was made with a token.
        unsafe {
            let a = _mm256_slli_epi32::<23>(_mm256_castps_si256((first + shift).0));
            let b = _mm256_slli_epi32::<23>(_mm256_castps_si256((n - first + shift).0));
            self * Self(_mm256_castsi256_ps(a)) * Self(_mm256_castsi256_ps(b))
        }
    }
    #[inline(always)]
    fn sum(self) -> f32 {
        // SAFETY: a vector was made with a token.
        unsafe {
            let four =
                _mm_add_ps(_mm256_castps256_ps128(self.0), _mm256_extractf128_ps::<1>(self.0));
            let two = _mm_add_ps(four, _mm_movehl_ps(four, four));
            _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps::<1>(two, two)))
        }
    }
    #[inline(always)]
    fn sums(v: &[Self]) -> Self {
        let v = &v[..8];
        // SAFETY: a vector was made with a token.
        Self(unsafe {
            let (a, b) = (_mm256_hadd_ps(v[0].0, v[1].0), _mm256_hadd_ps(v[2].0, v[3].0));
            let (c, d) = (_mm256_hadd_ps(v[4].0, v[5].0), _mm256_hadd_ps(v[6].0, v[7].0));
            let (a, b) = (_mm256_hadd_ps(a, b), _mm256_hadd_ps(c, d));
            let low = _mm256_permute2f128_ps::<0x20>(a, b);
            _mm256_add_ps(low, _mm256_permute2f128_ps::<0x31>(a, b))
        })
    }
    #[inline(always)]
    fn transpose(v: &mut [Self]) {
        let v = &mut v[..8];
        // SAFETY: a vector was made with a token.
        let columns = unsafe { transposed::eight_f32(core::array::from_fn(|i| v[i].0)) };
        v.iter_mut().zip(columns).for_each(|(v, column)| v.0 = column);
    }
}

/// The lowest `n` bits, at most eight.
#[inline(always)]
fn mask8(n: usize) -> __mmask8 {
    if n < 8 { (1 << n) - 1 } else { !0 }
}

/// The lowest `n` bits, at most sixteen.
#[inline(always)]
fn mask16(n: usize) -> __mmask16 {
    if n < 16 { (1 << n) - 1 } else { !0 }
}

/// All bits of the first `n` of four lanes.
#[target_feature(enable = "avx2")]
#[inline]
fn mask_epi64(n: usize) -> __m256i {
    _mm256_cmpgt_epi64(_mm256_set1_epi64x(n.min(4) as i64), _mm256_setr_epi64x(0, 1, 2, 3))
}

/// All bits of the first `n` of eight lanes.
#[target_feature(enable = "avx2")]
#[inline]
fn mask_epi32(n: usize) -> __m256i {
    let lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    _mm256_cmpgt_epi32(_mm256_set1_epi32(n.min(8) as i32), lanes)
}

// The steps of `sums`: each adds neighbours and makes one vector of two.

/// Sums of neighbours, of `a` and `b` in turns.
#[target_feature(enable = "avx512f")]
#[inline]
fn pairs(a: __m512d, b: __m512d) -> __m512d {
    _mm512_add_pd(_mm512_unpacklo_pd(a, b), _mm512_unpackhi_pd(a, b))
}

/// Sums of neighbouring quarters, those of `a` first.
#[target_feature(enable = "avx512f")]
#[inline]
fn quarters(a: __m512d, b: __m512d) -> __m512d {
    let even = _mm512_shuffle_f64x2::<0b10_00_10_00>(a, b);
    _mm512_add_pd(even, _mm512_shuffle_f64x2::<0b11_01_11_01>(a, b))
}

/// The same for `f32`.
#[target_feature(enable = "avx512f")]
#[inline]
fn quarters_f32(a: __m512, b: __m512) -> __m512 {
    let even = _mm512_shuffle_f32x4::<0b10_00_10_00>(a, b);
    _mm512_add_ps(even, _mm512_shuffle_f32x4::<0b11_01_11_01>(a, b))
}

/// In each quarter the sums of that quarter of four vectors.
#[target_feature(enable = "avx512f")]
#[inline]
fn fours(v: &[Avx512F32]) -> __m512 {
    let (a, b, c, d) = (v[0].0, v[1].0, v[2].0, v[3].0);
    let first = _mm512_add_ps(_mm512_unpacklo_ps(a, b), _mm512_unpackhi_ps(a, b));
    let second = _mm512_add_ps(_mm512_unpacklo_ps(c, d), _mm512_unpackhi_ps(c, d));
    let (first, second) = (_mm512_castps_pd(first), _mm512_castps_pd(second));
    let (low, high) = (_mm512_unpacklo_pd(first, second), _mm512_unpackhi_pd(first, second));
    _mm512_add_ps(_mm512_castpd_ps(low), _mm512_castpd_ps(high))
}
