use std::time::Instant;

/// Something to be timed against others.
pub struct Contender<'a> {
    /// Runs it `n` times.
    run: Box<dyn FnMut(usize) + 'a>,
    /// Runs per repeat, so that one repeat takes some milliseconds.
    runs: usize,
    seconds: Vec<f64>,
}

impl<'a> Contender<'a> {
    /// Wraps a closure that does the work `n` times, and finds how often to run it.
    pub fn new(mut run: impl FnMut(usize) + 'a) -> Self {
        let mut runs = 1;
        loop {
            let start = Instant::now();
            run(runs);
            if start.elapsed().as_secs_f64() > 2e-3 {
                return Self { run: Box::new(run), runs, seconds: Vec::new() };
            }
            runs *= 2;
        }
    }

    /// Median seconds of one run.
    fn median(&mut self) -> f64 {
        self.seconds.sort_by(f64::total_cmp);
        self.seconds[self.seconds.len() / 2]
    }
}

/// Times contenders in turns, so that all see the same machine, and returns the median seconds of
/// one run of each.
pub fn interleave(contenders: &mut [Contender<'_>], repeats: usize) -> Vec<f64> {
    for _ in 0..repeats.max(1) {
        for contender in contenders.iter_mut() {
            let start = Instant::now();
            (contender.run)(contender.runs);
            contender.seconds.push(start.elapsed().as_secs_f64() / contender.runs as f64);
        }
    }
    contenders.iter_mut().map(Contender::median).collect()
}
