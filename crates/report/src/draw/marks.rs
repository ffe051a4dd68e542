//! The data themselves: heat maps, bands, bars, lines, points.

use super::clip::{self, Point, Rect};
use super::field;
use super::scene::{self, Scene};
use crate::layer::{Band, Bars, Layer, Line, LineStyle, Marker, Points};
use crate::number::{px, significant};
use crate::palette::Color;
use crate::text::escape;

const RADIUS: f64 = 3.6;

/// All data layers, from the back to the front. `clip` is the id of the clip path.
pub(crate) fn draw(out: &mut String, scene: &Scene<'_>, frame: &Rect, clip: &str) {
    let layers = || scene.plot.layers.iter().zip(&scene.colors);
    out.push_str(&format!("<g clip-path=\"url(#{clip})\">"));
    for map in scene.plot.layers.iter().filter_map(scene::heat_map) {
        field::draw_cells(out, scene, frame, map);
    }
    for (layer, &color) in layers() {
        if let Layer::Band(band) = layer {
            draw_band(out, scene, frame, band, color);
        }
    }
    let groups = scene.plot.layers.iter().filter_map(scene::bars).count();
    let mut group = 0;
    for (layer, &color) in layers() {
        if let Layer::Bars(bars) = layer {
            draw_bars(out, scene, frame, bars, color, (group, groups));
            group += 1;
        }
    }
    for (layer, &color) in layers() {
        if let Layer::Line(line) = layer {
            draw_line(out, scene, frame, line, color);
        }
    }
    out.push_str("</g>");
    for (layer, &color) in layers() {
        if let Layer::Points(points) = layer {
            draw_points(out, scene, frame, points, color);
        }
    }
}

/// An unfilled path with rounded joints.
pub(crate) fn stroke(
    out: &mut String,
    color: Color,
    style: LineStyle,
    width: f64,
    path: &str,
    title: &str,
) {
    let cap = if style == LineStyle::Dashed { "butt" } else { "round" };
    out.push_str(&format!(
        "<path class=\"no s{}\" stroke-width=\"{}\" stroke-linejoin=\"round\" stroke-linecap=\"{cap}\"{} d=\"{path}\"",
        color.class(),
        px(width),
        style.dashes(),
    ));
    close(out, "path", title);
}

/// Ends a start tag, with a tooltip if there is a title.
fn close(out: &mut String, tag: &str, title: &str) {
    if title.is_empty() {
        out.push_str("/>");
    } else {
        out.push_str(&format!("><title>{}</title></{tag}>", escape(title)));
    }
}

/// One mark.
pub(crate) fn mark(out: &mut String, marker: Marker, color: Color, (x, y): Point, title: &str) {
    let c = color.class();
    let polygon = |corners: &[Point]| {
        let points: Vec<_> =
            corners.iter().map(|(dx, dy)| format!("{},{}", px(x + dx), px(y + dy))).collect();
        format!("<polygon class=\"f{c}\" points=\"{}\"", points.join(" "))
    };
    let circle = |class: &str, r: f64| {
        format!("<circle {class} cx=\"{}\" cy=\"{}\" r=\"{r}\"", px(x), px(y))
    };
    let (tag, start) = match marker {
        Marker::Circle => ("circle", circle(&format!("class=\"f{c}\""), RADIUS)),
        Marker::Dot => ("circle", circle(&format!("class=\"f{c}\""), 2.0)),
        Marker::Ring => {
            ("circle", circle(&format!("class=\"bg s{c}\" stroke-width=\"1.6\""), RADIUS - 0.4))
        }
        Marker::Square => {
            ("polygon", polygon(&[(-3.2, -3.2), (3.2, -3.2), (3.2, 3.2), (-3.2, 3.2)]))
        }
        Marker::Triangle => ("polygon", polygon(&[(0.0, -4.4), (4.2, 3.0), (-4.2, 3.0)])),
        Marker::Diamond => {
            ("polygon", polygon(&[(0.0, -4.6), (4.6, 0.0), (0.0, 4.6), (-4.6, 0.0)]))
        }
    };
    out.push_str(&start);
    close(out, tag, title);
}

/// Path commands of a polyline; points that fall on the same hundredth of a pixel are written once.
fn path(points: &[Point]) -> String {
    let mut out = String::new();
    let mut last = (String::new(), String::new());
    for (i, &(x, y)) in points.iter().enumerate() {
        let here = (px(x), px(y));
        if here == last {
            continue;
        }
        out.push_str(&format!("{}{} {}", if i == 0 { "M" } else { "L" }, here.0, here.1));
        last = here;
    }
    if !out.contains('L') {
        out.push_str("h0"); // a lone point becomes a dot by the round cap
    }
    out
}

fn draw_line(out: &mut String, scene: &Scene<'_>, frame: &Rect, line: &Line, color: Color) {
    let pieces: Vec<String> = scene
        .runs(frame, &line.x, &line.y)
        .iter()
        .flat_map(|run| clip::polyline(run, frame))
        .map(|piece| path(&piece))
        .collect();
    if !pieces.is_empty() {
        stroke(out, color, line.style, line.width, &pieces.concat(), &line.label);
    }
}

fn draw_points(out: &mut String, scene: &Scene<'_>, frame: &Rect, points: &Points, color: Color) {
    let name = if points.label.is_empty() { "" } else { points.label.as_str() };
    for (&x, &y) in points.x.iter().zip(&points.y) {
        let Some(at) = scene.pixel(frame, x, y).filter(|&p| frame.contains(p)) else { continue };
        let head = if name.is_empty() { String::new() } else { format!("{name}: ") };
        let title = format!("{head}({}, {})", significant(x, 5), significant(y, 4));
        mark(out, points.marker, color, at, &title);
    }
}

fn draw_band(out: &mut String, scene: &Scene<'_>, frame: &Rect, band: &Band, color: Color) {
    // Both bounds must be shown; a run of x values where they are makes one polygon.
    let mut run: (Vec<Point>, Vec<Point>) = Default::default();
    let mut finish = |run: &mut (Vec<Point>, Vec<Point>)| {
        let outline: Vec<Point> = run.0.drain(..).chain(run.1.drain(..).rev()).collect();
        let inside = clip::polygon(&outline, frame);
        if inside.len() > 2 {
            out.push_str(&format!(
                "<path class=\"f{}\" fill-opacity=\"0.2\" d=\"{}Z\"",
                color.class(),
                path(&inside)
            ));
            close(out, "path", &band.label);
        }
    };
    for ((&x, &lo), &hi) in band.x.iter().zip(&band.lower).zip(&band.upper) {
        match (scene.pixel(frame, x, lo), scene.pixel(frame, x, hi)) {
            (Some(a), Some(b)) => {
                run.0.push(a);
                run.1.push(b);
            }
            _ => finish(&mut run),
        }
    }
    finish(&mut run);
}

/// Pixel height of the middle of a bar: slot of its category, shared by the groups.
pub(crate) fn bar_middle(
    scene: &Scene<'_>,
    frame: &Rect,
    name: &str,
    (group, groups): (usize, usize),
) -> Option<(f64, f64)> {
    let slot = frame.height / scene.categories.len() as f64;
    let index = scene.categories.iter().position(|c| *c == name)?;
    let thick = (slot * 0.62).min(26.0 * groups as f64) / groups as f64;
    let first = frame.top + slot * (index as f64 + 0.5) - thick * groups as f64 / 2.0;
    Some((first + thick * (group as f64 + 0.5), thick))
}

fn draw_bars(
    out: &mut String,
    scene: &Scene<'_>,
    frame: &Rect,
    bars: &Bars,
    color: Color,
    group: (usize, usize),
) {
    let inside = |x: f64| x.clamp(frame.left, frame.right());
    let origin = scene.pixel_x(frame, 0.0).map_or(frame.left, inside);
    for (i, (name, &value)) in bars.categories.iter().zip(&bars.values).enumerate() {
        let Some((middle, thick)) = bar_middle(scene, frame, name, group) else { continue };
        let interval = bars.intervals.get(i).copied();
        let mut title = format!("{name}: {}", significant(value, 4));
        if let Some((lo, hi)) = interval.filter(|(lo, hi)| !lo.is_nan() && !hi.is_nan()) {
            title.push_str(&format!(" [{}, {}]", significant(lo, 4), significant(hi, 4)));
        }
        if let Some(end) = scene.pixel_x(frame, value).map(inside) {
            let weight = bars.weights.get(i).copied().unwrap_or(1.0);
            let weight = if weight.is_finite() { weight.clamp(0.0, 1.0) } else { 0.0 };
            out.push_str(&format!(
                "<rect class=\"f{}\" fill-opacity=\"{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"1.5\"",
                color.class(),
                px(0.14 + 0.71 * weight),
                px(origin.min(end)),
                px(middle - thick / 2.0),
                px((end - origin).abs()),
                px((thick - 1.0).max(0.5)),
            ));
            close(out, "rect", &title);
        }
        let ends = interval.map(|(lo, hi)| (scene.pixel_x(frame, lo), scene.pixel_x(frame, hi)));
        if let Some((Some(a), Some(b))) = ends {
            let (a, b, middle) = (px(inside(a)), px(inside(b)), middle - 0.5);
            let cap = (thick * 0.28).min(4.5);
            let (top, m) = (px(middle - cap), px(middle));
            let path = format!("M{a} {top}v{0}M{b} {top}v{0}M{a} {m}H{b}", px(2.0 * cap));
            stroke(out, Color::Ink, LineStyle::Solid, 1.3, &path, &title);
        }
    }
}
