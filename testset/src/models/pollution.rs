//! Air pollution, the largest of the small kinetics.

use scalar::Scalar;
use system::system;

system! {
    /// Air pollution by traffic: 25 reactions of 20 species (Verwer 1994; POLLU of the Bari test set).
    pub struct Pollution;
    state { y1, y2, y3, y4, y5, y6, y7, y8, y9, y10, y11, y12, y13, y14, y15, y16, y17, y18, y19, y20 }
    params {
        k1, k2, k3, k4, k5, k6, k7, k8, k9, k10, k11, k12, k13, k14, k15, k16, k17, k18, k19, k20, k21,
        k22, k23, k24, k25
    }
    rhs(_t) {
        let (r1, r2, r3, r4, r5) = (k1 * y1, k2 * y2 * y4, k3 * y5 * y2, k4 * y7, k5 * y7);
        let (r6, r7, r8, r9, r10) =
            (k6 * y7 * y6, k7 * y9, k8 * y9 * y6, k9 * y11 * y2, k10 * y11 * y1);
        let (r11, r12, r13, r14, r15) =
            (k11 * y13, k12 * y10 * y2, k13 * y14, k14 * y1 * y6, k15 * y3);
        let (r16, r17, r18, r19, r20) = (k16 * y4, k17 * y4, k18 * y16, k19 * y16, k20 * y17 * y6);
        let (r21, r22, r23, r24, r25) =
            (k21 * y19, k22 * y19, k23 * y1 * y4, k24 * y19 * y1, k25 * y20);
        d(y1) = -r1 - r10 - r14 - r23 - r24 + r2 + r3 + r9 + r11 + r12 + r22 + r25;
        d(y2) = -r2 - r3 - r9 - r12 + r1 + r21;
        d(y3) = -r15 + r1 + r17 + r19 + r22;
        d(y4) = -r2 - r16 - r17 - r23 + r15;
        d(y5) = -r3 + 2.0 * r4 + r6 + r7 + r13 + r20;
        d(y6) = -r6 - r8 - r14 - r20 + r3 + 2.0 * r18;
        d(y7) = -r4 - r5 - r6 + r13;
        d(y8) = r4 + r5 + r6 + r7;
        d(y9) = -r7 - r8;
        d(y10) = -r12 + r7 + r9;
        d(y11) = -r9 - r10 + r8 + r11;
        d(y12) = r9;
        d(y13) = -r11 + r10;
        d(y14) = -r13 + r12;
        d(y15) = r14;
        d(y16) = -r18 - r19 + r16;
        d(y17) = -r20;
        d(y18) = r20;
        d(y19) = -r21 - r22 - r24 + r23 + r25;
        d(y20) = -r25 + r24;
    }
}

impl Pollution {
    /// The sulfur in `SO₂` and `SO₄`, constant along solutions.
    pub fn sulfur<S: Scalar>(y: [S; 20]) -> S {
        y[16] + y[17]
    }

    /// The nitrogen of all species, constant along solutions.
    pub fn nitrogen<S: Scalar>(y: [S; 20]) -> S {
        let single = y[0] + y[1] + y[12] + y[14] + y[18];
        single + y[19].scale(2.0)
    }
}
