//! Test functions of Moré, Garbow & Hillstrom, "Testing unconstrained optimization software", ACM
//! Trans. Math. Softw. 7 (1981) 17–41, with the starts and minima printed there.
#![allow(dead_code)] // each test file uses its share

use optimize::Objective;

/// f(x) = Σ r_i(x)², from residuals and the rows of their Jacobian.
pub(crate) struct Problem {
    pub(crate) name: &'static str,
    pub(crate) start: Vec<f64>,
    /// The minimum value, with the digits published.
    pub(crate) minimum: f64,
    /// The minimiser, where published exactly.
    pub(crate) solution: Option<Vec<f64>>,
    residuals: usize,
    /// (i, x, row of the Jacobian) -> r_i.
    residual: fn(usize, &[f64], &mut [f64]) -> f64,
}

impl Objective for Problem {
    fn dim(&self) -> usize {
        self.start.len()
    }

    fn value_gradient(&mut self, x: &[f64], gradient: &mut [f64]) -> f64 {
        let mut row = [0.0; 16];
        let row = &mut row[..x.len()];
        gradient.fill(0.0);
        let mut value = 0.0;
        for i in 0..self.residuals {
            row.fill(0.0);
            let r = (self.residual)(i, x, row);
            value += r * r;
            for (g, j) in gradient.iter_mut().zip(row.iter()) {
                *g += 2.0 * r * j;
            }
        }
        value
    }
}

pub(crate) fn rosenbrock(dim: usize) -> Problem {
    Problem {
        name: "(extended) Rosenbrock, 1 and 21",
        start: [-1.2, 1.0].repeat(dim / 2),
        minimum: 0.0,
        solution: Some(vec![1.0; dim]),
        residuals: dim,
        residual: |i, x, row| {
            let pair = i - i % 2;
            if i % 2 == 0 {
                row[pair] = -20.0 * x[pair];
                row[pair + 1] = 10.0;
                10.0 * (x[pair + 1] - x[pair] * x[pair])
            } else {
                row[pair] = -1.0;
                1.0 - x[pair]
            }
        },
    }
}

pub(crate) fn freudenstein_roth() -> Problem {
    Problem {
        name: "Freudenstein and Roth, 2 (local minimum)",
        start: vec![0.5, -2.0],
        minimum: 48.9842,
        solution: None,
        residuals: 2,
        residual: |i, x, row| {
            let y = x[1];
            row[0] = 1.0;
            if i == 0 {
                row[1] = (10.0 - 3.0 * y) * y - 2.0;
                -13.0 + x[0] + ((5.0 - y) * y - 2.0) * y
            } else {
                row[1] = (3.0 * y + 2.0) * y - 14.0;
                -29.0 + x[0] + ((y + 1.0) * y - 14.0) * y
            }
        },
    }
}

pub(crate) fn beale() -> Problem {
    Problem {
        name: "Beale, 5",
        start: vec![1.0, 1.0],
        minimum: 0.0,
        solution: Some(vec![3.0, 0.5]),
        residuals: 3,
        residual: |i, x, row| {
            let power = i as i32 + 1;
            row[0] = -(1.0 - x[1].powi(power));
            row[1] = x[0] * f64::from(power) * x[1].powi(power - 1);
            [1.5, 2.25, 2.625][i] - x[0] * (1.0 - x[1].powi(power))
        },
    }
}

pub(crate) fn bard() -> Problem {
    const Y: [f64; 15] =
        [0.14, 0.18, 0.22, 0.25, 0.29, 0.32, 0.35, 0.39, 0.37, 0.58, 0.73, 0.96, 1.34, 2.10, 4.39];
    Problem {
        name: "Bard, 8",
        start: vec![1.0; 3],
        minimum: 8.21487e-3,
        solution: None,
        residuals: 15,
        residual: |i, x, row| {
            let (u, v) = (i as f64 + 1.0, 15.0 - i as f64);
            let w = u.min(v);
            let bottom = v * x[1] + w * x[2];
            row[0] = -1.0;
            row[1] = u * v / (bottom * bottom);
            row[2] = u * w / (bottom * bottom);
            Y[i] - (x[0] + u / bottom)
        },
    }
}

pub(crate) fn powell_singular() -> Problem {
    Problem {
        name: "Powell singular, 13",
        start: vec![3.0, -1.0, 0.0, 1.0],
        minimum: 0.0,
        solution: None, // the origin, but singular: checked through the value
        residuals: 4,
        residual: |i, x, row| match i {
            0 => {
                row[0] = 1.0;
                row[1] = 10.0;
                x[0] + 10.0 * x[1]
            }
            1 => {
                row[2] = 5f64.sqrt();
                row[3] = -(5f64.sqrt());
                5f64.sqrt() * (x[2] - x[3])
            }
            2 => {
                let d = x[1] - 2.0 * x[2];
                row[1] = 2.0 * d;
                row[2] = -4.0 * d;
                d * d
            }
            _ => {
                let d = x[0] - x[3];
                row[0] = 2.0 * 10f64.sqrt() * d;
                row[3] = -row[0];
                10f64.sqrt() * d * d
            }
        },
    }
}

pub(crate) fn wood() -> Problem {
    Problem {
        name: "Wood, 14",
        start: vec![-3.0, -1.0, -3.0, -1.0],
        minimum: 0.0,
        solution: Some(vec![1.0; 4]),
        residuals: 6,
        residual: |i, x, row| match i {
            0 => {
                row[0] = -20.0 * x[0];
                row[1] = 10.0;
                10.0 * (x[1] - x[0] * x[0])
            }
            1 => {
                row[0] = -1.0;
                1.0 - x[0]
            }
            2 => {
                row[2] = -2.0 * 90f64.sqrt() * x[2];
                row[3] = 90f64.sqrt();
                90f64.sqrt() * (x[3] - x[2] * x[2])
            }
            3 => {
                row[2] = -1.0;
                1.0 - x[2]
            }
            4 => {
                row[1] = 10f64.sqrt();
                row[3] = 10f64.sqrt();
                10f64.sqrt() * (x[1] + x[3] - 2.0)
            }
            _ => {
                row[1] = 1.0 / 10f64.sqrt();
                row[3] = -row[1];
                (x[1] - x[3]) / 10f64.sqrt()
            }
        },
    }
}

pub(crate) fn kowalik_osborne() -> Problem {
    const Y: [f64; 11] =
        [0.1957, 0.1947, 0.1735, 0.1600, 0.0844, 0.0627, 0.0456, 0.0342, 0.0323, 0.0235, 0.0246];
    const U: [f64; 11] = [4.0, 2.0, 1.0, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625];
    Problem {
        name: "Kowalik and Osborne, 15",
        start: vec![0.25, 0.39, 0.415, 0.39],
        minimum: 3.07505e-4,
        solution: None,
        residuals: 11,
        residual: |i, x, row| {
            let u = U[i];
            let (top, bottom) = (u * u + u * x[1], u * u + u * x[2] + x[3]);
            row[0] = -top / bottom;
            row[1] = -x[0] * u / bottom;
            row[2] = x[0] * top * u / (bottom * bottom);
            row[3] = x[0] * top / (bottom * bottom);
            Y[i] - x[0] * top / bottom
        },
    }
}

pub(crate) fn brown_dennis() -> Problem {
    Problem {
        name: "Brown and Dennis, 16",
        start: vec![25.0, 5.0, -5.0, -1.0],
        minimum: 85822.2,
        solution: None,
        residuals: 20,
        residual: |i, x, row| {
            let t = (i as f64 + 1.0) / 5.0;
            let a = x[0] + t * x[1] - t.exp();
            let b = x[2] + x[3] * t.sin() - t.cos();
            row.copy_from_slice(&[2.0 * a, 2.0 * a * t, 2.0 * b, 2.0 * b * t.sin()]);
            a * a + b * b
        },
    }
}

pub(crate) fn all() -> Vec<Problem> {
    vec![
        rosenbrock(2),
        rosenbrock(10),
        freudenstein_roth(),
        beale(),
        bard(),
        powell_singular(),
        wood(),
        kowalik_osborne(),
        brown_dennis(),
    ]
}
