//! Grid, axes, tick labels, titles, marked places.

use super::clip::Rect;
use super::scene::Scene;
use crate::layer::Layer;
use crate::number::{px, superscript};
use crate::palette::{LABEL, SMALL, TICK};
use crate::text::{escape, fit, width};
use crate::ticks::{Label, Ticks};

/// Marks of the vertical axis; they depend on the height of the cell alone, so that margins can follow from them.
pub(crate) fn y_ticks(scene: &Scene<'_>, cell_height: f64) -> Ticks {
    let target = ((cell_height - 90.0) / 46.0).clamp(2.0, 9.0) as usize;
    Ticks::new(&scene.y, target)
}

/// As many marks on the horizontal axis as their labels leave room for.
pub(crate) fn x_ticks(scene: &Scene<'_>, frame_width: f64) -> Ticks {
    let mut target = (frame_width / 56.0).clamp(2.0, 12.0) as usize;
    loop {
        let mut ticks = Ticks::new(&scene.x, target);
        let place = |v: f64| scene.x.unit(v).unwrap_or(0.0) * frame_width;
        let tight = ticks.major.windows(2).any(|pair| {
            let room = (place(pair[1].0) - place(pair[0].0)).abs();
            room < (label_width(&pair[0].1) + label_width(&pair[1].1)) / 2.0 + 10.0
        });
        if !tight {
            return ticks;
        }
        if target > 2 {
            target -= 1;
            continue;
        }
        // Too narrow even so: keep labels that fit after the one before.
        let mut end = f64::NEG_INFINITY;
        ticks.major.retain(|(v, label)| {
            let half = label_width(label) / 2.0;
            let keep = place(*v) - half > end + 10.0;
            if keep {
                end = place(*v) + half;
            }
            keep
        });
        return ticks;
    }
}

pub(crate) fn label_width(label: &Label) -> f64 {
    let raised = label.exponent.as_deref().map_or(0.0, |e| width(e, TICK * 0.75));
    width(&label.text, TICK) + raised
}

/// Width of the widest label on the vertical axis, at most `max`.
pub(crate) fn y_labels_width(scene: &Scene<'_>, cell_height: f64, max: f64) -> f64 {
    if scene.empty {
        return 0.0;
    }
    if scene.categorical() {
        return scene.categories.iter().map(|c| width(c, TICK)).fold(0.0, f64::max).min(max);
    }
    let ticks = y_ticks(scene, cell_height);
    ticks.major.iter().map(|(_, l)| label_width(l)).fold(0.0, f64::max)
}

fn text(out: &mut String, (x, y): (f64, f64), attributes: &str, content: &str) {
    out.push_str(&format!(
        "<text x=\"{}\" y=\"{}\"{attributes}>{}</text>",
        px(x),
        px(y),
        escape(content)
    ));
}

pub(crate) fn tick_label(out: &mut String, (x, y): (f64, f64), anchor: &str, label: &Label) {
    let raised = label.exponent.as_ref().map_or(String::new(), |e| {
        format!("<tspan dy=\"-5\" style=\"font-size:9px\">{}</tspan>", escape(e))
    });
    out.push_str(&format!(
        "<text x=\"{}\" y=\"{}\" text-anchor=\"{anchor}\">{}{raised}</text>",
        px(x),
        px(y),
        escape(&label.text)
    ));
}

/// Shades, grid and axes with their labels; everything that lies behind the data.
pub(crate) fn draw(out: &mut String, scene: &Scene<'_>, cell: &Rect, frame: &Rect) {
    for layer in &scene.plot.layers {
        if let Some((left, right)) = span_pixels(scene, frame, layer) {
            out.push_str(&format!(
                "<rect class=\"sp\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>",
                px(left),
                px(frame.top),
                px(right - left),
                px(frame.height)
            ));
        }
    }
    let (left, right, top, bottom) =
        (px(frame.left), px(frame.right()), px(frame.top), px(frame.bottom()));
    let (mut grid, mut marks) = (String::new(), format!("M{left} {bottom}H{right}"));
    if !scene.empty {
        draw_x(out, scene, frame, &mut grid, &mut marks);
        if scene.categorical() {
            draw_categories(out, scene, frame);
            if let Some(zero) = scene.pixel_x(frame, 0.0) {
                marks.push_str(&format!("M{} {top}V{bottom}", px(zero)));
            }
        } else {
            draw_y(out, scene, cell, frame, &mut grid, &mut marks);
        }
    } else {
        marks.push_str(&format!("M{left} {top}V{bottom}"));
    }
    out.push_str(&format!(
        "<path class=\"no gr\" d=\"{}\"/><path class=\"no ax\" d=\"{marks}\"/>",
        if grid.is_empty() { "M0 0" } else { &grid }
    ));
    draw_names(out, scene, cell, frame);
}

fn draw_x(
    out: &mut String,
    scene: &Scene<'_>,
    frame: &Rect,
    grid: &mut String,
    marks: &mut String,
) {
    let ticks = x_ticks(scene, frame.width);
    let bottom = frame.bottom();
    for (value, label) in &ticks.major {
        let Some(x) = scene.pixel_x(frame, *value) else { continue };
        if scene.categorical() {
            grid.push_str(&format!("M{} {}V{}", px(x), px(frame.top), px(bottom)));
        }
        marks.push_str(&format!("M{} {}v5", px(x), px(bottom)));
        tick_label(out, (x, bottom + 18.0), "middle", label);
    }
    for x in ticks.minor.iter().filter_map(|&v| scene.pixel_x(frame, v)) {
        marks.push_str(&format!("M{} {}v3", px(x), px(bottom)));
    }
    if let Some(factor) = ticks.factor {
        let note = format!("×10{}", superscript(factor));
        text(out, (frame.right(), bottom + 34.0), " class=\"sm mu\" text-anchor=\"end\"", &note);
    }
}

fn draw_y(
    out: &mut String,
    scene: &Scene<'_>,
    cell: &Rect,
    frame: &Rect,
    grid: &mut String,
    marks: &mut String,
) {
    let ticks = y_ticks(scene, cell.height);
    let left = frame.left;
    marks.push_str(&format!("M{} {}V{}", px(left), px(frame.top), px(frame.bottom())));
    for (value, label) in &ticks.major {
        let Some(y) = scene.pixel_y(frame, *value) else { continue };
        if y < frame.bottom() - 0.5 {
            grid.push_str(&format!("M{} {}H{}", px(left), px(y), px(frame.right())));
        }
        marks.push_str(&format!("M{} {}h-5", px(left), px(y)));
        tick_label(out, (left - 8.0, y + 4.2), "end", label);
    }
    for y in ticks.minor.iter().filter_map(|&v| scene.pixel_y(frame, v)) {
        marks.push_str(&format!("M{} {}h-3", px(left), px(y)));
    }
    if let Some(factor) = ticks.factor {
        let note = format!("×10{}", superscript(factor));
        text(out, (left, frame.top - 8.0), " class=\"sm mu\" text-anchor=\"end\"", &note);
    }
}

fn draw_categories(out: &mut String, scene: &Scene<'_>, frame: &Rect) {
    let slot = frame.height / scene.categories.len() as f64;
    let room = frame.left - 8.0;
    for (i, name) in scene.categories.iter().enumerate() {
        let y = frame.top + slot * (i as f64 + 0.5) + 4.2;
        text(out, (frame.left - 10.0, y), " text-anchor=\"end\"", &fit(name, TICK, room));
    }
}

/// Names of the axes.
fn draw_names(out: &mut String, scene: &Scene<'_>, cell: &Rect, frame: &Rect) {
    let plot = scene.plot;
    if !plot.x_label.is_empty() {
        let at = (frame.left + frame.width / 2.0, frame.bottom() + 38.0);
        let label = fit(&plot.x_label, LABEL, frame.width);
        text(out, at, " class=\"la\" text-anchor=\"middle\"", &label);
    }
    if !plot.y_label.is_empty() {
        let (x, y) = (cell.left + 13.0, frame.top + frame.height / 2.0);
        let turned = format!(
            " class=\"la\" text-anchor=\"middle\" transform=\"rotate(-90 {} {})\"",
            px(x),
            px(y)
        );
        text(out, (x, y), &turned, &fit(&plot.y_label, LABEL, frame.height + 16.0));
    }
}

fn span_pixels(scene: &Scene<'_>, frame: &Rect, layer: &Layer) -> Option<(f64, f64)> {
    let Layer::Span(span) = layer else { return None };
    if scene.empty || span.from.is_nan() || span.to.is_nan() {
        return None;
    }
    let end = |v: f64| {
        // What the scale cannot show lies beyond an edge: ±∞, or non-positive on a log axis.
        let x = scene.pixel_x(frame, v).unwrap_or(if v > 0.0 { f64::MAX } else { f64::MIN });
        x.clamp(frame.left, frame.right())
    };
    let (left, right) = (end(span.from), end(span.to));
    (left < right).then_some((left, right))
}

/// Labels of marked places: text, left end, width, row above the frame. Rows keep labels apart.
fn header(scene: &Scene<'_>, frame: &Rect, cell_height: f64) -> Vec<(String, f64, f64, usize)> {
    let mut rows: Vec<f64> = Vec::new();
    let mut out = Vec::new();
    let most = ((cell_height - 100.0) / 30.0).clamp(1.0, 6.0) as usize;
    let mut labels: Vec<(f64, &str)> = Vec::new();
    for layer in &scene.plot.layers {
        match layer {
            Layer::Span(span) if !span.label.is_empty() => {
                let pixels = span_pixels(scene, frame, layer);
                labels.extend(pixels.map(|(a, b)| ((a + b) / 2.0, span.label.as_str())));
            }
            Layer::VLine(line) if !line.label.is_empty() => {
                labels.extend(vline_pixel(scene, frame, line.x).map(|x| (x, line.label.as_str())));
            }
            _ => {}
        }
    }
    labels.sort_by(|a, b| a.0.total_cmp(&b.0));
    for (middle, label) in labels {
        let label = fit(label, SMALL, frame.width);
        let w = width(&label, SMALL);
        let left = (middle - w / 2.0).clamp(frame.left, (frame.right() - w).max(frame.left));
        let row = rows.iter().position(|&end| left > end + 8.0).unwrap_or(rows.len());
        if row == rows.len() {
            if row == most {
                continue; // no room: the line stays, its name is left out
            }
            rows.push(0.0);
        }
        rows[row] = left + w;
        out.push((label, left, w, row));
    }
    out
}

/// Number of rows that labels of marked places take above the frame.
pub(crate) fn header_rows(scene: &Scene<'_>, frame: &Rect, cell_height: f64) -> usize {
    header(scene, frame, cell_height).iter().map(|(.., row)| row + 1).max().unwrap_or(0)
}

fn vline_pixel(scene: &Scene<'_>, frame: &Rect, x: f64) -> Option<f64> {
    scene.pixel_x(frame, x).filter(|x| !scene.empty && *x >= frame.left && *x <= frame.right())
}

/// Marked places: lines over the frame and labels above it.
pub(crate) fn draw_marked(out: &mut String, scene: &Scene<'_>, cell: &Rect, frame: &Rect) {
    for layer in &scene.plot.layers {
        let path = match layer {
            Layer::VLine(line) => vline_pixel(scene, frame, line.x)
                .map(|x| format!("M{} {}V{}", px(x), px(frame.top), px(frame.bottom()))),
            Layer::HLine(line) => scene
                .pixel_y(frame, line.y)
                .filter(|y| !scene.empty && *y >= frame.top && *y <= frame.bottom())
                .map(|y| format!("M{} {}H{}", px(frame.left), px(y), px(frame.right()))),
            _ => None,
        };
        if let Some(path) = path {
            let dashes =
                if matches!(layer, Layer::VLine(_)) { " stroke-dasharray=\"3 3\"" } else { "" };
            out.push_str(&format!("<path class=\"no ma\"{dashes} d=\"{path}\"/>"));
        }
    }
    for (label, left, w, row) in header(scene, frame, cell.height) {
        let at = (left + w / 2.0, frame.top - 6.0 - 15.0 * row as f64);
        text(out, at, " class=\"sm mu\" text-anchor=\"middle\"", &label);
    }
}
