//! The energy error of symplectic methods over a long time: one line a method and step size.

use report::{Line, Plot, Scale};

use super::rows::Row;

/// The figure as SVG; `None` if there is no curve.
///
/// A row is the error in one of the periods: `periods=…` in its setting; what else stands there (the step size) tells
/// the lines of a method apart.
pub(super) fn draw(rows: &[Row]) -> Result<Option<String>, report::Error> {
    let mut names: Vec<String> = Vec::new();
    for row in rows.iter().filter(|row| row.number("periods").is_some()) {
        let name = name(row);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    if names.is_empty() {
        return Ok(None);
    }
    let mut plot = Plot::new()
        .title("Two bodies, e = 0.6: relative error of the energy")
        .x_label("periods")
        .y_label("largest error in the period")
        .x_scale(Scale::Log)
        .y_scale(Scale::Log);
    for name in &names {
        let own = rows.iter().filter(|row| name == &self::name(row));
        let points = own.filter_map(|row| Some((row.number("periods")?, row.error)));
        let (x, y): (Vec<f64>, Vec<f64>) = points.unzip();
        plot = plot.layer(Line::new(&x, &y)?.label(name));
    }
    Ok(Some(plot.to_svg(1000.0, 520.0)))
}

/// The method and what else its setting says.
fn name(row: &Row) -> String {
    let words = row.setting.split_whitespace().filter(|word| !word.starts_with("periods="));
    let rest: Vec<&str> = words.collect();
    format!("{} {}", row.method, rest.join(" ")).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gallery::rows::parse;

    #[test]
    fn one_line_a_method_and_step() {
        let line = |method: &str, dt: &str, periods: u32| {
            format!(
                r#"{{"suite":"energy","who":"sciml","problem":"two bodies","method":"{method}","setting":"dt={dt} periods={periods}","error":1e-6,"seconds":1.0}}"#
            )
        };
        let text =
            [line("Leapfrog", "0.1", 1), line("Leapfrog", "0.1", 10), line("KahanLi8", "0.2", 1)];
        let svg = draw(&parse(&text.join("\n")).unwrap()).unwrap().unwrap();
        assert!(svg.contains("Leapfrog dt=0.1") && svg.contains("KahanLi8 dt=0.2"));
        assert_eq!(draw(&[]).unwrap(), None);
    }
}
