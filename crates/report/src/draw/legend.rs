//! The legend: which entries, where it stands, how it is drawn.

use super::clip::{Point, Rect};
use super::marks;
use super::scene::{self, Scene};
use crate::layer::{Layer, LineStyle, Marker};
use crate::number::px;
use crate::palette::{Color, TICK};
use crate::plot::Legend;
use crate::text;

const SWATCH: f64 = 26.0;
const ROW: f64 = 19.0;
const GAP: f64 = 20.0;
const INSET: f64 = 10.0;

/// One line of the legend: all layers of one label together.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    label: String,
    color: Color,
    line: Option<(LineStyle, f64)>,
    marker: Option<Marker>,
    area: bool,
    bar: bool,
}

/// Entries of all scenes, in order of appearance, each label once.
pub(crate) fn entries(scenes: &[Scene<'_>]) -> Vec<Entry> {
    let mut out: Vec<Entry> = Vec::new();
    let layers = scenes.iter().flat_map(|s| s.plot.layers.iter().zip(&s.colors));
    for (layer, &color) in layers {
        let Some((label, _)) = scene::identity(layer).filter(|(label, _)| !label.is_empty()) else {
            continue;
        };
        let index = out.iter().position(|e| e.label == label).unwrap_or_else(|| {
            let label = label.to_owned();
            out.push(Entry { label, color, line: None, marker: None, area: false, bar: false });
            out.len() - 1
        });
        let entry = &mut out[index];
        match layer {
            Layer::Line(line) => entry.line = Some((line.style, line.width)),
            Layer::Points(points) => entry.marker = Some(points.marker),
            Layer::Band(_) => entry.area = true,
            Layer::Bars(_) => entry.bar = true,
            Layer::HeatMap(_) | Layer::VLine(_) | Layer::HLine(_) | Layer::Span(_) => {}
        }
    }
    out
}

fn shown(entry: &Entry, max: f64) -> String {
    text::fit(&entry.label, TICK, (max - SWATCH - 8.0).max(24.0))
}

/// Width and height of the entries in one column no wider than `max`.
pub(crate) fn column_size(entries: &[Entry], max: f64) -> (f64, f64) {
    let width = entries
        .iter()
        .map(|e| SWATCH + 8.0 + text::width(&shown(e, max), TICK))
        .fold(0.0, f64::max);
    (width, ROW * entries.len() as f64)
}

/// Offsets of the entries set in rows of at most `width`, and the height of all rows.
fn flow(entries: &[Entry], width: f64) -> (Vec<Point>, f64) {
    let (mut x, mut y) = (0.0, 0.0);
    let mut at = Vec::with_capacity(entries.len());
    for entry in entries {
        let w = SWATCH + 8.0 + text::width(&shown(entry, width), TICK);
        if x > 0.0 && x + w > width {
            x = 0.0;
            y += ROW;
        }
        at.push((x, y));
        x += w + GAP;
    }
    (at, if entries.is_empty() { 0.0 } else { y + ROW })
}

/// Height of the entries set in rows.
pub(crate) fn rows_height(entries: &[Entry], width: f64) -> f64 {
    flow(entries, width).1
}

/// The corner of `frame` where a column of entries covers no data, if there is one.
pub(crate) fn free_corner(entries: &[Entry], frame: &Rect, occupied: &[Point]) -> Option<Rect> {
    let (width, height) = column_size(entries, frame.width * 0.45);
    if width + 2.0 * INSET > frame.width || height + 2.0 * INSET > frame.height * 0.75 {
        return None;
    }
    let (left, right) = (frame.left + INSET, frame.right() - INSET - width);
    let (top, bottom) = (frame.top + INSET * 0.6, frame.bottom() - INSET * 0.6 - height);
    let room = 8.0;
    [(right, top), (left, top), (right, bottom), (left, bottom)]
        .into_iter()
        .map(|(left, top)| Rect { left, top, width, height })
        .find(|r| {
            let grown = Rect {
                left: r.left - room,
                top: r.top - room,
                width: r.width + 2.0 * room,
                height: r.height + 2.0 * room,
            };
            !occupied.iter().any(|&p| grown.contains(p))
        })
}

/// Chooses between the places when the caller left it open.
pub(crate) fn resolve(
    wish: Legend,
    entries: &[Entry],
    frame: &Rect,
    occupied: &[Point],
) -> (Legend, Option<Rect>) {
    if entries.is_empty() {
        return (Legend::Hidden, None);
    }
    if wish != Legend::Auto {
        return (wish, None);
    }
    if let Some(corner) = free_corner(entries, frame, occupied) {
        return (Legend::Auto, Some(corner));
    }
    let (width, height) = column_size(entries, frame.width * 0.4);
    if frame.width - width >= 340.0 && height <= frame.height {
        (Legend::Right, None)
    } else {
        (Legend::Above, None)
    }
}

/// Entries in one column from the upper left corner of `place`.
pub(crate) fn draw_column(out: &mut String, entries: &[Entry], place: &Rect) {
    for (i, entry) in entries.iter().enumerate() {
        draw_entry(out, entry, place.left, place.top + ROW * i as f64, place.width + 0.5);
    }
}

/// Entries in rows from `(left, top)`.
pub(crate) fn draw_rows(out: &mut String, entries: &[Entry], left: f64, top: f64, width: f64) {
    for (entry, (x, y)) in entries.iter().zip(flow(entries, width).0) {
        draw_entry(out, entry, left + x, top + y, width);
    }
}

fn draw_entry(out: &mut String, entry: &Entry, left: f64, top: f64, max: f64) {
    let middle = top + ROW / 2.0;
    let class = entry.color.class();
    if entry.area || entry.bar {
        let opacity = if entry.bar { 0.85 } else { 0.22 };
        out.push_str(&format!(
            "<rect class=\"f{class}\" fill-opacity=\"{opacity}\" x=\"{}\" y=\"{}\" width=\"{SWATCH}\" height=\"10\"/>",
            px(left),
            px(middle - 5.0)
        ));
    }
    if let Some((style, width)) = entry.line {
        marks::stroke(
            out,
            entry.color,
            style,
            width,
            &format!("M{} {}h{SWATCH}", px(left), px(middle)),
            "",
        );
    }
    if let Some(marker) = entry.marker {
        marks::mark(out, marker, entry.color, (left + SWATCH / 2.0, middle), "");
    }
    let label = shown(entry, max);
    out.push_str(&format!(
        "<text x=\"{}\" y=\"{}\">{}</text>",
        px(left + SWATCH + 8.0),
        px(middle + 4.2),
        text::escape(&label)
    ));
}
