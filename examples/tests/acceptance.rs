//! The main job, end to end: what `discover` promises, asserted from its `report.json`.

use serde_json::Value;
use std::path::PathBuf;
use std::process::{Command, Output};

/// The example's binary: `cargo test` builds it beside this test.
fn discover(arguments: &[&str], out: &str) -> (Output, PathBuf) {
    let mut binary = std::env::current_exe().expect("this test is a file");
    binary.pop();
    binary.pop();
    binary.push("examples");
    binary.push(format!("discover{}", std::env::consts::EXE_SUFFIX));
    assert!(binary.exists(), "{} is missing: run `cargo test`", binary.display());
    let out = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(out);
    let output = Command::new(binary).args(arguments).arg("--out").arg(&out).output();
    (output.expect("the example starts"), out)
}

fn report(arguments: &[&str], out: &str) -> (Value, String) {
    let (output, out) = discover(arguments, out);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let read = |name| std::fs::read_to_string(out.join(name)).expect("the report is written");
    (serde_json::from_str(&read("report.json")).expect("JSON"), read("report.html"))
}

/// Exactly the two missing products, within 3 % of -0.9 and 0.8; the forecast to t = 20 keeps its
/// period within 2 % and its peaks within 5 %.
#[test]
fn the_synthetic_truth_is_recovered() {
    for seed in ["1", "2"] {
        let (report, _) = report(&["--synthetic", "--seed", seed], &format!("synthetic{seed}"));
        let recovery = &report["recovery"];
        assert_eq!(recovery["exact_terms"], true, "{report:#}");
        let below = |key: &str, limit| recovery[key].as_f64().is_some_and(|x| x < limit);
        assert!(below("coefficients", 0.03) && below("period", 0.02) && below("peaks", 0.05));

        // The same from the text of the equations.
        let equations: Vec<&str> =
            report["equations"].as_array().unwrap().iter().map(|e| e.as_str().unwrap()).collect();
        assert_eq!(equations.len(), 2);
        for (equation, product) in equations.iter().zip([-0.9, 0.8]) {
            let right = equation.split(" = ").nth(1).unwrap().replace("- ", "-").replace("+ ", "");
            let words: Vec<&str> = right.split_whitespace().collect();
            assert_eq!(words.len(), 4, "two terms: {equation}");
            let place = words.iter().position(|w| *w == "prey·predator").expect("the product");
            let coefficient: f64 = words[place - 1].parse().unwrap();
            assert!((coefficient / product - 1.0).abs() < 0.03, "{equation}");
        }
    }
}

#[test]
fn the_pelts_give_a_report_and_the_same_seed_the_same_numbers() {
    let (mut first, page) = report(&[], "pelts");
    let (mut second, same_page) = report(&["--seed", "1"], "pelts-again");
    for report in [&mut first, &mut second] {
        let seconds = report.as_object_mut().unwrap().remove("seconds").expect("seconds");
        assert!(seconds.as_object().unwrap().values().all(|s| s.as_f64().unwrap() >= 0.0));
    }
    assert_eq!(first, second);
    assert_eq!(page, same_page);
    assert_eq!(first["seed"], 1);

    let score = |part: &str, model: &str| first[part][model]["rmse_log"].as_f64();
    let models = [
        "mechanistic",
        "universal ODE, no interactions",
        "universal ODE, corrected LV",
        "discovered equations",
        "neural ODE",
        "direct SINDy",
        "persistence",
        "periodic",
    ];
    for model in models {
        assert!(score("forecast", model).is_some_and(|s| s > 0.0), "{model}: {first:#}");
    }
    // Pinned: another value is another fit.
    assert!((score("train", "mechanistic").unwrap() - 0.189).abs() < 0.002);
    let forecast = |model| score("forecast", model).unwrap();
    assert!(forecast("discovered equations") < forecast("direct SINDy"));

    for part in ["Phase portrait", "Residuals", "Training", "Coefficients", "hare", "lynx", "<math"]
    {
        assert!(page.contains(part), "{part} is missing in the report");
    }
    let without_names = page.replace("http://www.w3.org/", "");
    assert!(!without_names.contains("http://") && !without_names.contains("https://"));
}

#[test]
fn bad_input_is_refused_by_name() {
    let file = |name: &str, text: &str| {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::write(&path, text).expect("a file of the test");
        path.display().to_string()
    };
    let rows: String = (0..12).map(|i| format!("{i},{},{}\n", 2 + i % 3, 1 + i % 4)).collect();
    let good = file("good.csv", &format!("t,prey,pred\n{rows}"));
    let cases: &[(&[&str], i32, &[&str])] = &[
        (&["--data", "no-such-file.csv"], 1, &["no-such-file.csv", "no such file"]),
        (&["--data", &file("empty.csv", "")], 1, &["empty.csv"]),
        (&["--data", &file("headless.csv", "0,1,2\n1,2,3\n")], 1, &["headless.csv", "header"]),
        (&["--data", &good, "--states", "prey,perd"], 1, &["`perd`", "`pred`", "--states"]),
        (&["--data", &file("word.csv", "t,a,b\n0,1,2\n1,two,3\n")], 1, &["line 3", "`a`", "two"]),
        (&["--data", &file("nan.csv", "t,a,b\n0,1,2\n1,NaN,3\n")], 1, &["line 3", "`a`"]),
        (&["--data", &file("back.csv", "t,a,b\n1,1,2\n0,1,3\n")], 1, &["line 3"]),
        (&["--data", &file("twice.csv", "t,a,b\n1,1,2\n1,1,3\n")], 1, &["line 3"]),
        (&["--data", &file("one.csv", "t,a,b\n1,1,2\n")], 1, &["one.csv", "two"]),
        (&["--data", &file("semi.csv", "t;a;b\n1;1;2\n")], 1, &["--delimiter ';'"]),
        (&["--data", &good, "--train-until", "3"], 1, &["--train-until"]),
        (&["--data", &good, "--train-until", "soon"], 2, &["--train-until"]),
        (
            &["--data", &file("zero.csv", &format!("t,prey,pred\n-1,0,1\n{rows}"))],
            1,
            &["`prey`", "positive"],
        ),
        (&["--states", "a,b"], 2, &["--data"]),
        (&["--synthetic", "--data", &good], 2, &["--synthetic"]),
        (&["--fast"], 2, &["--fast"]),
    ];
    for (arguments, code, words) in cases {
        let (output, _) = discover(arguments, "refused");
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(*code), "{arguments:?}: {text}");
        assert!(!text.contains("panicked"), "{arguments:?}: {text}");
        for word in *words {
            assert!(text.contains(word), "{arguments:?}: {word:?} is not in: {text}");
        }
    }
}
