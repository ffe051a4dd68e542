//! Every file is read completely, is consistent, and bad texts are refused.

use testset::{
    AverageReference, ClosedFormSensitivity, ErrorKind, EventReference, Input, Kind, Reason,
    Reference, SensitivityReference, evaluate, index,
};

#[test]
fn every_listed_reference_has_a_reader() {
    let entries = index().unwrap();
    assert_eq!(entries.len(), 41);
    for entry in &entries {
        let name = &entry.name;
        let (loaded, title) = match entry.kind {
            Kind::Ode | Kind::DaeIndex1 => {
                let reference = Reference::load(name).unwrap();
                assert_eq!(reference.kind, entry.kind);
                (reference.name, reference.title)
            }
            Kind::Sensitivity if name.contains("grad") => {
                let reference = SensitivityReference::load(name).unwrap();
                (reference.name, reference.title)
            }
            Kind::Sensitivity => {
                let reference = ClosedFormSensitivity::load(name).unwrap();
                (reference.name, reference.title)
            }
            Kind::Event => {
                let reference = EventReference::load(name).unwrap();
                (reference.name, reference.title)
            }
            _ => {
                let reference = AverageReference::load(name).unwrap();
                (reference.name, reference.title)
            }
        };
        assert_eq!((&loaded, &title), (name, &entry.title));
    }
    let files = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/reference")).unwrap();
    let files = files.filter(|file| {
        let path = file.as_ref().unwrap().path();
        path.extension().is_some_and(|ext| ext == "json")
    });
    assert_eq!(files.count(), entries.len() + 1); // and the list itself
}

#[test]
fn initial_value_problems_are_consistent() {
    for entry in index().unwrap() {
        let Ok(reference) = Reference::load(&entry.name) else { continue };
        let times = reference.times();
        assert!(times.is_sorted_by(|a, b| a < b), "{}", entry.name);
        assert_eq!((times[0], times[times.len() - 1]), reference.tspan, "{}", entry.name);
        // The initial state is the first listed value, up to the rounding of its expression: for
        // sin(2 π k / n) that of an argument near 6, half an ulp of which is 4.4e-16.
        let rounding = if entry.name.starts_with("brusselator_1d") { 6e-16 } else { 2.3e-16 };
        let error = reference.error(0, &reference.u0).unwrap();
        assert!(error < rounding, "{}: {error}", entry.name);
        let peers = match (reference.kind, reference.name.as_str()) {
            (Kind::Ode, "ring_modulator") => 0,
            (Kind::Ode, _) => 3,
            _ => 0,
        };
        assert_eq!(reference.peer_errors.len(), peers, "{}", entry.name);
        let (t0, t1) = reference.tspan;
        assert!(reference.stops.iter().all(|&stop| t0 < stop && stop < t1), "{}", entry.name);
        assert_eq!(reference.mass_matrix_diagonal.is_some(), reference.kind == Kind::DaeIndex1);
        let unknown = ["pleiades", "ring_modulator", "beam", "medical_akzo", "brusselator_2d_n32"];
        assert_eq!(reference.f64_floor.is_none(), unknown.contains(&entry.name.as_str()));
    }
}

#[test]
fn gradients_follow_from_the_listed_sensitivities() {
    for name in ["lv_grad", "lorenz_grad_short", "rober_grad"] {
        let reference = SensitivityReference::load(name).unwrap();
        let (mut loss, mut gradient) = (0.0, vec![0.0; reference.wrt.len()]);
        for (t, data) in reference.observation_times.iter().zip(&reference.data) {
            let points = &reference.state_and_sensitivities;
            let point = points.iter().find(|point| point.t == *t).unwrap();
            for i in 0..data.len() {
                let residual = point.u[i] - data[i];
                loss += residual * residual;
                for (g, du) in gradient.iter_mut().zip(&point.du_dq[i]) {
                    *g += 2.0 * residual * du;
                }
            }
        }
        assert!((loss / reference.loss - 1.0).abs() < 1e-11, "{name}: {loss}");
        for (got, want) in gradient.iter().zip(&reference.gradient) {
            assert!((got / want - 1.0).abs() < 1e-11, "{name}: {got} {want}");
        }
        let start = &reference.state_and_sensitivities[0];
        for (j, input) in reference.wrt.iter().enumerate() {
            for i in 0..start.u.len() {
                assert_eq!(start.du_dq[i][j], f64::from(*input == Input::InitialValue(i)));
            }
        }
    }
}

#[test]
fn the_two_forms_of_robertson_agree() {
    let (ode, dae) = (Reference::load("rober").unwrap(), Reference::load("rober_dae").unwrap());
    for point in &dae.points {
        if let Some(i) = ode.times().iter().position(|&t| t == point.t) {
            assert!(ode.relative_error(i, &point.u).unwrap() < 1e-15);
        }
    }
}

#[test]
fn errors_are_scaled_by_the_largest_listed_value() {
    let lv = Reference::load("lotka_volterra").unwrap();
    let largest = lv.points.iter().fold(0.0, |m: f64, at| m.max(at.u[1]));
    let mut run: Vec<Vec<f64>> = lv.points.iter().map(|at| at.u.clone()).collect();
    run[2][1] += 0.5;
    assert_eq!(lv.scale()[1], largest);
    assert!((lv.scaled_error(&run).unwrap() - 0.5 / largest).abs() < 1e-15);
    assert!((lv.relative_error(2, &run[2]).unwrap() - 0.5 / lv.points[2].u[1]).abs() < 1e-15);
    run[1][0] = f64::NAN;
    assert!(lv.scaled_error(&run).unwrap().is_nan());
    run[1].pop();
    assert!(matches!(
        lv.scaled_error(&run).unwrap_err().kind(),
        ErrorKind::Count { expected: 2, found: 1, .. }
    ));
    assert!(matches!(
        lv.scaled_error(&run[..2]).unwrap_err().kind(),
        ErrorKind::Count { expected: 5, found: 2, .. }
    ));
    assert!(matches!(
        lv.error(5, &lv.u0).unwrap_err().kind(),
        ErrorKind::TimeIndex { index: 5, count: 5, .. }
    ));
}

#[test]
fn bad_texts_are_refused() {
    let good = include_str!("../reference/logistic.json");
    assert!(Reference::parse("x", good).is_ok());
    let refused = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        Reference::parse("x", &good.replacen(from, to, 1)).unwrap_err()
    };
    let json = |error: testset::Error| matches!(error.kind(), ErrorKind::Json { .. });
    assert!(json(refused("\"stiff\"", "\"stif\"")));
    assert!(json(refused("{", "{\n \"more\": 1,")));
    assert!(json(refused("\"20\"", "20")));
    assert!(json(Reference::parse("x", "").unwrap_err()));
    let e = refused("0.2005019666569340055223547", "0.2005x");
    assert!(matches!(e.kind(), ErrorKind::Expression { .. }), "{e}");
    let e = refused("\"0.75\"", "\"1/0\"");
    assert!(matches!(e.kind(), ErrorKind::NotFinite { .. }), "{e}");
    let e = refused("\"0.2005019666569340055223547\"", "\"0.2\", \"0.3\"");
    assert!(matches!(e.kind(), ErrorKind::Count { expected: 1, found: 2, .. }), "{e}");
    let e = refused("dy/dt =", "dx/dt =");
    assert!(matches!(e.kind(), ErrorKind::Equation { .. }), "{e}");
    // Patterns.
    let akzo = include_str!("../reference/medical_akzo.json");
    for (from, to) in [("{j-1}", "{i-1}"), ("{j-1}", "{j-"), ("{j+1}", "{j+x}")] {
        assert!(akzo.contains(from));
        let e = Reference::parse("x", &akzo.replacen(from, to, 1)).unwrap_err();
        assert!(matches!(e.kind(), ErrorKind::Index { .. }), "{e}");
    }
    // The last points have no values, and the number of names no longer fits.
    let range = "    200\n   ]";
    assert!(akzo.contains(range));
    let e = Reference::parse("x", &akzo.replacen(range, "    199\n   ]", 1)).unwrap_err();
    assert!(matches!(e.kind(), ErrorKind::Count { expected: 398, found: 400, .. }), "{e}");
    let e = Reference::load("lv_grad").unwrap_err();
    assert!(e.to_string().contains("SensitivityReference"), "{e}");
}

#[test]
fn expressions() {
    let value = |text: &str| evaluate(text, &|name| (name == "x").then_some(3.0));
    for (text, want) in [
        ("-x^2", -9.0),
        ("2^-1", 0.5),
        ("2^3^2", 512.0),
        ("1 - 2 - 3", -4.0),
        ("12/2/3*x", 6.0),
        ("-x*-x", 9.0),
        ("(x^2)^(3/2)", 27.0),
        ("1.5e-3 + 2E+2", 200.0015),
        ("sqrt(16)*cos(0)+log(exp(0))+sin(0*pi)", 4.0),
        ("step(-1)+2*step(0)+4*step(x)", 6.0),
    ] {
        assert_eq!(value(text), Ok(want), "{text}");
    }
    let reason = |text: &str| value(text).unwrap_err().reason;
    assert_eq!(reason(""), Reason::OperandExpected);
    assert_eq!(reason("1+"), Reason::OperandExpected);
    assert_eq!(reason("."), Reason::OperandExpected);
    assert_eq!(reason("(1"), Reason::ParenthesisExpected);
    assert_eq!(reason("1 2"), Reason::TrailingText);
    assert_eq!(reason("2e"), Reason::TrailingText);
    assert_eq!(reason("é"), Reason::OperandExpected);
    assert_eq!(reason("y"), Reason::UnknownName("y".into()));
    assert_eq!(reason("tan(x)"), Reason::UnknownFunction("tan".into()));
    assert_eq!(reason(&"(".repeat(100_000)), Reason::TooDeep);
    assert_eq!(reason(&"-".repeat(100_000)), Reason::TooDeep);
    assert_eq!(reason(&"2^".repeat(100_000)), Reason::TooDeep);
}
