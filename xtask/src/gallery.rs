//! `cargo xtask gallery`: draws the records of the benchmarks.

mod chaos;
mod energy;
mod field;
mod memory;
mod rows;
mod work_precision;

use std::path::{Path, PathBuf};

use crate::command::Command;
use crate::failure::Failure;
use crate::metadata::Metadata;
use rows::Row;

/// The subcommand.
pub(crate) const COMMAND: Command = Command {
    name: "gallery",
    usage: "gallery [--records DIR] [--out DIR]",
    summary: "draw the records of the benchmarks into docs/gallery",
    run,
};

/// A drawing: `None` where the records hold nothing for it.
type Draw = fn(&[Row]) -> Result<Option<String>, report::Error>;

/// The record, the picture, and who draws it. A record that is not there is no picture.
const PICTURES: &[(&str, &str, Draw)] = &[
    ("ode.jsonl", "work_precision.svg", work_precision::draw),
    ("stiff.jsonl", "work_precision_stiff.svg", work_precision::draw),
    ("energy.jsonl", "energy.svg", energy::draw),
    ("memory.jsonl", "memory.svg", memory::draw),
    ("field.jsonl", "field.svg", field::draw),
    ("chaos.jsonl", "chaos.svg", chaos::draw),
];

fn run(mut args: lexopt::Parser) -> Result<(), Failure> {
    use lexopt::prelude::*;
    let (mut records, mut out) = (None, None);
    while let Some(arg) = args.next()? {
        match arg {
            Long("records") => records = Some(PathBuf::from(args.value()?)),
            Long("out") => out = Some(PathBuf::from(args.value()?)),
            Short('h') | Long("help") => {
                println!("usage: cargo xtask {}", COMMAND.usage);
                return Ok(());
            }
            other => return Err(other.unexpected().into()),
        }
    }
    let root = Metadata::load()?.root;
    let records = records.unwrap_or_else(|| root.join("benches/record"));
    draw_all(&records, &out.unwrap_or_else(|| root.join("docs/gallery")))
}

/// Draws every record of a folder that is there.
fn draw_all(records: &Path, out: &Path) -> Result<(), Failure> {
    let problem = |path: &Path, why: &dyn std::fmt::Display| {
        Failure::Check(format!("{}: {why}", path.display()))
    };
    std::fs::create_dir_all(out).map_err(|e| problem(out, &e))?;
    for (record, picture, draw) in PICTURES {
        let (record, picture) = (records.join(record), out.join(picture));
        if !record.is_file() {
            println!("skipped: there is no {}", record.display());
            continue;
        }
        let text = std::fs::read_to_string(&record).map_err(|e| problem(&record, &e))?;
        let rows = rows::parse(&text).map_err(|why| problem(&record, &why))?;
        match draw(&rows).map_err(|e| problem(&record, &e))? {
            None => println!("skipped: nothing to draw in {}", record.display()),
            Some(svg) => {
                std::fs::write(&picture, svg).map_err(|e| problem(&picture, &e))?;
                println!("wrote {}", picture.display());
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_is_drawn() {
        let folder = std::env::temp_dir().join(format!("gallery-{}", std::process::id()));
        let (records, out) = (folder.join("records"), folder.join("deep/gallery"));
        std::fs::create_dir_all(&records).unwrap();
        draw_all(&records, &out).unwrap();
        assert_eq!(std::fs::read_dir(&out).unwrap().count(), 0);

        std::fs::write(records.join("ode.jsonl"), work_precision::SAMPLE).unwrap();
        draw_all(&records, &out).unwrap();
        let svg = std::fs::read_to_string(out.join("work_precision.svg")).unwrap();
        assert!(svg.starts_with("<svg ") && svg.contains("diffsol") && svg.contains("Pleiades"));

        std::fs::write(records.join("ode.jsonl"), "rubbish\n").unwrap();
        let Err(Failure::Check(why)) = draw_all(&records, &out) else { panic!() };
        assert!(why.contains("ode.jsonl: line 1"), "{why}");
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
