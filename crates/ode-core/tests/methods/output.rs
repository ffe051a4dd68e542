//! What a solution gives back: derivatives, points, tables, summaries, views.

use crate::erased::{Problem, erased, erased_over};
use crate::method::{Method, Visitor, every};
use crate::method_matrix::Claim;
use ode_core::{
    Components, Error, ErrorKind, Integrator, Options, Save, Solution, StepSize, Tsit5, solve,
};
use std::io;
use system::{Failure, FromFn, Rhs, System};
use testset::models::LotkaVolterra;

const P: [f64; 4] = [1.5, 1.0, 3.0, 1.0];

fn lotka_volterra() -> Problem<'static, [f64; 2]> {
    erased(LotkaVolterra, [1.0, 1.0], P, (0.0, 10.0)).unwrap()
}

fn solved(save: Save) -> Solution {
    solve(&lotka_volterra(), Tsit5, &Options { save, ..Options::default() }).unwrap()
}

/// The right-hand side, for comparison.
fn slope(u: &[f64]) -> [f64; 2] {
    let mut du = [0.0; 2];
    LotkaVolterra.rhs(0.0, u, &P, &mut du);
    du
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

/// The interpolant of order `q` has a derivative of order `q`.
struct OrderOfTheDerivative;

impl Visitor for OrderOfTheDerivative {
    fn visit(&mut self, method: Method, (_, q): Claim) {
        // u = sin(t), du = cos(t), through a model that sees both.
        let rhs = |_t: f64, u: &[f64], _p: &[f64], du: &mut [f64]| (du[0], du[1]) = (u[1], -u[0]);
        let problem = erased(FromFn::new(2, rhs), [0.0, 1.0], [], (0.0, 3.0)).unwrap();
        let error = |steps: i32| {
            let step = StepSize::Fixed(3.0 / f64::from(steps));
            let solution = solve(&problem, method, &Options { step, ..Options::default() });
            let solution = solution.unwrap();
            let worst = (0..=700).map(|i| {
                let t = 3.0 * f64::from(i) / 700.0;
                distance(&solution.derivative(t).unwrap(), &[t.cos(), -t.sin()])
            });
            worst.fold(0.0, f64::max)
        };
        let steps = if q >= 6 { 6 } else { 24 };
        let (coarse, fine) = (error(steps), error(2 * steps));
        let order = (coarse / fine).log2();
        let claim = f64::from(q);
        assert!(order > claim - 0.35, "{method:?}: order {order:.2}, not {claim}: {fine:.1e}");
        assert!(fine < 0.3, "{method:?}: {fine}");
    }
}

#[test]
fn derivatives_converge_with_the_order_of_the_interpolant() {
    every(&mut OrderOfTheDerivative);
}

/// The derivative of a solution against the right-hand side at its own states.
struct DerivativeAgainstTheModel;

impl Visitor for DerivativeAgainstTheModel {
    fn visit(&mut self, method: Method, _: Claim) {
        if !method.is_adaptive() {
            return;
        }
        for tspan in [(0.0, 10.0), (10.0, 0.0)] {
            let problem = lotka_volterra().with_tspan(tspan).unwrap();
            let options = Options { rtol: 1e-9, atol: 1e-11, ..Options::default() };
            let solution = solve(&problem, method, &options).unwrap();
            for i in 0..=1000 {
                let t = f64::from(i) / 100.0;
                let wanted = slope(&solution.at(t).unwrap());
                let found = solution.derivative(t).unwrap();
                assert!(distance(&found, &wanted) < 2e-5, "{method:?} at {t}: {found:?}");
            }
            // On the points the interpolants are tangent to the solution.
            for (t, u) in &solution {
                let found = solution.derivative(t).unwrap();
                assert!(distance(&found, &slope(u)) < 1e-9, "{method:?} at the point {t}");
            }
        }
    }
}

#[test]
fn derivatives_agree_with_the_model() {
    every(&mut DerivativeAgainstTheModel);
}

#[test]
fn an_integrator_knows_the_derivative_inside_its_last_step() {
    let (problem, options) = (lotka_volterra(), Options { rtol: 1e-9, ..Options::default() });
    let solution = solve(&problem, Tsit5, &options).unwrap();
    let mut integrator = Integrator::new(&problem, Tsit5, &options).unwrap();
    let mut du = [0.0; 2];
    let kind = integrator.interpolate_derivative(0.0, &mut du).unwrap_err().kind().clone();
    assert_eq!(kind, ErrorKind::NoStep { t: 0.0 });
    for _ in 0..20 {
        integrator.step().unwrap();
        let (a, b) = (integrator.last_step().t, integrator.t());
        for t in [a, a + 0.3 * (b - a)] {
            integrator.interpolate_derivative(t, &mut du).unwrap();
            assert_eq!(du.to_vec(), solution.derivative(t).unwrap());
            integrator.dense().unwrap().derivative(t, &mut du);
            assert_eq!(du.to_vec(), solution.derivative(t).unwrap());
        }
        integrator.interpolate_derivative(b, &mut du).unwrap();
        assert!(distance(&du, &slope(integrator.u())) < 1e-9);
        for t in [a - 1e-9, b + 1e-9, f64::NAN] {
            let error = integrator.interpolate_derivative(t, &mut du).unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::OutsideSpan { .. }), "{error}");
        }
        let error = integrator.interpolate_derivative(b, &mut [0.0; 3]).unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::Dimension { what: "du", expected: 2, found: 3 });
    }
}

#[test]
fn at_a_stop_the_derivative_is_that_of_what_follows() {
    let rhs =
        |t: f64, _u: &[f64], _p: &[f64], du: &mut [f64]| du[0] = if t < 1.0 { 2.0 } else { -3.0 };
    let problem = erased(FromFn::new(1, rhs), [0.0], [], (0.0, 2.0)).unwrap();
    let options = Options { stops: vec![1.0], ..Options::default() };
    let solution = solve(&problem, Tsit5, &options).unwrap();
    let du = |t: f64| solution.derivative(t).unwrap()[0];
    for (t, wanted) in [(0.0, 2.0), (1.0f64.next_down(), 2.0), (1.0, -3.0), (2.0, -3.0)] {
        assert!((du(t) - wanted).abs() < 1e-12, "{} at {t}", du(t));
    }
}

#[test]
fn derivatives_are_refused_where_there_are_none() {
    let dense = solved(Save::Dense);
    for t in [-1e-9, 10.0f64.next_up(), f64::NAN] {
        let error = dense.derivative(t).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::OutsideSpan { .. }), "{error}");
    }
    let error = dense.derivative_into(1.0, &mut [0.0]).unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Dimension { what: "du", expected: 2, found: 1 });
    for save in [Save::Steps, Save::At(vec![1.0, 2.0]), Save::At(vec![1.0]), Save::Last] {
        let sparse = solved(save);
        for &t in sparse.times() {
            let error = sparse.derivative(t).unwrap_err();
            assert_eq!(error.kind(), &ErrorKind::NoDerivative { t });
            assert!(error.to_string().contains("Save::Dense"), "{error}");
        }
    }
    let error = solved(Save::At(vec![])).derivative(1.0).unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::NotDense { t: 1.0 });
}

#[test]
fn a_solution_is_a_sequence_of_points() {
    let solution = solved(Save::Steps);
    let mut count = 0;
    for (i, (t, u)) in (&solution).into_iter().enumerate() {
        assert_eq!((t, u), (solution.times()[i], solution.state(i)));
        assert_eq!(u, &solution.states()[2 * i..2 * i + 2]);
        count += 1;
    }
    assert_eq!((count, solution.iter().len()), (solution.len(), solution.len()));
    let mut backwards: Vec<_> = solution.iter().rev().collect();
    backwards.reverse();
    assert_eq!(backwards, solution.iter().collect::<Vec<_>>());
    // Any mixture of ends and jumps.
    let mut points = solution.iter();
    let last = solution.len() - 1;
    assert_eq!(points.nth(3).unwrap().0, solution.times()[3]);
    assert_eq!(points.next_back().unwrap(), (10.0, solution.last()));
    assert_eq!(points.len(), last - 4);
    assert_eq!(points.clone().next_back().unwrap().0, solution.times()[last - 1]);
    assert_eq!(points.nth(usize::MAX), None);
    assert_eq!((points.len(), points.next(), points.next_back()), (0, None, None));
    assert_eq!(solution.state(last + 1), [] as [f64; 0]);
    assert_eq!(solution.component_by_name("y"), Some(solution.component(1)));
    assert_eq!(solution.component_by_name("z"), None);
    assert_eq!(solution.component(1)[7], solution.state(7)[1]);
    assert!(solution.component(2).is_empty());
}

#[test]
fn a_solution_of_no_components_still_has_its_times() {
    for save in [Save::Dense, Save::Steps, Save::At(vec![0.0, 1.0, 2.5]), Save::Last] {
        let components = Components::Only(vec![]);
        let options = Options { save: save.clone(), components, ..Options::default() };
        let solution = solve(&lotka_volterra(), Tsit5, &options).unwrap();
        let whole = solved(save);
        assert_eq!((solution.dim(), solution.times()), (0, whole.times()));
        assert!(solution.iter().all(|(_, u)| u.is_empty()));
        assert_eq!(solution.iter().len(), whole.len());
        assert_eq!(solution.iter().rev().count(), whole.len());
        assert!(solution.component(0).is_empty() && solution.last().is_empty());
        assert!(solution.state(1).is_empty());
        let t = whole.times()[whole.len() / 2];
        assert!(solution.at(t).unwrap().is_empty());
        let _ = solution.at(0.5 * t).and(solution.derivative(0.5 * t));
        let _ = (solution.to_string(), format!("{solution:?}"));
        let read = Solution::from_csv(&solution.to_csv()).unwrap();
        assert_eq!((read.dim(), read.times()), (0, whole.times()));
        assert_eq!(solution.as_nalgebra().shape(), (0, whole.len()));
        assert_eq!(solution.as_ndarray().dim(), (whole.len(), 0));
    }
}

/// Bits, where NaN is NaN.
fn bits(solution: &Solution) -> Vec<u64> {
    let canonical = |x: f64| if x.is_nan() { f64::NAN.to_bits() } else { x.to_bits() };
    solution.times().iter().chain(solution.states()).map(|x| canonical(*x)).collect()
}

#[test]
fn tables_round_trip_to_the_bit() {
    for solution in [solved(Save::Dense), solved(Save::Last), solved(Save::At(vec![]))] {
        let csv = solution.to_csv();
        let read = Solution::from_csv(&csv).unwrap();
        assert_eq!((bits(&read), read.names()), (bits(&solution), solution.names()));
        assert_eq!(read.to_csv(), csv);
        assert_eq!((read.method(), read.stats()), (None, Default::default()));
        let mut file = Vec::new();
        solution.write_csv(&mut file).unwrap();
        assert_eq!(file, csv.as_bytes());
        assert_eq!(bits(&Solution::read_csv(&file[..]).unwrap()), bits(&solution));
        // As other programs write it.
        let windows = format!("\u{feff}{}", csv.replace('\n', "\r\n"));
        assert_eq!(bits(&Solution::from_csv(&windows).unwrap()), bits(&solution));
        assert_eq!(bits(&Solution::from_csv(csv.trim_end()).unwrap()), bits(&solution));
        assert_eq!(
            bits(&Solution::from_csv(windows.trim_end_matches('\n')).unwrap()),
            bits(&solution)
        );
    }
}

#[test]
fn special_values_round_trip() {
    let csv = "t,a,b,c,d\n-0.0,NaN,inf,-inf,-0.0\n5e-324,1.7976931348623157e308,0.1,1e-7,-2.5\n";
    let read = Solution::from_csv(csv).unwrap();
    assert_eq!(read.to_csv(), csv);
    let first = read.state(0);
    assert!(first[0].is_nan() && first[1] == f64::INFINITY && first[2] == f64::NEG_INFINITY);
    assert!(first[3] == 0.0 && first[3].is_sign_negative());
    assert_eq!(read.state(1), [f64::MAX, 0.1, 1e-7, -2.5]);
    assert_eq!(read.times()[1], f64::from_bits(1));
    // A spreadsheet's spaces.
    assert_eq!(Solution::from_csv("t,a\n 1 ,\t2.5 \n").unwrap().last(), [2.5]);
    // Times may repeat, and may fall.
    let falls = Solution::from_csv("t,a\n2,1\n1,2\n1,3\n0,4\n").unwrap();
    assert_eq!((falls.len(), falls.at(2.0).unwrap()), (4, vec![1.0]));
}

#[test]
fn names_are_quoted_where_they_must_be() {
    let names = ["plain", "a,b", "say \"hi\"", "two\nlines", "cr\r", "", " spaced ", "ünï"];
    struct Named(Vec<String>);
    impl Rhs<f64> for Named {
        fn states(&self) -> usize {
            self.0.len()
        }
        fn params(&self) -> Option<usize> {
            None
        }
        fn eval(&self, _t: f64, u: &[f64], _p: &[f64], du: &mut [f64]) -> Result<(), Failure> {
            du.iter_mut().zip(u).for_each(|(du, u)| *du = -u);
            Ok(())
        }
        fn names(&self) -> Vec<String> {
            self.0.clone()
        }
    }
    let rhs = Named(names.map(String::from).to_vec());
    let problem = erased(rhs, vec![1.0; names.len()], [], (0.0, 1.0)).unwrap();
    let solution = solve(&problem, Tsit5, &Options::default()).unwrap();
    let csv = solution.to_csv();
    let header =
        "t,plain,\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",\"cr\r\",, spaced ,ünï\n0.0,1.0,";
    assert!(csv.starts_with(header), "{csv}");
    let read = Solution::from_csv(&csv).unwrap();
    assert_eq!(read.names(), names);
    assert_eq!(bits(&read), bits(&solution));
    assert!(read.component_by_name("say \"hi\"").is_some());
}

#[track_caller]
fn refused(csv: &str, at: (usize, usize), word: &str) {
    let error = Solution::from_csv(csv).unwrap_err();
    let ErrorKind::Csv { line, column, problem } = error.kind() else { panic!("{error}") };
    assert_eq!((*line, *column), at, "{error}");
    assert!(problem.contains(word), "`{problem}` does not mention `{word}`");
    let place = format!("line {line}, column {column}: ");
    assert!(error.to_string().starts_with(&place), "{error}");
}

#[test]
fn bad_tables_are_refused_by_line_and_column() {
    refused("", (1, 1), "header");
    refused("\n\n", (1, 1), "header");
    refused("time,u\n0,1\n", (1, 1), "`t`");
    refused("\nu,t\n0,1\n", (2, 1), "`t`");
    refused("t,u\n0,1\n1,abc\n", (3, 2), "\"abc\" is no number");
    refused("t,u\n0,1\n1,\n", (3, 2), "\"\" is no number");
    refused("t,u\nx,1\n", (2, 1), "\"x\" is no number");
    refused("t,u\n0,1,2\n", (2, 2), "3 fields, but the header 2");
    refused("t,u,v\n0,1\n", (2, 2), "2 fields, but the header 3");
    refused("t,u\n\n\n0,1\n\n0.5\n", (6, 1), "1 fields, but the header 2");
    refused("t,\"a\nb\",c\n0,1,x\n", (3, 3), "no number");
    refused("t,u\n0,\"1\n", (2, 2), "not closed");
    refused("t,u\n0,1\n1,\"\"\"\n2,3\n", (3, 2), "not closed");
    refused("t,u\n0,\"1\"x\n", (2, 2), "after a closing quote");
    refused("t,u\n0,1\"\n", (2, 2), "not quoted");
    refused("t,u\n0;1\n", (2, 1), "fields");
    refused("t,u\n0,1\nNaN,1\n", (3, 1), "not finite");
    refused("t,u\ninf,1\n", (2, 1), "not finite");
    refused("t,u\n0,1\n\n1,1\n0.5,1\n", (5, 1), "rise nor fall");
    refused("t,u\n1,1\n1,1\n0.5,1\n1,1\n", (5, 1), "rise nor fall");
    refused(&format!("t,u\n0,{}\n", "9x".repeat(10_000)), (2, 2), "…");
    refused("t,u\n0,1\r2\n", (2, 2), "no number");
}

#[test]
fn readers_and_writers_that_fail_say_so() {
    struct Broken;
    impl io::Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the disk is gone"))
        }
    }
    impl io::Write for Broken {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::Error::other("the disk is full"))
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let error: Error = Solution::read_csv(Broken).unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Read { reason: "the disk is gone".into() });
    assert!(matches!(
        Solution::read_csv(&b"t,u\n0,\xff\n"[..]).unwrap_err().kind(),
        ErrorKind::Read { .. }
    ));
    assert_eq!(solved(Save::Dense).write_csv(Broken).unwrap_err().to_string(), "the disk is full");
}

#[test]
fn a_summary_says_what_was_done() {
    let solution = solved(Save::Dense);
    let text = solution.to_string();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 4, "{text}");
    assert_eq!(lines[0], format!("Tsit5: {} points from t = 0 to 10", solution.len()));
    assert!(lines[1].starts_with(&format!("  {}, ", solution.stats())) && lines[1].ends_with('s'));
    assert!(lines[2].starts_with("  x  1.02") && lines[3].starts_with("  y  0.909"), "{text}");
    assert_eq!(solution.method(), Some("Tsit5"));
    let last = solved(Save::Last).to_string();
    assert!(last.starts_with("Tsit5: 1 point at t = 10\n"), "{last}");
    let none = solved(Save::At(vec![])).to_string();
    assert!(none.starts_with("Tsit5: nothing saved\n"), "{none}");
    let read = Solution::from_csv("t,first,u\n0,1,2\n0.25,-1234567.0,0.000012345678\n1e7,0,NaN\n");
    let wanted = "3 points from t = 0 to 1e7\n  first  0\n  u      NaN";
    assert_eq!(read.unwrap().to_string(), wanted);
    for (value, wanted) in [
        ("123456", "123456"),
        ("1234567", "1.23457e6"),
        ("999999.9", "1e6"),
        ("-0.1", "-0.1"),
        ("0.00012345678", "0.000123457"),
        ("0.000012345678", "1.23457e-5"),
        ("100", "100"),
        ("inf", "inf"),
        ("1e-300", "1e-300"),
        ("-0.0", "-0"),
    ] {
        let read = Solution::from_csv(&format!("t,u\n0,{value}\n")).unwrap();
        assert_eq!(read.to_string(), format!("1 point at t = 0\n  u  {wanted}"));
    }
}

#[test]
fn summaries_stay_short() {
    let n = 1000;
    let rhs = |_t: f64, u: &[f64], _p: &[f64], du: &mut [f64]| du.copy_from_slice(u);
    let problem = erased(FromFn::new(n, rhs), vec![1.0; n], [], (0.0, 1.0)).unwrap();
    let solution = solve(&problem, Tsit5, &Options::default()).unwrap();
    let text = solution.to_string();
    assert_eq!(text.lines().count(), 2 + 12 + 1, "{text}");
    assert!(text.contains("988 more"), "{text}");
    // A thousand states would take 17 000 characters.
    assert!(format!("{solution:?}").len() < 600, "{solution:?}");
    assert!(format!("{solution:#?}").lines().count() < 50);
    let options = Options { max_steps: 3, ..Options::default() };
    let error = solve(&problem, Tsit5, &options).unwrap_err();
    let debug = format!("{error:?}");
    assert!(debug.contains("MaxSteps") && debug.len() < 700, "{debug}");
}

#[test]
fn other_number_types_are_summarised_too() {
    use scalar::{Dual, Lanes};
    let problem = erased_over(LotkaVolterra, [1f32; 2], P.map(|p| p as f32), (0.0, 1.0));
    let single = solve(&problem.unwrap(), Tsit5, &Options::default()).unwrap();
    assert!(single.to_string().lines().nth(2).unwrap().len() < 14, "{single}");
    let p = P.map(Dual::<f64, 1>::constant);
    let problem = erased_over(LotkaVolterra, [Dual::variable(1.0, 0); 2], p, (0.0, 1.0));
    let dual = solve(&problem.unwrap(), Tsit5, &Options::default()).unwrap();
    assert!(dual.to_string().contains("x  Dual"), "{dual}");
    let p = P.map(|p| Lanes([p; 2]));
    let problem = erased_over(LotkaVolterra, [Lanes([1.0; 2]); 2], p, (0.0, 1.0));
    let lanes = solve(&problem.unwrap(), Tsit5, &Options::default()).unwrap();
    assert!(lanes.to_string().contains("y  Lanes"), "{lanes}");
    // And have derivatives: of the value as without tangents.
    let plain =
        solve(&lotka_volterra().with_tspan((0.0, 1.0)).unwrap(), Tsit5, &Options::default());
    let (a, b) = (lanes.derivative(0.4).unwrap(), plain.unwrap().derivative(0.4).unwrap());
    assert!(distance(&[a[0].0[1], a[1].0[0]], &b) < 1e-12);
}

#[test]
fn views_are_the_states_in_place() {
    let solution = solved(Save::Steps);
    let columns = solution.as_nalgebra();
    assert_eq!(columns.shape(), (2, solution.len()));
    let rows = solution.as_ndarray();
    assert_eq!(rows.dim(), (solution.len(), 2));
    for (i, (_, u)) in solution.iter().enumerate() {
        assert_eq!(columns.column(i).as_slice(), u);
        assert_eq!(rows.row(i).as_slice(), Some(u));
    }
    assert_eq!(columns.as_ptr(), solution.states().as_ptr());
    assert_eq!(rows.as_ptr(), solution.states().as_ptr());
    let empty = solved(Save::At(vec![]));
    assert_eq!(empty.as_nalgebra().shape(), (2, 0));
    assert_eq!(empty.as_ndarray().dim(), (0, 2));
    // A start from a nalgebra vector.
    let u0: [f64; 2] = nalgebra::Vector2::new(1.0, 1.0).into();
    let again = erased(LotkaVolterra, u0, P, (0.0, 10.0)).unwrap();
    assert_eq!(solve(&again, Tsit5, &Options::default()).unwrap().last(), solution.last());
}
