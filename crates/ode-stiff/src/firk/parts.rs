use scalar::{Concrete, Dual};

/// A number taken apart into the real numbers that it carries, the value first.
///
/// A fully implicit method solves with the matrix of the values alone, part by part: the residual
/// of its equations is exact in every part, so every part converges to the exact solution, and a
/// state with `N` tangents costs one factorisation and `1 + N` right-hand sides.
///
/// ```
/// use ode_stiff::Parts;
/// use scalar::Dual;
///
/// let mut x = Dual { re: 1.0, eps: [2.0, 3.0] };
/// assert_eq!(Dual::<f64, 2>::PARTS, 3);
/// assert_eq!((x.part(0), x.part(2)), (1.0, 3.0));
/// x.set_part(1, 5.0);
/// assert_eq!(x.eps[0], 5.0);
/// ```
pub trait Parts: Concrete {
    /// How many real numbers.
    const PARTS: usize;

    /// How often duals are nested, 0 for floats: so many iterations the tangents lag behind.
    const DEPTH: usize;

    /// Number `k`, the value for 0; NaN if there is no such number.
    fn part(self, k: usize) -> f64;

    /// Sets number `k`; nothing if there is no such number.
    fn set_part(&mut self, k: usize, value: f64);
}

macro_rules! impl_parts {
    ($float:ident) => {
        impl Parts for $float {
            const PARTS: usize = 1;
            const DEPTH: usize = 0;
            #[inline(always)]
            fn part(self, _k: usize) -> f64 {
                f64::from(self)
            }
            #[inline(always)]
            fn set_part(&mut self, _k: usize, value: f64) {
                *self = value as $float;
            }
        }
    };
}

impl_parts!(f64);
impl_parts!(f32);

impl<S: Parts, const N: usize> Parts for Dual<S, N> {
    const PARTS: usize = S::PARTS * (1 + N);
    const DEPTH: usize = S::DEPTH + 1;

    #[inline(always)]
    fn part(self, k: usize) -> f64 {
        match k / S::PARTS {
            0 => self.re.part(k),
            i => self.eps.get(i - 1).map_or(f64::NAN, |eps| eps.part(k % S::PARTS)),
        }
    }
    #[inline(always)]
    fn set_part(&mut self, k: usize, value: f64) {
        match k / S::PARTS {
            0 => self.re.set_part(k, value),
            i => {
                if let Some(eps) = self.eps.get_mut(i - 1) {
                    eps.set_part(k % S::PARTS, value);
                }
            }
        }
    }
}
