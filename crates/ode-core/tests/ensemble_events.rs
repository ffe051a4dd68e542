//! Ensembles whose members have events.

use ode_core::{
    Direction, Ensemble, ErrorKind, Events, Member, OdeProblem, Options, Root, Save, Trajectories,
    Tsit5, solve_with,
};

system::system! {
    struct Ball;
    state { height, speed }
    params { gravity }
    rhs(_t) {
        d(height) = speed;
        d(speed) = -gravity;
    }
}

/// Balls that keep `(i + 1) / 20` of their speed.
fn bounce<'a>(i: usize) -> Events<'a> {
    let kept = (i + 1) as f64 / 20.0;
    let ground = Root::new("ground", |_, u: &[f64], _| u[0])
        .direction(Direction::Falling)
        .effect(move |at| at.u[1] *= -kept);
    Events::new().with(ground)
}

fn members() -> Vec<Member<[f64; 2]>> {
    (0..12).map(|i| Member::new([1.0 + i as f64, 0.0], [9.81], (0.0, 2.0))).collect()
}

fn check(all: &Trajectories, options: &Options) {
    for (i, member) in members().iter().enumerate() {
        let problem = OdeProblem::new(Ball, member.u0, &member.p[..], member.tspan).unwrap();
        let alone = solve_with(&problem, Tsit5, options, &mut bounce(i));
        match (all.get(i).unwrap(), &alone) {
            (Ok(found), Ok(alone)) => {
                assert_eq!(found.events(), alone.events());
                assert!(found.iter().eq(alone.iter()), "member {i}");
                // The first fall ends at √(2 h / g).
                let first = (2.0 * member.u0[0] / 9.81).sqrt();
                if first < 2.0 {
                    assert!((found.events()[0].t - first).abs() < 1e-10, "member {i}");
                }
            }
            (Err(found), Err(alone)) => assert_eq!(found.error(), alone.error()),
            (found, alone) => panic!("member {i}: {found:?} and {alone:?}"),
        }
    }
}

#[test]
fn each_member_has_events_of_its_own() {
    for save in [Save::Dense, Save::Last, Save::At(vec![0.5, 1.5])] {
        let options = Options { save, ..Options::default() };
        let members = members();
        let ensemble = || Ensemble::new(&Ball, &members).events(bounce);
        check(&ensemble().solve(Tsit5, &options), &options);
        check(&ensemble().lanes::<4>().solve(Tsit5, &options), &options);
        check(&ensemble().one_by_one().solve(Tsit5, &options), &options);
    }
}

#[test]
fn events_that_accumulate_cost_only_their_member() {
    let members = members();
    let options = Options::default();
    let all = Ensemble::new(&Ball, &members).events(bounce).solve(Tsit5, &options);
    let failed: Vec<usize> = all.failures().map(|(i, _)| i).collect();
    assert!(failed.contains(&0) && !failed.contains(&11), "{failed:?}");
    let kinds: Vec<&ErrorKind> = all.failures().map(|(_, error)| error.kind()).collect();
    assert!(kinds.iter().all(|kind| matches!(kind, ErrorKind::EventsAccumulate { .. })));
}
