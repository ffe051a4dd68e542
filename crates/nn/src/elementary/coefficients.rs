//! Written by `tables/coefficients.py`; a table of coefficients.
//!
//! Polynomials begin with the constant. Errors are those of the approximated function.
#![allow(clippy::excessive_precision, clippy::approx_constant)]

/// `(exp r - 1 - r) / r²` for `|r| <= ln 2 / 2`. Relative error 3.4e-19.
pub(crate) const EXP: [f64; 11] = [
    0.5,
    0.166_666_666_666_666_7,
    0.041_666_666_666_666_67,
    0.008_333_333_333_326_136,
    0.001_388_888_888_888_374_8,
    0.000_198_412_698_748_206_27,
    2.480_158_732_554_774_3e-05,
    2.755_725_540_020_642_2e-06,
    2.755_727_364_311_03e-07,
    2.510_521_700_472_074_5e-08,
    2.091_468_696_808_687_6e-09,
];
/// `ln 2` in two parts: products of the first one with exponents are exact.
pub(crate) const LN_2: [f64; 2] = [0.693_147_180_369_123_8, 1.908_214_929_270_587_7e-10];
/// `(sin r / r - 1) / z`, `z = r²`, for `|r| <= π/4`. Relative error 2.0e-17.
pub(crate) const SIN: [f64; 6] = [
    -0.166_666_666_666_666_66,
    0.008_333_333_333_330_946,
    -0.000_198_412_698_367_549_7,
    2.755_731_610_068_303e-06,
    -2.505_113_145_542_794_6e-08,
    1.591_810_123_027_412e-10,
];
/// `(cos r - 1 + z/2) / z²`, the same. Relative error 1.2e-18.
pub(crate) const COS: [f64; 6] = [
    0.041_666_666_666_666_664,
    -0.001_388_888_888_888_739_5,
    2.480_158_729_876_343_3e-05,
    -2.755_731_727_056_032_6e-07,
    2.087_614_602_468_974_7e-09,
    -1.138_261_486_855_632_5e-11,
];
/// `π/2` in parts: products of all but the last one with the counts of quarter turns are exact.
pub(crate) const HALF_PI: [f64; 4] = [
    1.570_796_326_734_125_6,
    6.077_100_506_303_966e-11,
    2.022_266_248_711_166_5e-21,
    8.478_427_660_368_9e-32,
];
/// `R(z) / z` of `ln((1 + s) / (1 - s)) = 2 s + s R(s²)` for `|s| <= 0.1717`. Relative error 4.7e-18.
pub(crate) const LN_1P: [f64; 7] = [
    0.666_666_666_666_667,
    0.399_999_999_998_985_94,
    0.285_714_286_263_885_3,
    0.222_222_110_674_193_92,
    0.181_828_940_305_432_98,
    0.153_315_586_703_233_25,
    0.146_184_620_837_969_82,
];

/// `(exp r - 1 - r) / r²` for `|r| <= ln 2 / 2`. Relative error 1.1e-8.
pub(crate) const EXP_F32: [f32; 5] =
    [0.5, 0.166_665_763, 0.041_666_556_1, 0.008_363_178_93, 0.001_392_618_4];
/// `ln 2` in two parts: products of the first one with exponents are exact.
pub(crate) const LN_2_F32: [f32; 2] = [0.692_382_812, 0.000_764_368_06];
/// `(sin r / r - 1) / z`, `z = r²`, for `|r| <= π/4`. Relative error 1.3e-8.
pub(crate) const SIN_F32: [f32; 3] = [-0.166_666_642, 0.008_332_747_97, -0.000_195_878_412];
/// `(cos r - 1 + z/2) / z²`, the same. Relative error 8.3e-10.
pub(crate) const COS_F32: [f32; 3] = [0.041_666_664_2, -0.001_388_830_25, 2.454_789_14e-05];
/// `π/2` in parts: products of all but the last one with the counts of quarter turns are exact.
pub(crate) const HALF_PI_F32: [f32; 5] =
    [1.570_312_5, 0.000_483_512_878, 3.138_557_08e-07, 6.070_877_13e-11, 6.223_372_17e-14];
/// `R(z) / z` of `ln((1 + s) / (1 - s)) = 2 s + s R(s²)` for `|s| <= 0.1717`. Relative error 2.6e-9.
pub(crate) const LN_1P_F32: [f32; 3] = [0.666_666_865, 0.399_887_472, 0.295_814_872];
