//! Heat maps and their colour bars.

use super::axes;
use super::clip::Rect;
use super::scene::{self, Scene};
use crate::layer::HeatMap;
use crate::number::{px, superscript};
use crate::palette::LABEL;
use crate::scale::{Domain, Scale};
use crate::shades::{LEVELS, level, shade};
use crate::text::{escape, fit};
use crate::ticks::Ticks;

/// Space before the bar, its width, and space before its labels.
const BEFORE: f64 = 14.0;
const WIDTH: f64 = 14.0;
const AFTER: f64 = 9.0;
/// Space for its name.
const NAME: f64 = 22.0;

/// The values at the ends of the colours.
fn domain(map: &HeatMap) -> Domain {
    let fitted = Domain::fit(map.values.iter().copied(), Scale::Linear, 0.0);
    match (map.range, fitted) {
        (Some((lo, hi)), _) => Domain { scale: Scale::Linear, lo, hi },
        (None, Some(fitted)) => fitted,
        (None, None) => Domain { scale: Scale::Linear, lo: 0.0, hi: 1.0 },
    }
}

/// The heat map whose colours the bar explains.
fn explained<'a>(scene: &Scene<'a>) -> Option<&'a HeatMap> {
    let maps = scene.plot.layers.iter().filter_map(scene::heat_map);
    if scene.empty { None } else { maps.filter(|map| map.bar).find(|map| !map.values.is_empty()) }
}

fn bar_ticks(map: &HeatMap, height: f64) -> Ticks {
    Ticks::new(&domain(map), ((height - 90.0) / 46.0).clamp(2.0, 7.0) as usize)
}

/// A bar that would take more of a cell is left out.
const MOST: f64 = 0.4;

/// What a bar takes at the right of the frame; 0 where there is none, or no room for it.
pub(crate) fn bar_width(scene: &Scene<'_>, cell: &Rect) -> f64 {
    let Some(map) = explained(scene) else { return 0.0 };
    let ticks = bar_ticks(map, cell.height);
    let labels = ticks.major.iter().map(|(_, label)| axes::label_width(label)).fold(0.0, f64::max);
    let width = BEFORE + WIDTH + AFTER + labels + if map.label.is_empty() { 0.0 } else { NAME };
    if width <= MOST * cell.width { width } else { 0.0 }
}

/// The bar with its labels and its name.
pub(crate) fn draw_bar(out: &mut String, scene: &Scene<'_>, cell: &Rect, frame: &Rect) {
    let (Some(map), width) = (explained(scene), bar_width(scene, cell)) else { return };
    let fits = width > 0.0 && frame.right() + width <= cell.left + cell.width;
    if !fits {
        return;
    }
    let (left, values) = (frame.right() + BEFORE, domain(map));
    let step = frame.height / LEVELS as f64;
    out.push_str("<g shape-rendering=\"crispEdges\">");
    for k in 0..LEVELS {
        // Each reaches a little under the next, so that nothing shines through.
        let (bottom, height) = (frame.bottom() - k as f64 * step, step * (LEVELS - k) as f64);
        out.push_str(&format!(
            "<rect x=\"{}\" y=\"{}\" width=\"{WIDTH}\" height=\"{}\" fill=\"{}\"/>",
            px(left),
            px(bottom - height),
            px(height),
            shade(k)
        ));
    }
    out.push_str("</g>");
    let ticks = bar_ticks(map, cell.height);
    let (mut marks, mut widest) = (String::new(), 0.0f64);
    for (value, label) in &ticks.major {
        let Some(unit) = values.unit(*value) else { continue };
        let y = frame.bottom() - unit * frame.height;
        marks.push_str(&format!("M{} {}h4", px(left + WIDTH), px(y)));
        axes::tick_label(out, (left + WIDTH + AFTER, y + 4.2), "start", label);
        widest = widest.max(axes::label_width(label));
    }
    if !marks.is_empty() {
        out.push_str(&format!("<path class=\"no ax\" d=\"{marks}\"/>"));
    }
    if let Some(factor) = ticks.factor {
        out.push_str(&format!(
            "<text x=\"{}\" y=\"{}\" class=\"sm mu\">×10{}</text>",
            px(left),
            px(frame.top - 8.0),
            superscript(factor)
        ));
    }
    if !map.label.is_empty() {
        let x = left + WIDTH + AFTER + widest + 15.0;
        let y = frame.top + frame.height / 2.0;
        out.push_str(&format!(
            "<text x=\"{0}\" y=\"{1}\" class=\"la\" text-anchor=\"middle\" transform=\"rotate(-90 {0} {1})\">{2}</text>",
            px(x),
            px(y),
            escape(&fit(&map.label, LABEL, frame.height + 16.0))
        ));
    }
}

/// The cells: one path for each colour, in units of cells.
pub(crate) fn draw_cells(out: &mut String, scene: &Scene<'_>, frame: &Rect, map: &HeatMap) {
    let corners = [map.x.0, map.x.1].map(|x| scene.pixel_x(frame, x));
    let borders = [map.y.0, map.y.1].map(|y| scene.pixel_y(frame, y));
    let ([Some(left), Some(right)], [Some(bottom), Some(top)]) = (corners, borders) else { return };
    if map.values.is_empty() {
        return;
    }
    let values = domain(map);
    let levels: Vec<Option<usize>> =
        map.values.iter().map(|&value| values.unit(value).map(level)).collect();
    let mut counts = [0usize; LEVELS];
    levels.iter().flatten().for_each(|&level| counts[level] += 1);
    // The commonest colour lies under all others, unless cells are empty.
    let is_full = levels.iter().all(Option::is_some);
    let under = (0..LEVELS).max_by_key(|&level| counts[level]).filter(|_| is_full);
    let mut paths = vec![String::new(); LEVELS];
    for (j, row) in levels.chunks_exact(map.columns).rev().enumerate() {
        let mut i = 0;
        while i < row.len() {
            let same = row[i..].iter().take_while(|level| **level == row[i]).count();
            if let Some(level) = row[i].filter(|level| Some(*level) != under) {
                paths[level].push_str(&format!("M{i} {j}h{same}v1h-{same}Z"));
            }
            i += same;
        }
    }
    if let Some(level) = under {
        paths[level] = format!("M0 0h{0}v{1}h-{0}Z", map.columns, map.rows);
    }
    out.push_str(&format!(
        "<g shape-rendering=\"crispEdges\" transform=\"matrix({:.6} 0 0 {:.6} {} {})\">",
        (right - left) / map.columns as f64,
        (bottom - top) / map.rows as f64,
        px(left),
        px(top)
    ));
    let order = under.into_iter().chain((0..LEVELS).filter(|&level| Some(level) != under));
    for level in order.filter(|&level| !paths[level].is_empty()) {
        out.push_str(&format!("<path fill=\"{}\" d=\"{}\"/>", shade(level), paths[level]));
    }
    out.push_str("</g>");
}

/// What a map shows, in words.
pub(crate) fn description(map: &HeatMap) -> String {
    let name = if map.label.is_empty() { "values" } else { &map.label };
    let Some(Domain { lo, hi, .. }) = Domain::fit(map.values.iter().copied(), Scale::Linear, 0.0)
    else {
        return String::new();
    };
    let number = |x: f64| crate::number::significant(x, 3);
    format!(
        " Colours: {name}, from {} to {} on {} × {} cells.",
        number(lo),
        number(hi),
        map.columns,
        map.rows
    )
}
