//! Squares of numbers in registers: rows become columns. Safe functions, which only code with their instructions may call.

use core::arch::x86_64::*;

/// Four quarters of four vectors: quarter `i` of vector `j` changes places with quarter `j` of vector `i`.
#[target_feature(enable = "avx512f")]
#[inline]
fn quarters([a, b, c, d]: [__m512d; 4]) -> [__m512d; 4] {
    const EVEN: i32 = 0b10_00_10_00;
    const ODD: i32 = 0b11_01_11_01;
    let (ab, cd) = (_mm512_shuffle_f64x2::<EVEN>(a, b), _mm512_shuffle_f64x2::<EVEN>(c, d));
    let (ab_odd, cd_odd) = (_mm512_shuffle_f64x2::<ODD>(a, b), _mm512_shuffle_f64x2::<ODD>(c, d));
    [
        _mm512_shuffle_f64x2::<EVEN>(ab, cd),
        _mm512_shuffle_f64x2::<EVEN>(ab_odd, cd_odd),
        _mm512_shuffle_f64x2::<ODD>(ab, cd),
        _mm512_shuffle_f64x2::<ODD>(ab_odd, cd_odd),
    ]
}

/// The columns of eight rows: pairs within quarters, then quarters.
#[target_feature(enable = "avx512f")]
#[inline]
pub(super) fn eight_f64(r: [__m512d; 8]) -> [__m512d; 8] {
    let even = quarters([
        _mm512_unpacklo_pd(r[0], r[1]),
        _mm512_unpacklo_pd(r[2], r[3]),
        _mm512_unpacklo_pd(r[4], r[5]),
        _mm512_unpacklo_pd(r[6], r[7]),
    ]);
    let odd = quarters([
        _mm512_unpackhi_pd(r[0], r[1]),
        _mm512_unpackhi_pd(r[2], r[3]),
        _mm512_unpackhi_pd(r[4], r[5]),
        _mm512_unpackhi_pd(r[6], r[7]),
    ]);
    [even[0], odd[0], even[1], odd[1], even[2], odd[2], even[3], odd[3]]
}

/// In each quarter of vector `c`, column `c` of that quarter of four rows.
#[target_feature(enable = "avx512f")]
#[inline]
fn fours(a: __m512, b: __m512, c: __m512, d: __m512) -> [__m512d; 4] {
    let (ab, cd) = (_mm512_unpacklo_ps(a, b), _mm512_unpacklo_ps(c, d));
    let (ab, cd) = (_mm512_castps_pd(ab), _mm512_castps_pd(cd));
    let (ab_high, cd_high) = (_mm512_unpackhi_ps(a, b), _mm512_unpackhi_ps(c, d));
    let (ab_high, cd_high) = (_mm512_castps_pd(ab_high), _mm512_castps_pd(cd_high));
    [
        _mm512_unpacklo_pd(ab, cd),
        _mm512_unpackhi_pd(ab, cd),
        _mm512_unpacklo_pd(ab_high, cd_high),
        _mm512_unpackhi_pd(ab_high, cd_high),
    ]
}

/// The columns of sixteen rows: fours within quarters, then quarters.
#[target_feature(enable = "avx512f")]
#[inline]
pub(super) fn sixteen_f32(r: [__m512; 16]) -> [__m512; 16] {
    let first = fours(r[0], r[1], r[2], r[3]);
    let second = fours(r[4], r[5], r[6], r[7]);
    let third = fours(r[8], r[9], r[10], r[11]);
    let fourth = fours(r[12], r[13], r[14], r[15]);
    let mut columns = [_mm512_setzero_ps(); 16];
    for c in 0..4 {
        let every_fourth = quarters([first[c], second[c], third[c], fourth[c]]);
        for (j, column) in every_fourth.into_iter().enumerate() {
            columns[4 * j + c] = _mm512_castpd_ps(column);
        }
    }
    columns
}

/// The columns of four rows.
#[target_feature(enable = "avx2")]
#[inline]
pub(super) fn four_f64([a, b, c, d]: [__m256d; 4]) -> [__m256d; 4] {
    let (ab, cd) = (_mm256_unpacklo_pd(a, b), _mm256_unpacklo_pd(c, d));
    let (ab_odd, cd_odd) = (_mm256_unpackhi_pd(a, b), _mm256_unpackhi_pd(c, d));
    [
        _mm256_permute2f128_pd::<0x20>(ab, cd),
        _mm256_permute2f128_pd::<0x20>(ab_odd, cd_odd),
        _mm256_permute2f128_pd::<0x31>(ab, cd),
        _mm256_permute2f128_pd::<0x31>(ab_odd, cd_odd),
    ]
}

/// The columns of eight rows.
#[target_feature(enable = "avx2")]
#[inline]
pub(super) fn eight_f32(r: [__m256; 8]) -> [__m256; 8] {
    let mut halves = [[_mm256_setzero_pd(); 4]; 2];
    for (half, r) in halves.iter_mut().zip([&r[..4], &r[4..]]) {
        let (low, high) = (_mm256_unpacklo_ps(r[0], r[1]), _mm256_unpackhi_ps(r[0], r[1]));
        let (low, high) = (_mm256_castps_pd(low), _mm256_castps_pd(high));
        let (other_low, other_high) =
            (_mm256_unpacklo_ps(r[2], r[3]), _mm256_unpackhi_ps(r[2], r[3]));
        let (other_low, other_high) = (_mm256_castps_pd(other_low), _mm256_castps_pd(other_high));
        *half = [
            _mm256_unpacklo_pd(low, other_low),
            _mm256_unpackhi_pd(low, other_low),
            _mm256_unpacklo_pd(high, other_high),
            _mm256_unpackhi_pd(high, other_high),
        ];
    }
    let mut columns = [_mm256_setzero_ps(); 8];
    for c in 0..4 {
        let (a, b) = (halves[0][c], halves[1][c]);
        columns[c] = _mm256_castpd_ps(_mm256_permute2f128_pd::<0x20>(a, b));
        columns[4 + c] = _mm256_castpd_ps(_mm256_permute2f128_pd::<0x31>(a, b));
    }
    columns
}
