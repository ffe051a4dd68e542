//! One Dormand–Prince step of the Lorenz system, by every kind of storage.

use crate::SUITE;
use crate::hand_written::HandWritten;
use benches::{Contender, Record, Recorder, interleave};
use ode_core::{Algorithm, Dp5, ErrorNorm, Options, Step};
use scalar::Scalar;
use std::hint::black_box;
use std::io;
use system::Buffer;

system::system! {
    struct Lorenz;
    state { x, y, z }
    params { sigma, rho, beta }
    rhs(_t) {
        d(x) = sigma * (y - x);
        d(y) = x * (rho - z) - y;
        d(z) = x * y - beta * z;
    }
}

const U: [f64; 3] = [1.0, 2.0, 20.0];
const P: [f64; 3] = [10.0, 28.0, 8.0 / 3.0];
const DT: f64 = 1e-3;

/// The method's step, with everything that an integrator asks of it except the norm.
fn steps<B>(norm: &ErrorNorm<'_>, u: B, p: [B::Item; 3]) -> impl FnMut(usize) -> f64
where
    B: Buffer<Item: scalar::Concrete>,
    Dp5: Algorithm<Lorenz, B>,
{
    let mut norm = norm.clone();
    let mut cache = Dp5.cache(&Lorenz, &u);
    let (mut u, mut u_next, mut error) = (u.clone(), u.zeros(), u.zeros());
    let begun = Dp5.begin(&Lorenz, 0.0, &u, &p, &mut cache);
    assert!(begun.is_ok());
    move |n| {
        let mut ok = true;
        for _ in 0..n {
            let mut step = Step {
                t: 0.0,
                dt: black_box(DT),
                t_first: 0.0,
                t_last: DT,
                u: &u,
                p: &p,
                u_next: &mut u_next,
                error: &mut error,
            };
            ok &= Dp5.attempt(&Lorenz, &mut step, &mut norm, &mut cache).is_ok();
            ok &= Dp5.accept(&Lorenz, &mut step, &mut cache).is_ok();
            Dp5.advance(&mut cache);
            std::mem::swap(&mut u, &mut u_next);
            black_box(&mut error);
        }
        f64::from(u8::from(ok))
    }
}

/// Measures a step of the hand-written loop and of the method by every kind of storage.
pub(crate) fn one_step(recorder: &mut Recorder, repeats: usize) -> io::Result<()> {
    let mut by_hand = HandWritten::new(U, black_box(P));
    let options = Options::default();
    let norm = ErrorNorm::new(&options, U.len()).map_err(io::Error::other)?;
    let mut fixed = steps(&norm, U, black_box(P));
    let mut dynamic = steps(&norm, U.to_vec(), black_box(P));
    let mut lanes = steps(
        &norm,
        U.map(scalar::Lanes::<4>::from_f64),
        black_box(P).map(scalar::Lanes::<4>::from_f64),
    );
    let mut duals = steps(
        &norm,
        U.map(scalar::Dual::<f64, 4>::from_f64),
        black_box(P).map(scalar::Dual::<f64, 4>::from_f64),
    );
    let settings = ["[f64; 3]", "[f64; 3]", "Vec<f64>", "[Lanes<4>; 3]", "[Dual<f64, 4>; 3]"];
    let mut contenders = [
        Contender::new(|n| {
            for _ in 0..n {
                black_box(by_hand.step(black_box(DT)));
            }
        }),
        Contender::new(|n| _ = black_box(fixed(n))),
        Contender::new(|n| _ = black_box(dynamic(n))),
        Contender::new(|n| _ = black_box(lanes(n))),
        Contender::new(|n| _ = black_box(duals(n))),
    ];
    let seconds = interleave(&mut contenders, repeats);
    for (i, (setting, &seconds)) in settings.iter().zip(&seconds).enumerate() {
        recorder.write(&Record {
            suite: SUITE,
            who: if i == 0 { "by hand" } else { "sciml" },
            problem: "Lorenz, one step",
            method: "Dp5",
            setting,
            error: 0.0,
            seconds,
        })?;
    }
    recorder.remark(&format!("fixed buffers / by hand: {:.3}", seconds[1] / seconds[0]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ode_core::{OdeProblem, Options, Save, StepSize, solve};

    #[test]
    fn both_take_the_same_steps() {
        let mut by_hand = HandWritten::new(U, P);
        for _ in 0..128 {
            by_hand.step(1.0 / 1024.0);
        }
        let problem = OdeProblem::new(Lorenz, U, P, (0.0, 0.125)).unwrap();
        let step = StepSize::Fixed(1.0 / 1024.0);
        let options = Options { step, save: Save::Last, ..Options::default() };
        let solution = solve(&problem, Dp5, &options).unwrap();
        assert_eq!(solution.stats().accepted, 128);
        for (u, v) in by_hand.u.iter().zip(solution.last()) {
            assert!((u - v).abs() <= 1e-12 * u.abs(), "{u} {v}");
        }
    }
}
