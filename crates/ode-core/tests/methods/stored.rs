//! Solutions and checkpoints through files.

use crate::erased::{Problem, erased, erased_over};
use crate::method::{Method, Visitor, every};
use crate::method_matrix::Claim;
use ode_core::{
    Checkpoint, Components, Controller, Events, Integrator, Options, Progress, Root, Save, Saving,
    Scheduled, Solution, Stats, StepSize, Tsit5, solve, solve_with,
};
use serde_json::{Value, json};
use testset::models::{Lorenz63, LotkaVolterra};

fn lotka_volterra() -> Problem<'static, [f64; 2]> {
    erased(LotkaVolterra, [1.0, 1.0], [1.5, 1.0, 3.0, 1.0], (0.0, 10.0)).unwrap()
}

fn step_for(method: Method) -> StepSize {
    if !method.is_adaptive() { StepSize::Fixed(0.01) } else { StepSize::Auto }
}

fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|x| x.to_bits()).collect()
}

struct ThroughAFile;

impl Visitor for ThroughAFile {
    fn visit(&mut self, method: Method, _: Claim) {
        let saves = [Save::Dense, Save::Steps, Save::At(vec![0.5, 3.0]), Save::Last];
        for save in saves {
            for components in [Components::All, Components::Only(vec![1]), Components::Only(vec![])]
            {
                let step = step_for(method);
                let options =
                    Options { save: save.clone(), components, step, ..Options::default() };
                let solution = solve(&lotka_volterra(), method, &options).unwrap();
                let text = serde_json::to_string(&solution).unwrap();
                let read: Solution = serde_json::from_str(&text).unwrap();
                assert_eq!(read.method(), Some(method.name()));
                assert_eq!(read.names(), solution.names());
                assert_eq!(bits(read.times()), bits(solution.times()));
                assert_eq!(bits(read.states()), bits(solution.states()));
                assert_eq!(read.stats(), solution.stats());
                assert_eq!(read.elapsed(), solution.elapsed());
                for i in 0..=100 {
                    let t = 0.1 * f64::from(i);
                    match (read.at(t), solution.at(t)) {
                        (Ok(a), Ok(b)) => assert_eq!(bits(&a), bits(&b)),
                        (a, b) => assert_eq!(a, b),
                    }
                    assert_eq!(read.derivative(t), solution.derivative(t));
                }
                assert_eq!(read.to_string(), solution.to_string());
                assert_eq!(serde_json::to_string(&read).unwrap(), text);
            }
        }
    }
}

#[test]
fn solutions_round_trip_to_the_bit() {
    every(&mut ThroughAFile);
}

#[test]
fn settings_round_trip() {
    let controller = Controller { safety: 0.8, ..Controller::PID };
    let text = serde_json::to_string(&controller).unwrap();
    assert_eq!(serde_json::from_str::<Controller>(&text).unwrap(), controller);
    let stats = Stats { accepted: 3, rejected: 1, evaluations: 25, ..Stats::default() };
    let text = serde_json::to_string(&stats).unwrap();
    assert_eq!(serde_json::from_str::<Stats>(&text).unwrap(), stats);
    let single = erased_over(LotkaVolterra, [1f32; 2], [1.5, 1.0, 3.0, 1.0], (0.0, 1.0));
    let single = solve(&single.unwrap(), Tsit5, &Options::default()).unwrap();
    let read: Solution<f32> =
        serde_json::from_str(&serde_json::to_string(&single).unwrap()).unwrap();
    assert_eq!(read.at(0.7), single.at(0.7));
}

/// A written solution with something wrong with it is refused, not believed.
#[test]
fn damaged_solutions_are_refused() {
    let solution = solve(&lotka_volterra(), Tsit5, &Options::default()).unwrap();
    let good = serde_json::to_value(&solution).unwrap();
    let degree = 2 * 5; // five coefficients for each of two components
    type Damage = fn(&mut Value);
    let cases: &[(&str, Damage, &str)] = &[
        ("a name less", |v| drop(v["names"].as_array_mut().unwrap().pop()), "one number per name"),
        (
            "a state less",
            |v| drop(v["states"].as_array_mut().unwrap().pop()),
            "one number per name",
        ),
        ("a time less", |v| drop(v["times"].as_array_mut().unwrap().pop()), "one number per name"),
        ("no order", |v| v["times"][3] = json!(0.0), "rise nor fall"),
        ("no order at the end", |v| v["times"][7] = json!(1e9), "rise nor fall"),
        ("no steps", |v| v["interpolants"]["steps"] = json!([]), "no steps"),
        ("no length", |v| v["interpolants"]["steps"][4][1] = json!(0.0), "does not belong"),
        ("another start", |v| v["interpolants"]["steps"][4][0] = json!(-5.0), "does not belong"),
        ("no first", |v| v["interpolants"]["steps"][0][2] = json!(3), "not in order"),
        ("far", |v| v["interpolants"]["steps"][4][2] = json!(1_000_000), "not in order"),
        ("back", |v| v["interpolants"]["steps"][4][2] = json!(0), "not"),
        ("odd", |v| v["interpolants"]["steps"][4][2] = json!(41), "one coefficient"),
        ("short", |v| drop(v["interpolants"]["coefficients"].as_array_mut().unwrap().pop()), "one"),
        ("none", |v| v["interpolants"]["coefficients"] = json!([]), "not in order"),
        ("negative", |v| v["interpolants"]["steps"][4][2] = json!(-1), "invalid"),
        ("not a number", |v| v["times"][3] = json!(null), "invalid"),
        (
            "the first step only",
            |v| {
                v["interpolants"]["steps"].as_array_mut().unwrap().truncate(1);
                v["interpolants"]["coefficients"].as_array_mut().unwrap().truncate(10);
            },
            "one interpolant",
        ),
        ("missing", |v| drop(v.as_object_mut().unwrap().remove("times")), "missing"),
    ];
    assert_eq!(good["interpolants"]["steps"][4][2], json!(4 * degree));
    for (what, damage, word) in cases {
        let mut value = good.clone();
        damage(&mut value);
        let text = value.to_string();
        let error = serde_json::from_str::<Solution>(&text).map(|_| ()).unwrap_err().to_string();
        assert!(error.contains(word), "{what}: `{error}` does not mention `{word}`");
    }
    // More interpolants than steps.
    let mut value = good;
    value["times"] = json!([0.0]);
    value["states"] = json!([1.0, 1.0]);
    let error = serde_json::from_value::<Solution>(value).map(|_| ()).unwrap_err().to_string();
    assert!(error.contains("one interpolant"), "{error}");
}

/// A checkpoint goes through a file in the middle of a solve, and every step after it has the same
/// bits.
struct Resumed;

impl Visitor for Resumed {
    fn visit(&mut self, method: Method, _: Claim) {
        let p = [10.0, 28.0, 8.0 / 3.0];
        let problem = erased(Lorenz63, vec![1.0, 1.0, 1.5], p, (0.0, 3.0)).unwrap();
        let stops = vec![0.7, 1.9];
        let options = Options { step: step_for(method), stops, ..Options::default() };
        let mut whole = Integrator::new(&problem, method, &options).unwrap();
        let mut texts = vec![serde_json::to_string(&whole.checkpoint()).unwrap()];
        let mut states = vec![(0.0, whole.u().to_vec())];
        while whole.step().unwrap() != Progress::Finished {
            states.push((whole.t(), whole.u().to_vec()));
            texts.push(serde_json::to_string(&whole.checkpoint()).unwrap());
        }
        states.push((whole.t(), whole.u().to_vec()));
        for i in (0..texts.len()).step_by(1 + texts.len() / 7) {
            let checkpoint: Checkpoint = serde_json::from_str(&texts[i]).unwrap();
            assert_eq!((checkpoint.t(), checkpoint.u()), (states[i].0, &states[i].1[..]));
            let mut rest = Integrator::resume(&problem, method, &options, &checkpoint).unwrap();
            for (t, u) in &states[i + 1..] {
                rest.step().unwrap();
                assert_eq!(rest.t().to_bits(), t.to_bits(), "{method:?}");
                assert_eq!(bits(rest.u()), bits(u), "{method:?} at {t}");
            }
            assert_eq!(rest.t(), 3.0);
        }
    }
}

#[test]
fn checkpoints_resume_from_a_file_to_the_same_bits() {
    every(&mut Resumed);
}

/// With events: points of the same time, pieces between them, occurrences, tables.
#[test]
fn solutions_with_events_round_trip_to_the_bit() {
    let mut events = Events::new()
        .with(Root::new("meet", |_t, u, _p| u[0] - u[1]).rising().effect(|at| at.u[0] += 0.1))
        .with(Scheduled::new("dose", [2.0, 10.0]).effect(|at| at.u[1] *= 0.5))
        .with(Saving::new("sum", ["sum"], |_t, u, _p, row| row[0] = u[0] + u[1]));
    let options = Options::default();
    let solution = solve_with(&lotka_volterra(), Tsit5, &options, &mut events).unwrap();
    assert!(solution.events().len() > 3 && solution.times().windows(2).any(|w| w[0] == w[1]));
    let value = serde_json::to_value(&solution).unwrap();
    let read: Solution = serde_json::from_str(&value.to_string()).unwrap();
    assert_eq!(read.events(), solution.events());
    assert_eq!(read.table("sum"), solution.table("sum"));
    for i in 0..=1000 {
        let t = 0.01 * f64::from(i);
        assert_eq!(read.at(t), solution.at(t));
        assert_eq!(read.derivative(t), solution.derivative(t));
    }
    let mut damaged = value;
    damaged["log"]["tables"][0]["values"] = json!([1.0]);
    let error = serde_json::from_value::<Solution>(damaged).map(|_| ()).unwrap_err();
    assert!(error.to_string().contains("table"), "{error}");
}
