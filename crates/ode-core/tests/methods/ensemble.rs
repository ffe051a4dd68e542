//! An ensemble gives what its members give by themselves, to the bit, however it is computed.

use crate::erased::erased;
use crate::method_matrix::{Claim, Visitor, every};
use core::fmt::Debug;
use ode_core::{
    Cancel, Components, Controller, Domain, Ensemble, ErrorKind, ExplicitRk, Member, Norm, Options,
    Save, Solution, SolveError, StepSize, Trajectories, Tsit5, Vern7, solve,
};
use scalar::{Lanes, Scalar};
use std::sync::Mutex;
use system::{Buffer, Failure, FromFn, Rhs};
use testset::models::{Lorenz63, LotkaVolterra};

type Outcome = Result<Solution, SolveError>;

/// The same member by `solve`.
fn alone<F, M, B>(rhs: F, member: &Member<B>, method: M, options: &Options) -> Outcome
where
    F: Rhs<f64>,
    M: ExplicitRk,
    B: Buffer<Item = f64>,
{
    let Member { u0, p, tspan, save_at } = member;
    let mut options = options.clone();
    if let Some(times) = save_at {
        options.save = Save::At(times.clone());
    }
    let problem = erased(rhs, u0.clone(), &p[..], *tspan).unwrap();
    solve(&problem, method, &options)
}

fn bits(u: &[f64]) -> Vec<u64> {
    u.iter().map(|u| u.to_bits()).collect()
}

/// Everything that a solution holds, wall time aside.
fn assert_same(found: &Solution, expected: &Solution, what: &str) {
    assert_eq!(found.names(), expected.names(), "{what}");
    assert_eq!(found.stats(), expected.stats(), "{what}");
    assert_eq!(bits(found.times()), bits(expected.times()), "{what}");
    for i in 0..expected.len() {
        assert_eq!(bits(found.state(i)), bits(expected.state(i)), "{what}, point {i}");
    }
    if let (Some(t0), Some(t1)) = (expected.times().first(), expected.times().last()) {
        for theta in [0.1, 0.37, 0.9] {
            let t = t0 + theta * (t1 - t0);
            match (found.at(t), expected.at(t)) {
                (Ok(found), Ok(expected)) => assert_eq!(bits(&found), bits(&expected), "{what}"),
                (found, expected) => assert_eq!(found, expected, "{what}"),
            }
        }
    }
}

fn assert_same_outcome(found: &Outcome, expected: &Outcome, what: &str) {
    match (found, expected) {
        (Ok(found), Ok(expected)) => assert_same(found, expected, what),
        (Err(found), Err(expected)) => {
            assert_eq!(found.error(), expected.error(), "{what}");
            assert_same(found.partial(), expected.partial(), what);
        }
        _ => panic!("{what}: {found:?}, {expected:?}"),
    }
}

/// Predators and prey, no two members alike: parameters, states, spans forwards and backwards,
/// save times.
fn members<B>(count: usize, u0: impl Fn([f64; 2]) -> B) -> Vec<Member<B>> {
    let member = |i: usize| {
        let x = i as f64;
        let u0 = u0([1.0 + 0.1 * x, 1.0 / (1.0 + x)]);
        let p = [1.5 + 0.01 * x, 1.0, 3.0 - 0.02 * x, 1.0];
        let end = 1.0 + 0.37 * (i % 7) as f64;
        match i % 4 {
            0 => Member::new(u0, p, (0.0, end)),
            1 => Member::new(u0, p, (end, -0.5)),
            2 => Member::new(u0, p, (0.0, end)).save_at([0.0, 0.25 * end, 0.5 * end, end]),
            _ => Member::new(u0, p, (0.5, -end)).save_at([0.4, 0.3, -0.99 * end]),
        }
    };
    (0..count).map(member).collect()
}

/// Compares an ensemble's outcomes with those of `solve`.
fn assert_as_alone<M: ExplicitRk + Debug, B: Buffer<Item = f64>>(
    found: Trajectories,
    method: M,
    members: &[Member<B>],
    options: &Options,
) {
    assert_eq!(found.len(), members.len());
    for (i, (found, member)) in found.into_iter().zip(members).enumerate() {
        let expected = alone(LotkaVolterra, member, method.clone(), options);
        assert_same_outcome(&found, &expected, &format!("{method:?}, member {i}"));
    }
}

struct EveryMethod;

impl Visitor for EveryMethod {
    fn visit<M: ExplicitRk + Copy + Debug + Sync>(&mut self, method: M, _: Claim) {
        let adaptive = !M::TABLEAU.e.is_empty();
        let step = if adaptive { StepSize::Auto } else { StepSize::Fixed(0.04) };
        let members = members(21, |u| u);
        for save in [Save::Last, Save::Dense, Save::Steps, Save::At(vec![])] {
            let options = Options { step, save, rtol: 1e-5, ..Options::default() };
            let found = Ensemble::new(&LotkaVolterra, &members).solve(method, &options);
            assert!(found.solutions().count() > 10);
            assert_as_alone(found, method, &members, &options);
        }
    }
}

#[test]
fn every_method_gives_the_bits_of_solve() {
    every(&mut EveryMethod);
}

#[test]
fn every_width_and_storage_gives_the_bits_of_solve() {
    // Members at different times of a step: some save, some end, some are rejected.
    let options = Options { save: Save::Steps, ..Options::default() };
    for count in [0, 1, 7, 8, 9, 70] {
        let members = members(count, Vec::from);
        let ensemble = || Ensemble::new(&LotkaVolterra, &members);
        assert_as_alone(ensemble().solve(Tsit5, &options), Tsit5, &members, &options);
        assert_as_alone(ensemble().lanes::<1>().solve(Tsit5, &options), Tsit5, &members, &options);
        assert_as_alone(ensemble().lanes::<3>().solve(Tsit5, &options), Tsit5, &members, &options);
        assert_as_alone(ensemble().lanes::<65>().solve(Tsit5, &options), Tsit5, &members, &options);
        assert_as_alone(ensemble().one_by_one().solve(Tsit5, &options), Tsit5, &members, &options);
        let generated = Ensemble::generate(&LotkaVolterra, count, |i| members[i].clone());
        assert_as_alone(generated.lanes::<4>().solve(Tsit5, &options), Tsit5, &members, &options);
    }
}

#[test]
fn every_option_is_honoured() {
    let usual = || Options { save: Save::At(vec![]), ..Options::default() };
    let all = [
        Options { dt_max: 0.05, ..usual() },
        Options { dt_min: 0.05, rtol: 1e-4, ..usual() },
        Options { dt_min: 0.2, rtol: 1e-9, ..usual() },
        Options { step: StepSize::Initial(0.5), save: Save::Steps, ..usual() },
        Options { step: StepSize::Fixed(0.03), save: Save::Dense, ..usual() },
        Options { max_steps: 12, ..usual() },
        Options { max_steps: 0, ..usual() },
        Options { rtol_each: vec![1e-3, 1e-8], ..usual() },
        Options { atol_each: vec![1e-3, 1e-12], ..usual() },
        Options { atol_each: vec![1e-3], ..usual() },
        Options { rtol: -1.0, ..usual() },
        Options { controller: Controller::PID, ..usual() },
        Options { controller: Controller { safety: 0.8, ..Controller::I }, ..usual() },
        Options { stops: vec![0.1, 0.9], ..usual() },
        Options { norm: Norm::Max, ..usual() },
        Options { domain: Domain::Within(vec![(0.0, 3.0); 2]), save: Save::Last, ..usual() },
        Options { components: Components::Only(vec![1]), save: Save::Last, ..usual() },
        Options { max_time: Some(std::time::Duration::from_secs(60)), ..usual() },
        Options { save: Save::At(vec![0.2, 0.1]), ..usual() },
    ];
    let members = members(20, |u| u);
    for options in all {
        let found = Ensemble::new(&LotkaVolterra, &members).solve(Tsit5, &options);
        assert_as_alone(found, Tsit5, &members, &options);
    }
}

/// Blows up at `t = 1 / u0`, refuses nothing; and NaN where `p` is negative.
fn trouble() -> Vec<Member<Vec<f64>>> {
    let mut members: Vec<_> =
        (0..30).map(|i| Member::new(vec![0.01 * f64::from(i), 1.0], P, (0.0, 2.0))).collect();
    members[3].p[2] = f64::NAN;
    members[5].p.pop();
    members[8].u0.push(1.0);
    members[9].u0[0] = f64::INFINITY;
    members[13].tspan = (0.0, 0.0);
    members[14].tspan = (f64::NAN, 1.0);
    members[17].save_at = Some(vec![1.0, 3.0]);
    members[20].u0 = vec![-1e300, 1e300]; // not finite at once
    members[21].p = vec![1e3, -1.0, 1.0, 1.0]; // blows up
    members
}

const P: [f64; 4] = [1.5, 1.0, 3.0, 1.0];

#[test]
fn failing_members_are_reported_by_index_and_cost_nobody_else() {
    let (members, options) = (trouble(), Options { save: Save::Last, ..Options::default() });
    let all = Ensemble::new(&LotkaVolterra, &members).solve(Tsit5, &options);
    let bad = [3, 5, 8, 9, 13, 14, 17, 20, 21];
    assert_eq!(all.failures().map(|(i, _)| i).collect::<Vec<_>>(), bad);
    assert_eq!(all.solutions().count(), members.len() - bad.len());
    let kind = |i: usize| all.get(i).unwrap().unwrap_err().kind().clone();
    assert_eq!(kind(3), ErrorKind::NotFinite { what: "p", index: 2 });
    assert_eq!(kind(5), ErrorKind::Dimension { what: "p", expected: 4, found: 3 });
    assert_eq!(kind(8), ErrorKind::Dimension { what: "u0", expected: 2, found: 3 });
    assert_eq!(kind(9), ErrorKind::NotFinite { what: "u0", index: 0 });
    assert_eq!(kind(13), ErrorKind::TimeSpan { t0: 0.0, t1: 0.0 });
    assert!(matches!(kind(14), ErrorKind::TimeSpan { .. }));
    assert!(matches!(kind(17), ErrorKind::Times { what: "save", index: 1, .. }));
    assert!(matches!(kind(20), ErrorKind::NonFinite { t: 0.0, .. }), "{:?}", kind(20));
    let blown_up = alone(LotkaVolterra, &members[21], Tsit5, &options).unwrap_err();
    assert_eq!(all.get(21).unwrap().unwrap_err().error(), blown_up.error());
    for (i, solution) in all.solutions() {
        let expected = alone(LotkaVolterra, &members[i], Tsit5, &options).unwrap();
        assert_same(solution, &expected, &format!("member {i}"));
    }
    assert!(all.get(members.len()).is_none());
    assert!(all.stats().accepted > 100);
    assert_eq!(all.iter().filter(|outcome| outcome.is_ok()).count(), all.solutions().count());
}

#[test]
fn a_right_hand_side_that_refuses_is_asked_member_by_member() {
    /// `u' = -√u`, in one lane or many; refuses below a tenth of the parameter.
    #[derive(Clone, Copy, Debug)]
    struct Refuses;
    impl Rhs<f64> for Refuses {
        fn states(&self) -> usize {
            1
        }
        fn params(&self) -> Option<usize> {
            None
        }
        fn eval(&self, _: f64, u: &[f64], p: &[f64], du: &mut [f64]) -> Result<(), Failure> {
            du[0] = -u[0].sqrt();
            if u[0] < 0.1 * p[0] { Err(Failure::Recoverable) } else { Ok(()) }
        }
    }
    impl Rhs<Lanes<8>> for Refuses {
        fn states(&self) -> usize {
            1
        }
        fn params(&self) -> Option<usize> {
            None
        }
        fn eval(
            &self,
            _: Lanes<8>,
            u: &[Lanes<8>],
            p: &[Lanes<8>],
            du: &mut [Lanes<8>],
        ) -> Result<(), Failure> {
            du[0] = -u[0].sqrt();
            let refuses = (0..8).any(|i| u[0].0[i] < 0.1 * p[0].0[i]);
            if refuses { Err(Failure::Recoverable) } else { Ok(()) }
        }
    }
    // u = (1 - t/2)² falls below p / 10 before t = 1 for p > 2.5.
    let member = |i: usize| {
        let mut p = vec![0.3 * i as f64];
        p.resize(1 + i % 2, 0.0); // a number of parameters that nobody prescribes
        Member::new([1.0], p, (0.0, 1.0))
    };
    let members: Vec<_> = (0..20).map(member).collect();
    let options = Options::default();
    let all = Ensemble::new(&Refuses, &members).solve(Vern7, &options);
    assert_eq!(all.failures().map(|(i, _)| i).min(), Some(9));
    for (i, found) in all.into_iter().enumerate() {
        let expected = alone(Refuses, &members[i], Vern7, &options);
        assert_same_outcome(&found, &expected, &format!("member {i}"));
    }
}

#[test]
fn closures_are_solved_one_by_one() {
    let decay =
        FromFn::new(1, |_t: f64, u: &[f64], p: &[f64], du: &mut [f64]| du[0] = -p[0] * u[0]);
    let members: Vec<_> = (0..20).map(|i| Member::new([1.0], [f64::from(i)], (0.0, 1.0))).collect();
    let options = Options { save: Save::Last, ..Options::default() };
    let all = Ensemble::new(&decay, &members).one_by_one().solve(Tsit5, &options);
    for (i, solution) in all.solutions() {
        assert!((solution.last()[0] - (-(i as f64)).exp()).abs() < 1e-6);
    }
    assert_eq!(all.solutions().count(), 20);
}

#[test]
fn a_cancelled_ensemble_says_so_for_every_member() {
    let cancel = Cancel::default();
    cancel.cancel();
    let options = Options { cancel: Some(cancel), ..Options::default() };
    let members = members(10, |u| u);
    let all = Ensemble::new(&LotkaVolterra, &members).solve(Tsit5, &options);
    let cancelled = |error: &SolveError| matches!(error.kind(), ErrorKind::Cancelled { .. });
    assert_eq!(all.failures().filter(|(_, error)| cancelled(error)).count(), 10);
}

#[test]
fn progress_grows_to_the_total() {
    let calls = Mutex::new(Vec::new());
    let members = members(300, |u| u);
    let ensemble = Ensemble::new(&LotkaVolterra, &members)
        .on_progress(|done, total| calls.lock().unwrap().push((done, total)));
    let options = Options { save: Save::Last, ..Options::default() };
    for _ in 0..2 {
        let all = ensemble.solve(Tsit5, &options);
        assert_eq!(all.len(), 300);
        let calls = std::mem::take(&mut *calls.lock().unwrap());
        assert!(calls.len() > 10 && calls.is_sorted(), "{calls:?}");
        assert!(calls.iter().all(|&(_, total)| total == 300));
        assert_eq!(calls.last(), Some(&(300, 300)));
    }
}

#[test]
fn chaos_tells_of_the_slightest_difference() {
    let member =
        |i: usize| Member::new([1.0, 0.0, 1e-9 * i as f64], [10.0, 28.0, 8.0 / 3.0], (0.0, 40.0));
    let options = Options { save: Save::Last, ..Options::default() };
    let all = Ensemble::generate(&Lorenz63, 50, member).solve(Tsit5, &options);
    for (i, solution) in all.solutions() {
        let expected = alone(Lorenz63, &member(i), Tsit5, &options).unwrap();
        assert_same(solution, &expected, &format!("member {i}"));
    }
    assert_eq!(all.solutions().count(), 50);
}
