//! Coefficients of the collocation methods.

/// Abscissae of a collocation method, and the eigenvectors of the inverse of its matrix:
/// `T⁻¹ A⁻¹ T` has the real eigenvalue `γ` first, if the number of stages is odd, and then the
/// block `[α -β; β α]` (Hairer, Wanner II, IV.8, equation 8.12).
#[derive(Clone, Copy, Debug)]
pub(super) struct Collocation<const S: usize> {
    pub(super) c: [f64; S],
    pub(super) t: [[f64; S]; S],
    pub(super) t_inverse: [[f64; S]; S],
    /// `γ`; 0 if there is no real eigenvalue.
    pub(super) gamma: f64,
    /// `α`, `β`.
    pub(super) pair: (f64, f64),
}

/// The zeros of the Radau polynomial of third degree: order 5, stiffly accurate.
pub(super) const RADAU: Collocation<3> = Collocation {
    c: [0.155_051_025_721_682_2, 0.644_948_974_278_317_8, 1.0],
    t: [
        [0.091_232_394_870_892_94, -0.141_255_295_020_954_2, -0.030_029_194_105_147_424],
        [0.241_717_932_707_107, 0.204_129_352_293_799_94, 0.382_942_112_757_261_9],
        [0.966_048_182_615_093, 1.0, 0.0],
    ],
    t_inverse: [
        [4.325_579_890_063_155, 0.339_199_251_815_809_84, 0.541_770_539_935_874_9],
        [-4.178_718_591_551_905, -0.327_682_820_761_062_4, 0.476_623_554_500_550_44],
        [-0.502_872_634_945_786_9, 2.571_926_949_855_605, -0.596_039_204_828_224_9],
    ],
    gamma: 3.637_834_252_744_496,
    pair: (2.681_082_873_627_752_3, 3.050_430_199_247_410_5),
};

/// A Gauss method: as many stages, twice the order, and symplectic.
#[derive(Clone, Copy, Debug)]
pub(super) struct Gauss<const S: usize> {
    pub(super) basis: Collocation<S>,
    /// The weights are `b / divisor`, whole numbers.
    pub(super) b: [f64; S],
    pub(super) divisor: f64,
    /// `aᵢⱼ = bⱼ / 2 + root skewᵢⱼ`, whole numbers again: symplectic to the last bit, whatever the
    /// rounding of `root`. Else the rounding of coefficients adds up over many steps.
    pub(super) skew: [[f64; S]; S],
    pub(super) root: f64,
    /// `b A⁻¹`.
    pub(super) d: [f64; S],
}

/// Two stages, order 4.
pub(super) const GAUSS4: Gauss<2> = Gauss {
    basis: Collocation {
        c: [0.211_324_865_405_187_1, 0.788_675_134_594_812_9],
        t: [[0.0, 0.267_949_192_431_122_7], [1.0, 0.0]],
        t_inverse: [[0.0, 1.0], [3.732_050_807_568_877, 0.0]],
        gamma: 0.0,
        pair: (3.0, 1.732_050_807_568_877_2),
    },
    b: [1.0, 1.0],
    divisor: 2.0,
    skew: [[0.0, -1.0], [1.0, 0.0]],
    root: 0.288_675_134_594_812_9, // √3 / 6
    d: [-1.732_050_807_568_877_2, 1.732_050_807_568_877_2],
};

/// Three stages, order 6.
pub(super) const GAUSS6: Gauss<3> = Gauss {
    basis: Collocation {
        c: [0.112_701_665_379_258_31, 0.5, 0.887_298_334_620_741_7],
        t: [
            [0.071_464_556_714_800_77, -0.082_241_230_573_630_67, -0.060_120_738_619_308_5],
            [0.117_700_617_809_851_67, 0.053_065_090_742_061_394, 0.316_205_051_132_291_6],
            [0.990_474_321_575_646, 1.0, 0.0],
        ],
        t_inverse: [
            [6.049_321_980_812_396, 1.150_170_448_985_970_5, 0.436_469_784_593_846_4],
            [-5.991_698_084_937_801, -1.139_214_295_155_735_4, 0.567_687_886_216_141_6],
            [-1.246_213_273_586_231_5, 2.925_559_646_192_313_7, -0.257_735_201_273_432_5],
        ],
        gamma: 4.644_370_709_252_171,
        pair: (3.677_814_645_373_914_4, 3.508_761_919_567_443_3),
    },
    b: [5.0, 8.0, 5.0],
    divisor: 18.0,
    skew: [[0.0, -8.0, -4.0], [5.0, 0.0, -5.0], [4.0, 8.0, 0.0]],
    root: 0.032_274_861_218_395_14, // √15 / 120
    d: [1.666_666_666_666_666_7, -1.333_333_333_333_333_3, 1.666_666_666_666_666_7],
};

#[cfg(test)]
mod tests {
    use super::*;

    /// `A` from the collocation conditions `Σ aᵢⱼ cⱼᵏ⁻¹ = cᵢᵏ / k`: the integrals of Lagrange's
    /// polynomials.
    fn matrix<const S: usize>(c: &[f64; S]) -> [[f64; S]; S] {
        let mut a = [[0.0; S]; S];
        for j in 0..S {
            // Powers of θ of the polynomial that is 1 at cⱼ.
            let mut basis = vec![1.0];
            for m in (0..S).filter(|&m| m != j) {
                let mut next = vec![0.0; basis.len() + 1];
                for (k, b) in basis.iter().enumerate() {
                    next[k] -= b * c[m] / (c[j] - c[m]);
                    next[k + 1] += b / (c[j] - c[m]);
                }
                basis = next;
            }
            for i in 0..S {
                let power = |(k, b): (usize, &f64)| b * c[i].powi(k as i32 + 1) / (k + 1) as f64;
                a[i][j] = basis.iter().enumerate().map(power).sum();
            }
        }
        a
    }

    fn product<const S: usize>(a: &[[f64; S]; S], b: &[[f64; S]; S]) -> [[f64; S]; S] {
        let entry = |i: usize, j: usize| (0..S).map(|k| a[i][k] * b[k][j]).sum();
        std::array::from_fn(|i| std::array::from_fn(|j| entry(i, j)))
    }

    /// `A T Λ = T`, `T⁻¹ T = 1`: what the transformation is, without an inverse in the test.
    fn check<const S: usize>(method: &Collocation<S>) {
        let Collocation { c, t, t_inverse, gamma, pair: (alpha, beta) } = method;
        let mut lambda = [[0.0; S]; S];
        let p = S - 2;
        if S == 3 {
            lambda[0][0] = *gamma;
        }
        lambda[p][p] = *alpha;
        lambda[p][p + 1] = -beta;
        lambda[p + 1][p] = *beta;
        lambda[p + 1][p + 1] = *alpha;
        let back = product(&product(&matrix(c), t), &lambda);
        let one = product(t_inverse, t);
        for i in 0..S {
            for j in 0..S {
                assert!((back[i][j] - t[i][j]).abs() < 3e-15, "A T Λ at {i}, {j}");
                let identity = f64::from(u8::from(i == j));
                assert!((one[i][j] - identity).abs() < 3e-15, "T⁻¹ T at {i}, {j}");
            }
        }
    }

    #[test]
    fn the_transformation_makes_blocks_of_the_inverse() {
        check(&RADAU);
        check(&GAUSS4.basis);
        check(&GAUSS6.basis);
    }

    fn check_gauss<const S: usize>(method: &Gauss<S>) {
        let Gauss { basis, b, divisor, skew, root, d } = method;
        let collocation = matrix(&basis.c);
        let a = |i: usize, j: usize| 0.5 * b[j] / divisor + root * skew[i][j];
        for i in 0..S {
            for j in 0..S {
                assert!((a(i, j) - collocation[i][j]).abs() < 1e-15, "a at {i}, {j}");
                // Symplectic: bᵢ aᵢⱼ + bⱼ aⱼᵢ = bᵢ bⱼ.
                assert_eq!(b[i] * skew[i][j] + b[j] * skew[j][i], 0.0);
            }
            let row: f64 = (0..S).map(|j| d[j] * a(j, i)).sum();
            assert!((row - b[i] / divisor).abs() < 1e-15, "d A = b");
        }
        // Exact for polynomials of degree 2 S - 1.
        for k in 0..2 * S as i32 {
            let sum: f64 = (0..S).map(|i| b[i] * basis.c[i].powi(k)).sum();
            assert!((sum / divisor - 1.0 / f64::from(k + 1)).abs() < 4e-16);
        }
    }

    #[test]
    fn the_gauss_methods_are_symplectic_and_of_order_2_s() {
        check_gauss(&GAUSS4);
        check_gauss(&GAUSS6);
    }

    /// The nodes are the zeros of the polynomials of the literature.
    #[test]
    fn the_nodes_are_those_of_the_quadrature() {
        for c in RADAU.c {
            // d²/dx² (x² (x - 1)³) = 2 (x - 1) (10 x² - 8 x + 1)
            assert!(((c - 1.0) * (10.0 * c * c - 8.0 * c + 1.0)).abs() < 1e-15);
        }
    }
}
