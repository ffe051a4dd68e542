use serde::Serialize;
use std::fs::File;
use std::io::{self, LineWriter, Write};
use std::path::Path;

/// One measurement. Its fields are the keys of the JSON object, in this order.
#[derive(Clone, Debug, Serialize)]
pub struct Record<'a> {
    /// Which suite.
    pub suite: &'a str,
    /// Whose code.
    pub who: &'a str,
    /// What is solved.
    pub problem: &'a str,
    /// By which method.
    pub method: &'a str,
    /// With which tolerance, step size, storage.
    pub setting: &'a str,
    /// Error of the result; 0 where it does not apply.
    pub error: f64,
    /// Seconds of one run, in the fastest of the repeats.
    pub seconds: f64,
}

/// Writes records as they come: a table for people, and one JSON object a line for programs.
#[derive(Debug)]
pub struct Recorder {
    json: Option<LineWriter<File>>,
}

impl Recorder {
    /// Writes to the terminal and, where a path is given, to a file.
    ///
    /// # Errors
    ///
    /// When the file cannot be created.
    pub fn new(json: Option<&Path>) -> io::Result<Self> {
        let create = |path: &Path| {
            File::create(path).map(LineWriter::new).map_err(|error| {
                io::Error::new(error.kind(), format!("cannot write {}: {error}", path.display()))
            })
        };
        let json = json.map(create).transpose()?;
        writeln!(
            io::stdout(),
            "{:<22} {:<24} {:<10} {:<30} {:>9} {:>11}",
            "who",
            "problem",
            "method",
            "setting",
            "error",
            "seconds"
        )?;
        Ok(Self { json })
    }

    /// Writes one record.
    ///
    /// # Errors
    ///
    /// When the error or the seconds are not finite (JSON has no such number), or a line cannot be
    /// written.
    pub fn write(&mut self, record: &Record<'_>) -> io::Result<()> {
        let Record { who, problem, method, setting, error, seconds, .. } = record;
        if !(error.is_finite() && seconds.is_finite()) {
            let what = format!("{problem}, {method}, {setting}: error {error}, seconds {seconds}");
            return Err(io::Error::new(io::ErrorKind::InvalidData, what));
        }
        writeln!(
            io::stdout(),
            "{who:<22} {problem:<24} {method:<10} {:<30} {error:>9.1e} {seconds:>11.3e}",
            shown(setting)
        )?;
        match &mut self.json {
            Some(file) => writeln!(file, "{}", serde_json::to_string(record)?),
            None => Ok(()),
        }
    }

    /// Writes a line for people only: what follows from the records above it.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn remark(&mut self, text: &str) -> io::Result<()> {
        writeln!(io::stdout(), "{text}")
    }
}

/// What people see of a setting: those that hold a whole field are cut.
fn shown(setting: &str) -> String {
    const MOST: usize = 72;
    match setting.chars().count() > MOST {
        true => setting.chars().take(MOST - 1).chain(['…']).collect(),
        false => setting.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_json_cannot_hold_are_refused() {
        let mut recorder = Recorder::new(None).unwrap();
        let record = Record {
            suite: "ode",
            who: "sciml",
            problem: "logistic",
            method: "Dp5",
            setting: "",
            error: 1e-3,
            seconds: 1.0,
        };
        assert!(recorder.write(&record).is_ok());
        let error = recorder.write(&Record { error: f64::NAN, ..record.clone() }).unwrap_err();
        assert!(error.to_string().contains("logistic"), "{error}");
        assert!(recorder.write(&Record { seconds: f64::INFINITY, ..record }).is_err());
    }

    #[test]
    fn long_settings_are_cut() {
        assert_eq!(shown("rtol=1e-3"), "rtol=1e-3");
        let cut = shown(&"é".repeat(73));
        assert!(cut.chars().count() == 72 && cut.ends_with('…'), "{cut}");
    }

    #[test]
    fn a_file_that_cannot_be_created_is_named() {
        let error = Recorder::new(Some(Path::new("no/such/folder/rows.json"))).unwrap_err();
        assert!(error.to_string().contains("rows.json"), "{error}");
    }
}
