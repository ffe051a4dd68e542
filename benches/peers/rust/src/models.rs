//! The right-hand sides, as `testset` defines them. Parameters, initial states and spans come with the request.

/// A right-hand side of `N` states.
pub(crate) trait Model<const N: usize>: Copy {
    /// With these parameters, if there are as many as it has.
    fn new(p: &[f64]) -> Result<Self, String>;

    /// Writes `f(u)`: none of the problems depends on time.
    fn rhs(&self, u: &[f64; N], du: &mut [f64; N]);
}

/// Parameters or states, if there are `N`.
pub(crate) fn array<const N: usize>(values: &[f64]) -> Result<[f64; N], String> {
    values.try_into().map_err(|_| format!("{} numbers instead of {N}", values.len()))
}

/// Predators and prey.
#[derive(Clone, Copy)]
pub(crate) struct LotkaVolterra([f64; 4]);

impl Model<2> for LotkaVolterra {
    fn new(p: &[f64]) -> Result<Self, String> {
        array(p).map(Self)
    }

    #[inline(always)]
    fn rhs(&self, &[x, y]: &[f64; 2], du: &mut [f64; 2]) {
        let [a, b, c, d] = self.0;
        *du = [a * x - b * x * y, -c * y + d * x * y];
    }
}

/// Lorenz 1963.
#[derive(Clone, Copy)]
pub(crate) struct Lorenz([f64; 3]);

impl Model<3> for Lorenz {
    fn new(p: &[f64]) -> Result<Self, String> {
        array(p).map(Self)
    }

    #[inline(always)]
    fn rhs(&self, &[x, y, z]: &[f64; 3], du: &mut [f64; 3]) {
        let [s, r, b] = self.0;
        *du = [s * (y - x), x * (r - z) - y, x * y - b * z];
    }
}

/// Euler's equations of a rigid body.
#[derive(Clone, Copy)]
pub(crate) struct RigidBody([f64; 3]);

impl Model<3> for RigidBody {
    fn new(p: &[f64]) -> Result<Self, String> {
        array(p).map(Self)
    }

    #[inline(always)]
    fn rhs(&self, &[x, y, z]: &[f64; 3], du: &mut [f64; 3]) {
        let [a, b, c] = self.0;
        *du = [a * y * z, b * x * z, c * x * y];
    }
}

/// A satellite between earth and moon.
#[derive(Clone, Copy)]
pub(crate) struct Arenstorf([f64; 2]);

impl Model<4> for Arenstorf {
    fn new(p: &[f64]) -> Result<Self, String> {
        array(p).map(Self)
    }

    #[inline(always)]
    fn rhs(&self, &[x, y, vx, vy]: &[f64; 4], du: &mut [f64; 4]) {
        let [mu, mup] = self.0;
        let cube_of_root = |square: f64| square * square.sqrt();
        let d1 = cube_of_root((x + mu) * (x + mu) + y * y);
        let d2 = cube_of_root((x - mup) * (x - mup) + y * y);
        let ax = x + 2.0 * vy - mup * (x + mu) / d1 - mu * (x - mup) / d2;
        let ay = y - 2.0 * vx - mup * y / d1 - mu * y / d2;
        *du = [vx, vy, ax, ay];
    }
}

/// A star in the field of a galaxy.
#[derive(Clone, Copy)]
pub(crate) struct HenonHeiles;

impl Model<4> for HenonHeiles {
    fn new(p: &[f64]) -> Result<Self, String> {
        array(p).map(|[]| Self)
    }

    #[inline(always)]
    fn rhs(&self, &[x, y, vx, vy]: &[f64; 4], du: &mut [f64; 4]) {
        *du = [vx, vy, -x - 2.0 * x * y, -y - x * x + y * y];
    }
}

/// Seven stars in the plane.
#[derive(Clone, Copy)]
pub(crate) struct Pleiades;

impl Model<28> for Pleiades {
    fn new(p: &[f64]) -> Result<Self, String> {
        array(p).map(|[]| Self)
    }

    #[inline(always)]
    fn rhs(&self, u: &[f64; 28], du: &mut [f64; 28]) {
        du[..14].copy_from_slice(&u[14..]);
        du[14..].fill(0.0);
        for i in 0..7 {
            for j in i + 1..7 {
                let (x, y) = (u[j] - u[i], u[7 + j] - u[7 + i]);
                let r2 = x * x + y * y;
                let r3 = r2 * r2.sqrt();
                let (mi, mj) = ((i + 1) as f64, (j + 1) as f64);
                for (axis, d) in [(14, x), (21, y)] {
                    let pull = d / r3;
                    du[axis + i] += mj * pull;
                    du[axis + j] -= mi * pull;
                }
            }
        }
    }
}

/// The Brusselator in a tube of two cells or more, `u₁ v₁ u₂ v₂ …`, with `u = 1` and `v = 3` at both ends.
pub(crate) fn brusselator(g: f64, u: &[f64], du: &mut [f64]) {
    let cell = |left: [f64; 2], [a, b]: [f64; 2], right: [f64; 2]| {
        let reaction = a * a * b;
        [
            1.0 + reaction - 4.0 * a + g * (left[0] - 2.0 * a + right[0]),
            3.0 * a - reaction + g * (left[1] - 2.0 * b + right[1]),
        ]
    };
    let (end, u, du) = ([1.0, 3.0], u.as_chunks::<2>().0, du.as_chunks_mut::<2>().0);
    // The interior without a branch, so that it is vectorised.
    for (((du, left), u), right) in du.iter_mut().skip(1).zip(u).zip(&u[1..]).zip(&u[2..]) {
        *du = cell(*left, *u, *right);
    }
    if let ([first, second, ..], [.., before, last]) = (u, u) {
        du[0] = cell(end, *first, *second);
        du[u.len() - 1] = cell(*before, *last, end);
    }
}
