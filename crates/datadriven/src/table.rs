//! Results as tables that a scientist can read.

use crate::notation::number;
use crate::{Equation, SparseModel, ThresholdPath};
use core::fmt;

impl fmt::Display for SparseModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.library().names();
        for (i, equation) in self.details().iter().enumerate() {
            if i > 0 {
                writeln!(f)?;
            }
            writeln!(f, "{}", equation.text(self.library()))?;
            write_terms(f, equation, &names)?;
            if let Some(s) = &equation.statistics {
                write!(f, "  R² {} · RMSE {}", r_squared(s.r2), number(s.rmse))?;
                if let Some(aicc) = s.aicc {
                    write!(f, " · AICc {aicc:.1}")?;
                }
                writeln!(f, " · condition {} · {} rows", number(s.condition), s.rows)?;
            }
        }
        Ok(())
    }
}

/// Enough digits to tell a good fit from a perfect one.
fn r_squared(r2: f64) -> String {
    if r2 < 1.0 && r2 > 0.99995 { format!("1 - {}", number(1.0 - r2)) } else { format!("{r2:.4}") }
}

fn write_terms(f: &mut fmt::Formatter<'_>, equation: &Equation, names: &[String]) -> fmt::Result {
    let mut head = vec!["term".to_owned(), "coefficient".to_owned(), "std error".to_owned()];
    if let Some(b) = &equation.bootstrap {
        head.push("inclusion".to_owned());
        head.push(format!("{} % interval", number(100.0 * b.level)));
    }
    let mut rows = vec![head];
    for j in equation.support() {
        let mut row = vec![
            names[j].clone(),
            number(equation.coefficients[j]),
            number(equation.std_errors[j]),
        ];
        if let Some(b) = &equation.bootstrap {
            row.push(format!("{:.2}", b.inclusion[j]));
            row.push(b.intervals[j].map_or_else(String::new, |[low, high]| {
                format!("{} … {}", number(low), number(high))
            }));
        }
        rows.push(row);
    }
    if rows.len() > 1 { write_columns(f, &rows, usize::MAX) } else { Ok(()) }
}

/// Numbers to the right; the first column and those from `text` on to the left.
fn write_columns(f: &mut fmt::Formatter<'_>, rows: &[Vec<String>], text: usize) -> fmt::Result {
    let columns = rows.first().map_or(0, Vec::len);
    let width = |j: usize| rows.iter().map(|row| row[j].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    for row in rows {
        let mut line = String::new();
        for (j, (cell, &width)) in row.iter().zip(&widths).enumerate() {
            line += &if j == 0 || j >= text {
                format!("  {cell:<width$}")
            } else {
                format!("  {cell:>width$}")
            };
        }
        writeln!(f, "{}", line.trim_end())?;
    }
    Ok(())
}

impl fmt::Display for ThresholdPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (target, candidates) in self.candidates().iter().enumerate() {
            let Some(first) = candidates.first() else { continue };
            if target > 0 {
                writeln!(f)?;
            }
            writeln!(f, "{}", first.equation.target)?;
            let head = ["terms", "threshold", "RMSE", "AICc", "BIC", "Pareto", "right-hand side"];
            let mut rows = vec![head.map(str::to_owned).to_vec()];
            let front = self.pareto(target);
            for candidate in candidates {
                let Some(s) = &candidate.equation.statistics else { continue };
                let text = candidate.equation.text(self.library());
                let right = text.split_once(" = ").map_or("", |(_, right)| right);
                let on_front = front.iter().any(|c| c.threshold == candidate.threshold);
                rows.push(vec![
                    candidate.terms().to_string(),
                    number(candidate.threshold),
                    number(s.rmse),
                    s.aicc.map_or_else(|| "–".to_owned(), |aicc| format!("{aicc:.1}")),
                    format!("{:.1}", s.bic),
                    if on_front { "*" } else { "" }.to_owned(),
                    right.split("  [").next().unwrap_or("").to_owned(),
                ]);
            }
            write_columns(f, &rows, 5)?;
        }
        Ok(())
    }
}
