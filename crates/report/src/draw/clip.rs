//! Cutting curves and areas at the frame, so that no coordinate leaves the canvas.

pub(crate) type Point = (f64, f64);

/// An axis-parallel rectangle in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Rect {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

impl Rect {
    pub(crate) fn right(&self) -> f64 {
        self.left + self.width
    }

    pub(crate) fn bottom(&self) -> f64 {
        self.top + self.height
    }

    pub(crate) fn contains(&self, (x, y): Point) -> bool {
        let slack = 1e-6;
        x >= self.left - slack
            && x <= self.right() + slack
            && y >= self.top - slack
            && y <= self.bottom() + slack
    }
}

/// The part of segment `a b` inside `rect`, after Y.-D. Liang and B. A. Barsky,
/// "A new concept and method for line clipping", *ACM Trans. Graph.* 3 (1984) 1–22.
pub(crate) fn segment(a: Point, b: Point, rect: &Rect) -> Option<(Point, Point)> {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let (mut enter, mut leave) = (0.0_f64, 1.0_f64);
    for (p, q) in [
        (-dx, a.0 - rect.left),
        (dx, rect.right() - a.0),
        (-dy, a.1 - rect.top),
        (dy, rect.bottom() - a.1),
    ] {
        if p == 0.0 {
            if q < 0.0 {
                return None;
            }
        } else if p < 0.0 {
            enter = enter.max(q / p);
        } else {
            leave = leave.min(q / p);
        }
    }
    let at = |s: f64| (a.0 + s * dx, a.1 + s * dy);
    (enter <= leave).then(|| (at(enter), at(leave)))
}

/// The pieces of a polyline inside `rect`. A polyline of one point stays if it lies inside.
pub(crate) fn polyline(points: &[Point], rect: &Rect) -> Vec<Vec<Point>> {
    if let [only] = points {
        return if rect.contains(*only) { vec![vec![*only]] } else { Vec::new() };
    }
    let mut pieces: Vec<Vec<Point>> = Vec::new();
    let mut open = false;
    for pair in points.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        let Some((start, end)) = segment(a, b, rect) else {
            open = false;
            continue;
        };
        match pieces.last_mut() {
            Some(piece) if open => piece.push(end),
            _ => pieces.push(vec![start, end]),
        }
        open = end == b || rect.contains(b);
    }
    pieces
}

/// The part of a polygon inside `rect`, after I. E. Sutherland and G. W. Hodgman,
/// "Reentrant polygon clipping", *Commun. ACM* 17 (1974) 32–42.
pub(crate) fn polygon(points: &[Point], rect: &Rect) -> Vec<Point> {
    // Signed depth inside each of the four half planes.
    let depths: [&dyn Fn(Point) -> f64; 4] =
        [&|p| p.0 - rect.left, &|p| rect.right() - p.0, &|p| p.1 - rect.top, &|p| {
            rect.bottom() - p.1
        }];
    let mut points = points.to_vec();
    for depth in depths {
        let mut kept = Vec::with_capacity(points.len());
        for (i, &b) in points.iter().enumerate() {
            let a = points[(i + points.len() - 1) % points.len()];
            let (da, db) = (depth(a), depth(b));
            if (da < 0.0) != (db < 0.0) {
                let s = da / (da - db);
                kept.push((a.0 + s * (b.0 - a.0), a.1 + s * (b.1 - a.1)));
            }
            if db >= 0.0 {
                kept.push(b);
            }
        }
        points = kept;
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNIT: Rect = Rect { left: 0.0, top: 0.0, width: 1.0, height: 1.0 };

    #[test]
    fn diagonal_through_the_square() {
        let (a, b) = segment((-1.0, -1.0), (2.0, 2.0), &UNIT).unwrap();
        assert!(a.0.abs() < 1e-15 && (b.0 - 1.0).abs() < 1e-15);
        assert_eq!(segment((-1.0, 0.0), (0.0, 1.5), &UNIT), None);
        assert_eq!(segment((2.0, 0.5), (3.0, 0.5), &UNIT), None);
    }

    #[test]
    fn polyline_leaves_and_returns() {
        let pieces = polyline(&[(0.5, 0.5), (0.5, 2.0), (0.8, 2.0), (0.8, 0.5)], &UNIT);
        assert_eq!(pieces, [vec![(0.5, 0.5), (0.5, 1.0)], vec![(0.8, 1.0), (0.8, 0.5)]]);
        assert_eq!(polyline(&[(0.5, 0.5)], &UNIT).len(), 1);
        assert!(polyline(&[(1.5, 0.5)], &UNIT).is_empty());
        assert!(polyline(&[], &UNIT).is_empty());
    }

    #[test]
    fn polygon_area_is_the_overlap() {
        let square = [(0.5, 0.5), (1.5, 0.5), (1.5, 1.5), (0.5, 1.5)];
        let cut = polygon(&square, &UNIT);
        let area: f64 = (0..cut.len())
            .map(|i| {
                let (a, b) = (cut[i], cut[(i + 1) % cut.len()]);
                0.5 * (a.0 * b.1 - b.0 * a.1)
            })
            .sum();
        assert!((area - 0.25).abs() < 1e-15);
    }
}
