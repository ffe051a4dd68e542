//! The report for programs.

use crate::forecast::Forecast;
use serde_json::{Map, Value, json};

/// `{"equations", "train", "forecast", "seconds", "seed", …}`.
pub(crate) fn report(
    equations: &[String],
    forecasts: &[&Forecast],
    seconds: &[(&'static str, f64)],
    seed: u64,
    extra: Value,
) -> Value {
    let scores = |score: fn(&Forecast) -> Option<f64>| -> Map<String, Value> {
        let entry = |f: &&Forecast| (f.name.to_string(), json!({ "rmse_log": score(f) }));
        forecasts.iter().map(entry).collect()
    };
    let seconds: Map<String, Value> =
        seconds.iter().map(|(name, s)| ((*name).to_string(), json!(s))).collect();
    let mut report = json!({
        "equations": equations,
        "train": scores(|f| f.train),
        "forecast": scores(|f| f.test),
        "seconds": seconds,
        "seed": seed,
    });
    if let (Value::Object(report), Value::Object(extra)) = (&mut report, extra) {
        report.extend(extra);
    }
    report
}
