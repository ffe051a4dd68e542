//! Pictures of digits, drawn: strokes of a pen in a square, moved, turned, scaled and slanted at random, thick or thin, with
//! noise.

use std::f64::consts::TAU;

/// Pixels of a side.
const SIDE: usize = 28;
/// Pixels of a picture.
pub(crate) const PIXELS: usize = SIDE * SIDE;

type Point = [f64; 2];

/// A part of a glyph: in a square from -1 to 1 with `y` downwards.
enum Stroke {
    Line(Point, Point),
    /// Centre, radii, from and to in parts of a turn, clockwise from the right.
    Arc(Point, Point, f64, f64),
}

use Stroke::{Arc, Line};

/// The ten glyphs.
const GLYPHS: [&[Stroke]; 10] = [
    &[Arc([0.0, 0.0], [0.5, 0.8], 0.0, 1.0)],
    &[Line([-0.3, -0.5], [0.1, -0.8]), Line([0.1, -0.8], [0.1, 0.8])],
    &[
        Arc([0.0, -0.4], [0.45, 0.4], 0.45, 1.1),
        Line([0.36, -0.16], [-0.5, 0.8]),
        Line([-0.5, 0.8], [0.5, 0.8]),
    ],
    &[Arc([0.0, -0.4], [0.42, 0.4], 0.5, 1.25), Arc([0.0, 0.4], [0.48, 0.4], 0.75, 1.5)],
    &[
        Line([0.2, -0.8], [-0.5, 0.3]),
        Line([-0.5, 0.3], [0.5, 0.3]),
        Line([0.25, -0.2], [0.25, 0.8]),
    ],
    &[
        Line([0.45, -0.8], [-0.35, -0.8]),
        Line([-0.35, -0.8], [-0.4, -0.1]),
        Arc([0.0, 0.3], [0.48, 0.48], 0.62, 1.45),
    ],
    &[Line([0.25, -0.8], [-0.4, 0.2]), Arc([0.0, 0.35], [0.45, 0.45], 0.0, 1.0)],
    &[Line([-0.5, -0.8], [0.5, -0.8]), Line([0.5, -0.8], [-0.1, 0.8])],
    &[Arc([0.0, -0.42], [0.38, 0.38], 0.0, 1.0), Arc([0.0, 0.4], [0.46, 0.42], 0.0, 1.0)],
    &[Arc([0.0, -0.35], [0.45, 0.45], 0.0, 1.0), Line([0.45, -0.35], [0.15, 0.8])],
];

/// Pieces of a whole turn.
const PIECES: f64 = 16.0;

/// The glyph as short lines.
fn lines(glyph: &[Stroke]) -> Vec<(Point, Point)> {
    let mut all = Vec::new();
    for stroke in glyph {
        match *stroke {
            Line(from, to) => all.push((from, to)),
            Arc([x, y], [rx, ry], from, to) => {
                let count = ((to - from) * PIECES).ceil();
                let at = |k: f64| {
                    let (sin, cos) = (TAU * (from + (to - from) * k / count)).sin_cos();
                    [x + rx * cos, y + ry * sin]
                };
                all.extend((0..count as usize).map(|k| (at(k as f64), at(k as f64 + 1.0))));
            }
        }
    }
    all
}

/// Random numbers that are the same everywhere (Steele, Lea and Flood, OOPSLA 2014).
pub(crate) struct SplitMix(pub(crate) u64);

impl SplitMix {
    /// Uniform between two numbers.
    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        let part = ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64;
        low + (high - low) * part
    }
}

/// So many pictures, row by row and from 0 (paper) to 1 (ink), and their digits, in turn.
pub(crate) fn digits(samples: usize, seed: u64) -> (Vec<f32>, Vec<usize>) {
    let glyphs: Vec<_> = GLYPHS.iter().map(|glyph| lines(glyph)).collect();
    let mut random = SplitMix(seed);
    let mut pixels = Vec::with_capacity(samples * PIXELS);
    let labels: Vec<usize> = (0..samples).map(|k| k % GLYPHS.len()).collect();
    for &label in &labels {
        draw(&glyphs[label], &mut random, &mut pixels);
    }
    (pixels, labels)
}

fn draw(glyph: &[(Point, Point)], random: &mut SplitMix, pixels: &mut Vec<f32>) {
    // Half a side is 14 pixels.
    let scale = random.between(8.0, 12.5);
    let (sin, cos) = random.between(-0.35, 0.35).sin_cos();
    let (slant, width) = (random.between(-0.3, 0.3), random.between(0.8, 2.0));
    let middle = SIDE as f64 / 2.0 - 0.5;
    let shift = [0, 1].map(|_| middle + random.between(-3.0, 3.0));
    let place = |[x, y]: Point| {
        let x = x + slant * y;
        [shift[0] + scale * (cos * x - sin * y), shift[1] + scale * (sin * x + cos * y)]
    };
    let strokes: Vec<_> = glyph.iter().map(|&(a, b)| (place(a), place(b))).collect();
    for k in 0..PIXELS {
        let pixel = [(k % SIDE) as f64, (k / SIDE) as f64];
        let nearest =
            strokes.iter().map(|&line| distance(pixel, line)).fold(f64::INFINITY, f64::min);
        let ink = (width - nearest).clamp(0.0, 1.0);
        pixels.push((ink + random.between(-0.2, 0.2)).clamp(0.0, 1.0) as f32);
    }
}

/// From a point to a line.
fn distance([x, y]: Point, ([ax, ay], [bx, by]): (Point, Point)) -> f64 {
    let (dx, dy, px, py) = (bx - ax, by - ay, x - ax, y - ay);
    let along = ((px * dx + py * dy) / (dx * dx + dy * dy)).clamp(0.0, 1.0);
    (px - along * dx).hypot(py - along * dy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_the_same_again_and_have_ink() {
        let (pixels, labels) = digits(40, 1);
        assert_eq!((pixels.len(), &labels[9..12]), (40 * PIXELS, &[9, 0, 1][..]));
        assert_eq!(pixels, digits(40, 1).0);
        assert_ne!(pixels, digits(40, 2).0);
        for picture in pixels.chunks(PIXELS) {
            let ink: f32 = picture.iter().sum::<f32>() / PIXELS as f32;
            assert!(0.05 < ink && ink < 0.5, "{ink}");
            assert!(picture.iter().all(|&pixel| (0.0..=1.0).contains(&pixel)));
        }
    }

    #[test]
    fn the_distance_is_to_the_nearest_point() {
        let line = ([0.0, 0.0], [2.0, 0.0]);
        assert_eq!(distance([1.0, 3.0], line), 3.0);
        assert_eq!(distance([5.0, 4.0], line), 5.0);
    }
}
