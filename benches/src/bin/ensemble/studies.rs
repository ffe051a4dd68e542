//! What is solved: Lorenz's equations up to time 10, each member with its own ρ in [0, 28), the usual parameter sweep;
//! and Robertson's reactions up to 1e5, each member with its own three rates.

use crate::family::{Family, Study};
use crate::ours::Ours;
use crate::work_precision::Entry;
use benches::Sweep;
use ode_core::{Dop853, Dp5, Options, Tsit5, Vern6, Vern7, Vern8, Vern9};
use ode_stiff::{RadauIIA5, Rodas4, Rodas4P, Rodas5P};
use system::System;
use testset::models::Robertson;

system::system! {
    pub(crate) struct Lorenz;
    state { x, y, z }
    params { sigma, rho, beta }
    rhs(_t) {
        d(x) = sigma * (y - x);
        d(y) = x * (rho - z) - y;
        d(z) = x * y - beta * z;
    }
}

/// All of them, in the order in which they are measured.
pub(crate) const ALL: [&Study; 2] = [&LORENZ, &ROBERTSON];

pub(crate) static LORENZ: Study = Study {
    title: "Lorenz",
    model: "lorenz63_short",
    is_stiff: false,
    tspan: (0.0, 10.0),
    u0: [1.0, 0.0, 0.0],
    p: [10.0, 28.0, 8.0 / 3.0],
    sweep: Sweep { parameter: Some(1), from: 0.0, to: 28.0, count: 10_000, every: 100 },
    few: 40,
    atol: 1e-3,
    small: None,
    // Of states up to 50. Errors in the chaotic members grow by 10⁴.
    doubt: 1e-8,
    digits: &[4, 5, 6, 7, 8, 9, 10],
    rhs: |u, p, du| Lorenz.rhs(0.0, u, p, du),
    references: |family| {
        Ok([family.tight(Lorenz, Vern9, 1e-13)?, family.tight(Lorenz, Dop853, 1e-13)?])
    },
    ours: lorenz,
};

pub(crate) static ROBERTSON: Study = Study {
    title: "Robertson",
    model: "rober",
    is_stiff: true,
    tspan: (0.0, 1e5),
    u0: [1.0, 0.0, 0.0],
    p: [0.04, 3e7, 1e4],
    sweep: Sweep { parameter: None, from: 0.5, to: 1.5, count: 1000, every: 10 },
    few: 40,
    atol: 1e-8,
    small: Some(1e-8),
    doubt: 1e-10,
    digits: &[2, 3, 4, 5, 6, 7, 8, 9, 10],
    rhs: |u, p, du| Robertson.rhs(0.0, u, p, du),
    references: |family| {
        Ok([family.tight(Robertson, RadauIIA5, 1e-12)?, family.tight(Robertson, Rodas5P, 1e-12)?])
    },
    ours: robertson,
};

fn lorenz<'a>(ours: &'a Ours, family: &'a Family, options: &Options, wide: bool) -> Vec<Entry<'a>> {
    let mut all = Vec::new();
    macro_rules! enter {
        ($($method:ident)*) => {
            $(all.extend(ours.method(&Lorenz, family, $method, options, wide));)*
        };
    }
    enter! { Tsit5 Dp5 Vern6 Vern7 Dop853 Vern8 Vern9 }
    all
}

fn robertson<'a>(
    ours: &'a Ours,
    family: &'a Family,
    options: &Options,
    wide: bool,
) -> Vec<Entry<'a>> {
    let mut all = Vec::new();
    macro_rules! enter {
        ($($method:ident)*) => {
            $(all.extend(ours.method(&Robertson, family, $method, options, wide));)*
        };
    }
    enter! { Rodas4 Rodas4P Rodas5P }
    // Newton's iterations are not done in lanes.
    all.push(ours.one_by_one(&Robertson, family, RadauIIA5, options));
    all
}
