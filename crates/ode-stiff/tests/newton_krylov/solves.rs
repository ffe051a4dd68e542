//! Newton's iteration without a matrix: the answers are those of sparse factors.

use crate::torus::{Torus, distance, options};
use ode_core::{Algorithm, Integrator, OdeProblem, Progress, Solution, solve};
use ode_stiff::{
    Ark324, Bdf, KenCarp4, KenCarp5, Kvaerno3, Ndf, NewtonIteration, NewtonKrylov, Preconditioning,
    ShiftedPreconditioner,
};
use scalar::Dual;
use system::{Failure, Mass, Split, WithMass};
use testset::models::{Robertson, RobertsonDae};

const TORUS: Torus = Torus { n: 16 };

/// Solves the model by itself; exact for the diagonal.
struct Diagonal {
    inverse: Vec<f64>,
}

impl ShiftedPreconditioner for Diagonal {
    fn prepare(&mut self, c: f64, _t: f64, u: &[f64], p: &[f64]) -> Result<(), Failure> {
        for (k, inverse) in self.inverse.chunks_exact_mut(2).enumerate() {
            let [a, b] = [u[2 * k], u[2 * k + 1]];
            inverse[0] = 1.0 / (c - 2.0 * a * b + 4.4 + 4.0 * p[0]);
            inverse[1] = 1.0 / (c + a * a + 4.0 * p[0]);
        }
        Ok(())
    }
    fn apply(&mut self, r: &mut [f64]) {
        r.iter_mut().zip(&self.inverse).for_each(|(r, inverse)| *r *= inverse);
    }
}

fn kinds() -> [Preconditioning; 5] {
    [
        Preconditioning::Nothing,
        Preconditioning::Jacobi,
        Preconditioning::Ilu0,
        Preconditioning::Ilut { fill: 10, drop: 1e-3 },
        Preconditioning::custom(|n| Diagonal { inverse: vec![1.0; n] }),
    ]
}

fn check<M: NewtonIteration<Torus, Vec<f64>>>(method: M, most: f64) {
    let problem = TORUS.problem(1.0);
    let exact = solve(&problem, KenCarp5, &options(1e-10)).unwrap();
    let direct = solve(&problem, method.clone(), &options(1e-6)).unwrap();
    let of_direct = distance(direct.last(), exact.last());
    assert_eq!(direct.stats().products, 0);
    for preconditioning in kinds() {
        let krylov = NewtonKrylov { preconditioning, ..NewtonKrylov::new(method.clone()) };
        let solution = solve(&problem, krylov.clone(), &options(1e-6)).unwrap();
        let (stats, error) = (solution.stats(), distance(solution.last(), exact.last()));
        let name = solution.method().unwrap();
        let what = format!(
            "{name} {:?}: {error:e} against {of_direct:e}; {stats}",
            krylov.preconditioning
        );
        assert!(name.starts_with("NewtonKrylov "));
        assert!(error < (3.0 * of_direct).max(most), "{what}");
        assert!(stats.accepted < direct.stats().accepted * 5 / 4 + 5, "{what}");
        // Only an increment that comes after another may be too small to be solved for.
        assert!(stats.products > stats.accepted, "{what}");
        match krylov.preconditioning {
            Preconditioning::Nothing => assert_eq!((stats.jacobians, stats.factorizations), (0, 0)),
            Preconditioning::Custom(_) => assert!(stats.factorizations > 0 && stats.jacobians == 0),
            _ => assert!(stats.factorizations > 0 && stats.jacobians > 0, "{what}"),
        }
    }
}

#[test]
fn bdf_gives_the_answers_of_sparse_factors() {
    check(Bdf::default(), 1e-5);
}

#[test]
fn ndf_gives_the_answers_of_sparse_factors() {
    check(Ndf::default(), 1e-5);
}

#[test]
fn sdirk_gives_the_answers_of_sparse_factors() {
    check(KenCarp4, 1e-5);
    check(Kvaerno3, 1e-5);
}

/// Incomplete factors are worth it where diffusion is fast.
#[test]
fn preconditioners_save_products() {
    let problem = Torus { n: 24 }.problem(1.0);
    let [nothing, _, ilu0, ilut, _] = kinds();
    let products = |preconditioning| {
        let krylov = NewtonKrylov { preconditioning, ..NewtonKrylov::new(Ndf::default()) };
        solve(&problem, krylov, &options(1e-5)).unwrap().stats().products
    };
    let [nothing, ilu0, ilut] = [products(nothing), products(ilu0), products(ilut)];
    assert!(4 * ilu0 < 3 * nothing && ilut < ilu0, "{nothing}, {ilu0}, {ilut}");
}

#[test]
fn the_stiff_part_of_a_split_right_hand_side() {
    system::system! {
        struct Nothing;
        state { a, b }
        params { k }
        rhs(_t) { d(a) = 0.1 * b; d(b) = k * 1e-9 - 0.1 * a; }
    }
    system::system! {
        struct Fast;
        state { a, b }
        params { k }
        rhs(t) { d(a) = -k * (a - t.cos()); d(b) = -2.0 * k * (b - a); }
    }
    let split = Split::new(Fast, Nothing).unwrap();
    let problem = OdeProblem::new(split, [1.0, 1.0], [1e3], (0.0, 3.0)).unwrap();
    let direct = solve(&problem, Ark324, &options(1e-7)).unwrap();
    let krylov = solve(&problem, NewtonKrylov::new(Ark324), &options(1e-7)).unwrap();
    assert!(distance(direct.last(), krylov.last()) < 1e-6);
    assert!(krylov.stats().products > 0);
}

/// Twelve orders of magnitude in one system of three: units are the tolerances.
#[test]
fn badly_scaled_components() {
    let problem =
        OdeProblem::new(Robertson, [1.0, 0.0, 0.0], [0.04, 3e7, 1e4], (0.0, 1e4)).unwrap();
    let options = ode_core::Options { atol: 1e-11, ..options(1e-6) };
    let direct = solve(&problem, Ndf::default(), &options).unwrap();
    let krylov = solve(&problem, NewtonKrylov::new(Ndf::default()), &options).unwrap();
    for (a, b) in direct.last().iter().zip(krylov.last()) {
        assert!((a / b - 1.0).abs() < 1e-4, "{a} and {b}");
    }
    let dae = WithMass::new(RobertsonDae, Mass::diagonal([1.0, 1.0, 0.0])).unwrap();
    let dae = OdeProblem::new(dae, [1.0, 0.0, 0.0], problem.p().to_vec(), (0.0, 1e4)).unwrap();
    let daes = [
        solve(&dae, NewtonKrylov::new(Bdf::default()), &options).unwrap(),
        solve(&dae, NewtonKrylov::new(KenCarp4), &options).unwrap(),
    ];
    for krylov in daes {
        for (a, b) in direct.last().iter().zip(krylov.last()) {
            assert!((a / b - 1.0).abs() < 1e-4, "{a} and {b} as a DAE");
        }
    }
}

/// The derivative by the diffusion, solved for with the matrix of the values.
#[test]
fn tangents_are_those_of_the_factors() {
    type D = Dual<f64, 1>;
    let torus = Torus { n: 8 };
    let u0: Vec<D> = torus.start().into_iter().map(D::constant).collect();
    let p = [D::variable(torus.params()[0], 0)];
    let problem = OdeProblem::over(torus, u0, p, (0.0, 0.5)).unwrap();
    let tangents =
        |solution: Solution<D>| -> Vec<f64> { solution.last().iter().map(|u| u.eps[0]).collect() };
    let direct = tangents(solve(&problem, KenCarp4, &options(1e-8)).unwrap());
    let bdf = NewtonKrylov {
        preconditioning: Preconditioning::Ilu0,
        ..NewtonKrylov::new(Bdf::default())
    };
    assert!(direct.iter().any(|d| d.abs() > 1e-3));
    for krylov in [
        tangents(solve(&problem, NewtonKrylov::new(KenCarp4), &options(1e-8)).unwrap()),
        tangents(solve(&problem, bdf, &options(1e-8)).unwrap()),
    ] {
        assert!(distance(&direct, &krylov) < 1e-6, "{}", distance(&direct, &krylov));
    }
}

fn allocations<M: Algorithm<Torus, Vec<f64>>>(method: M) -> u64 {
    let (problem, options) = (TORUS.problem(10.0), options(1e-4));
    let mut integrator = Integrator::new(&problem, method, &options).unwrap();
    for _ in 0..3 {
        assert_eq!(integrator.step().unwrap(), Progress::Running);
    }
    let info = allocation_counter::measure(|| {
        for _ in 0..20 {
            integrator.step().unwrap();
        }
    });
    info.count_total
}

#[test]
fn steps_allocate_nothing() {
    for preconditioning in kinds() {
        if matches!(preconditioning, Preconditioning::Ilut { .. }) {
            continue; // its memory grows with the entries that it finds
        }
        let bdf = NewtonKrylov {
            preconditioning: preconditioning.clone(),
            ..NewtonKrylov::new(Bdf::default())
        };
        assert_eq!(allocations(bdf), 0, "{preconditioning:?}");
        let sdirk = NewtonKrylov {
            preconditioning: preconditioning.clone(),
            ..NewtonKrylov::new(KenCarp4)
        };
        assert_eq!(allocations(sdirk), 0, "{preconditioning:?}");
    }
}

/// Four times the states, four times the memory.
#[test]
fn memory_is_linear() {
    let bytes = |n: usize| {
        let problem = Torus { n }.problem(0.05);
        let info = allocation_counter::measure(|| {
            solve(&problem, NewtonKrylov::new(Ndf::default()), &options(1e-3)).unwrap();
        });
        info.bytes_max as f64
    };
    let (small, large) = (bytes(20), bytes(40));
    assert!(large < 4.1 * small, "{small} and {large} bytes");
}

#[test]
fn checkpoints_go_on_to_the_same_bits() {
    fn check<M: Algorithm<Torus, Vec<f64>>>(method: M) {
        let (problem, options) = (Torus { n: 6 }.problem(1.0), options(1e-5));
        let mut integrator = Integrator::new(&problem, method.clone(), &options).unwrap();
        for _ in 0..12 {
            integrator.step().unwrap();
        }
        let checkpoint = integrator.checkpoint();
        let mut resumed = Integrator::resume(&problem, method, &options, &checkpoint).unwrap();
        for _ in 0..12 {
            integrator.step().unwrap();
            resumed.step().unwrap();
        }
        assert_eq!((integrator.t(), integrator.u()), (resumed.t(), resumed.u()));
    }
    for preconditioning in kinds() {
        check(NewtonKrylov {
            preconditioning: preconditioning.clone(),
            ..NewtonKrylov::new(Ndf::default())
        });
        check(NewtonKrylov { preconditioning, ..NewtonKrylov::new(KenCarp4) });
    }
}
