//! What a checkpoint holds of a BDF solve.

use super::control;
use super::step::BdfCache;
use super::words::{self, Reader};
use linalg::Field;
use scalar::{Concrete, Scalar};
use system::Buffer;

impl<B: Buffer<Item: Concrete + Field>, W> BdfCache<B, W> {
    pub(super) fn memory(&self, _advanced: bool) -> Vec<B::Item> {
        let mut memory = Vec::new();
        let counts = [self.q, self.q_next, self.steps, self.wait, self.rejections];
        for count in counts {
            words::write(&mut memory, count as u64);
        }
        words::write(&mut memory, u64::from(self.is_worn));
        for real in [self.h, self.growth, self.earlier_second].iter().chain(&self.past) {
            words::write(&mut memory, real.to_bits());
        }
        self.newton.memory(&mut memory);
        for (j, column) in self.z.0.iter().enumerate() {
            // What the others hold is not part of the history, and may be no number.
            let zero = |_: &B::Item| B::Item::zero();
            match j <= self.q && self.steps > 0 {
                true => memory.extend_from_slice(column.as_ref()),
                false => memory.extend(column.as_ref().iter().map(zero)),
            }
        }
        memory.extend_from_slice(self.earlier.as_ref());
        self.start.memory(&mut memory);
        memory
    }

    pub(super) fn restore(&mut self, memory: &[B::Item]) {
        let mut memory = Reader(memory);
        self.q = memory.count(self.most).max(1);
        // Only the neighbours can be reached.
        self.q_next = memory.count(self.most).clamp((self.q - 1).max(1), self.q + 1).min(self.most);
        self.steps = memory.count(usize::MAX / 2);
        self.wait = memory.count(control::LONG_WAIT);
        self.rejections = memory.count(usize::MAX / 2);
        self.is_worn = memory.flag();
        self.h = memory.real();
        self.growth = memory.real();
        self.earlier_second = memory.real();
        for past in &mut self.past {
            *past = memory.real();
        }
        self.newton.restore(&mut memory);
        for column in &mut self.z.0 {
            memory.numbers(column.as_mut());
        }
        memory.numbers(self.earlier.as_mut());
        self.start.restore(&mut memory);
    }
}
