//! Several reductions in one go.

use super::Reduction;
use crate::Solution;

macro_rules! tuple {
    ($($R:ident $i:tt)*) => {
        impl<$($R: Reduction),*> Reduction for ($($R,)*) {
            type State = ($($R::State,)*);
            type Output = ($($R::Output,)*);

            fn start(&self) -> Self::State {
                ($(self.$i.start(),)*)
            }

            fn add(&self, state: &mut Self::State, index: usize, solution: &Solution) {
                $(self.$i.add(&mut state.$i, index, solution);)*
            }

            fn merge(&self, state: &mut Self::State, later: Self::State) {
                $(self.$i.merge(&mut state.$i, later.$i);)*
            }

            fn finish(&self, state: Self::State) -> Self::Output {
                ($(self.$i.finish(state.$i),)*)
            }
        }
    };
}

tuple! { A 0 B 1 }
tuple! { A 0 B 1 C 2 }
tuple! { A 0 B 1 C 2 D 3 }
