//! Rosenbrock methods in lanes: every member gets the bits that `solve` gives it.

use ode_core::{
    Abreast, Bundled, Ensemble, ErrorKind, Member, OdeProblem, Options, Save, Solution, SolveError,
    StepSize, solve,
};
use ode_stiff::{Rodas4, Rodas4P, Rodas5P, Ros3P, Rosenbrock23};
use scalar::{Lanes, Scalar};
use system::{Jacobian, Mass, WithMass, system};
use testset::models::{Hires, Robertson, RobertsonDae};

const W: usize = 8;

type Outcome = Result<Solution, SolveError>;

fn alone<F, M, B>(rhs: &F, member: &Member<B>, method: M, options: &Options) -> Outcome
where
    F: Jacobian<f64> + Clone,
    M: ode_core::Algorithm<F, B>,
    B: Bundled,
{
    let Member { u0, p, tspan, save_at } = member;
    let mut options = options.clone();
    if let Some(times) = save_at {
        options.save = Save::At(times.clone());
    }
    let problem = OdeProblem::over(rhs.clone(), u0.clone(), &p[..], *tspan).unwrap();
    solve(&problem, method, &options)
}

/// Compares lanes with `solve`; how many members were solved without failure.
fn compare<F, M, B>(rhs: &F, members: &[Member<B>], method: M, options: &Options) -> usize
where
    F: Jacobian<f64> + Jacobian<Lanes<W>> + Clone + Sync,
    M: Abreast<F, B, W> + Sync,
    B: Bundled + Send + Sync,
{
    let lanes = Ensemble::new(rhs, members).solve(method.clone(), options);
    assert_eq!(lanes.len(), members.len());
    let mut solved = 0;
    for (i, (found, member)) in lanes.into_iter().zip(members).enumerate() {
        let what = format!("{}, member {i}", method.name());
        match (found, alone(rhs, member, method.clone(), options)) {
            (Ok(found), Ok(expected)) => {
                solved += 1;
                assert_same(&found, &expected, &what);
            }
            (Err(found), Err(expected)) => {
                assert_eq!(found.error(), expected.error(), "{what}");
                assert_same(found.partial(), expected.partial(), &what);
            }
            (found, expected) => panic!("{what}: {found:?}, {expected:?}"),
        }
    }
    solved
}

fn assert_same(found: &Solution, expected: &Solution, what: &str) {
    let bits = |u: &[f64]| -> Vec<u64> { u.iter().map(|u| u.to_bits()).collect() };
    assert_eq!(found.stats(), expected.stats(), "{what}");
    assert_eq!(bits(found.times()), bits(expected.times()), "{what}");
    for i in 0..expected.len() {
        assert_eq!(bits(found.state(i)), bits(expected.state(i)), "{what}, point {i}");
    }
    if let Ok(expected) = expected.at(0.3) {
        assert_eq!(bits(&found.at(0.3).unwrap()), bits(&expected), "{what}");
    }
}

/// Reactions with rates between a third and three times Robertson's.
fn robertson(count: usize) -> Vec<Member<[f64; 3]>> {
    let member = |i: usize| {
        let factor = |k: usize| 3f64.powf(2.0 * ((i * k) as f64 * 0.618).fract() - 1.0);
        let p = [0.04 * factor(1), 3e7 * factor(3), 1e4 * factor(7)];
        Member::new([1.0, 0.0, 0.0], p, (0.0, 10f64.powi((i % 6) as i32)))
    };
    (0..count).map(member).collect()
}

#[test]
fn every_method_gives_the_bits_of_solve() {
    let members = robertson(21);
    for save in [Save::Last, Save::Dense, Save::At(vec![])] {
        let options = Options { save, rtol: 1e-5, atol: 1e-9, ..Options::default() };
        assert_eq!(compare(&Robertson, &members, Rosenbrock23, &options), 21);
        assert_eq!(compare(&Robertson, &members, Ros3P, &options), 21);
        assert_eq!(compare(&Robertson, &members, Rodas4, &options), 21);
        assert_eq!(compare(&Robertson, &members, Rodas4P, &options), 21);
        assert_eq!(compare(&Robertson, &members, Rodas5P, &options), 21);
    }
}

#[test]
fn so_does_every_number_of_members_and_every_way_to_save() {
    for count in [1, 7, 9, 40] {
        let mut members = robertson(count);
        members[count / 2].save_at = Some(vec![0.1, 0.2, 0.5, 1.0]);
        members[count / 2].tspan.1 = 1.0;
        let options = Options { save: Save::Steps, rtol: 1e-4, ..Options::default() };
        assert_eq!(compare(&Robertson, &members, Rodas5P, &options), count);
    }
}

#[test]
fn a_mass_matrix_is_shared_by_the_lanes() {
    let rhs = WithMass::new(RobertsonDae, Mass::diagonal([1.0, 1.0, 0.0])).unwrap();
    let options = Options { rtol: 1e-6, atol: 1e-10, ..Options::default() };
    assert_eq!(compare(&rhs, &robertson(12), Rodas5P, &options), 12);
}

system! {
    /// Two temperatures that follow a forcing; the rate may be anything.
    struct Forced;
    state { x, y }
    params { rate, pole }
    rhs(t) {
        d(x) = rate * (t.cos() - x);
        d(y) = rate * (x - y) + 1.0 / (t - pole);
    }
}

#[test]
fn time_counts_and_troubles_stay_where_they_are() {
    // Some members meet the pole of the right-hand side, one overflows.
    let mut members: Vec<_> = (0..19)
        .map(|i| {
            Member::new(vec![0.0, 0.0], [-10.0 * f64::from(i), 0.5 + f64::from(i % 4)], (0.0, 2.0))
        })
        .map(|mut member| {
            member.p[0] = -member.p[0];
            member
        })
        .collect();
    members[5].p[0] = 1e308;
    let options = Options { max_steps: 500, ..Options::default() };
    let solved = compare(&Forced, &members, Rodas5P, &options);
    assert!(4 < solved && solved < 15, "{solved}");
}

#[test]
fn options_are_honoured() {
    let members = robertson(10);
    let usual = || Options { save: Save::Last, ..Options::default() };
    for options in [
        Options { step: StepSize::Initial(1e-4), ..usual() },
        Options { rtol_each: vec![1e-3, 1e-5, 1e-4], ..usual() },
        Options { dt_max: 0.01, max_steps: 100, ..usual() },
        Options { stops: vec![0.5], ..usual() },
    ] {
        compare(&Robertson, &members, Rodas4, &options);
    }
}

#[derive(Clone, Copy, Debug)]
struct Chain;

/// A stiff chain of fifteen.
impl system::System for Chain {
    fn dim(&self) -> usize {
        15
    }
    fn num_params(&self) -> usize {
        1
    }
    fn rhs<S: Scalar>(&self, _t: S, u: &[S], p: &[S], du: &mut [S]) {
        for i in 0..15 {
            let before = if i == 0 { S::one() } else { u[i - 1] };
            let after = if i == 14 { S::zero() } else { u[i + 1] };
            du[i] = p[0] * (before - u[i].scale(2.0) + after) - u[i] * u[i] * u[i];
        }
    }
}

#[test]
fn larger_systems_too() {
    let hires: Vec<_> = (0..9)
        .map(|i| {
            let mut u0 = testset::problems::hires().unwrap().u0;
            u0[7] *= 1.0 + 0.1 * f64::from(i);
            Member::new(u0, [], (0.0, 100.0))
        })
        .collect();
    let options = Options { save: Save::Last, rtol: 1e-6, atol: 1e-9, ..Options::default() };
    assert_eq!(compare(&Hires, &hires, Rodas5P, &options), 9);
    let chain: Vec<_> =
        (0..9).map(|i| Member::new(vec![0.1; 15], [10f64.powi(i)], (0.0, 1.0))).collect();
    assert_eq!(compare(&Chain, &chain, Rodas5P, &options), 9);
}

#[test]
fn members_that_break_the_algebraic_equations_are_refused_by_name() {
    let rhs = WithMass::new(RobertsonDae, Mass::diagonal([1.0, 1.0, 0.0])).unwrap();
    let mut members = robertson(12);
    members[5].u0[2] = 0.5;
    let options = Options { rtol: 1e-6, atol: 1e-10, ..Options::default() };
    assert_eq!(compare(&rhs, &members, Rodas5P, &options), 11);
    let failures = Ensemble::new(&rhs, &members).solve(Rodas5P, &options);
    let (index, error) = failures.failures().next().unwrap();
    assert!(index == 5 && matches!(error.kind(), ErrorKind::Inconsistent { .. }), "{error}");
}
