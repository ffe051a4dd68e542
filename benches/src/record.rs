use serde_json::json;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// One measurement.
#[derive(Clone, Debug)]
pub struct Record<'a> {
    /// Which benchmark.
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
    /// Median seconds.
    pub seconds: f64,
}

/// Writes records as they come: a table for people, and one JSON object a line for programs.
pub struct Recorder {
    json: Option<BufWriter<File>>,
}

impl Recorder {
    /// Writes to the terminal and, where a path is given, to a file.
    ///
    /// # Errors
    ///
    /// When the file cannot be created.
    pub fn new(json: Option<&Path>) -> io::Result<Self> {
        let json = json.map(File::create).transpose()?.map(BufWriter::new);
        println!(
            "{:<10} {:<24} {:<10} {:<24} {:>10} {:>12}",
            "who", "problem", "method", "setting", "error", "seconds"
        );
        Ok(Self { json })
    }

    /// Writes one record.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub fn write(&mut self, record: &Record<'_>) -> io::Result<()> {
        let Record { suite, who, problem, method, setting, error, seconds } = record;
        println!(
            "{who:<10} {problem:<24} {method:<10} {setting:<24} {error:>10.1e} {seconds:>12.3e}"
        );
        if let Some(file) = &mut self.json {
            let line = json!({
                "suite": suite, "who": who, "problem": problem, "method": method,
                "setting": setting, "error": error, "seconds": seconds,
            });
            writeln!(file, "{line}")?;
        }
        Ok(())
    }
}
