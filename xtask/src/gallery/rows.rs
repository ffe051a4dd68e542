//! The lines of a record.

use serde_json::Value;

/// One measurement, as the suites write it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row {
    pub(super) who: String,
    pub(super) problem: String,
    pub(super) method: String,
    pub(super) setting: String,
    pub(super) error: f64,
    pub(super) seconds: f64,
}

impl Row {
    /// The number behind `key=` in the setting.
    pub(super) fn number(&self, key: &str) -> Option<f64> {
        let value = |word: &str| word.strip_prefix(key)?.strip_prefix('=')?.parse().ok();
        self.setting.split_whitespace().find_map(value)
    }
}

/// Reads one JSON object a line; says which line is none.
pub(super) fn parse(text: &str) -> Result<Vec<Row>, String> {
    let row =
        |(at, line): (usize, &str)| read(line).ok_or_else(|| format!("line {at} is no record"));
    (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()).map(row).collect()
}

fn read(line: &str) -> Option<Row> {
    let value: Value = serde_json::from_str(line).ok()?;
    let text = |key: &str| value[key].as_str().map(str::to_owned);
    Some(Row {
        who: text("who")?,
        problem: text("problem")?,
        method: text("method")?,
        setting: text("setting")?,
        error: value["error"].as_f64()?,
        seconds: value["seconds"].as_f64()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_in_order() {
        let line = r#"{"suite":"ode","who":"sciml","problem":"p","method":"m","setting":"rtol=1e-4 dt=0.5","error":1e-5,"seconds":2.0}"#;
        let rows = parse(&format!("{line}\n\n{line}\n")).unwrap();
        assert_eq!(rows.len(), 2);
        assert_eq!((rows[0].number("rtol"), rows[0].number("dt")), (Some(1e-4), Some(0.5)));
        assert_eq!((rows[0].number("tol"), rows[0].number("r")), (None, None));
        assert_eq!((rows[1].error, rows[1].seconds), (1e-5, 2.0));
    }

    #[test]
    fn what_is_no_record_is_named() {
        for line in ["{", "[]", "{\"who\":\"a\"}", "3"] {
            assert_eq!(parse(&format!("\n{line}")).unwrap_err(), "line 2 is no record");
        }
        let wrong =
            r#"{"who":"a","problem":"p","method":"m","setting":"s","error":"1","seconds":2.0}"#;
        assert!(parse(wrong).is_err());
    }
}
