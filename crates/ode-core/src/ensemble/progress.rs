use std::fmt;
use std::sync::{Mutex, PoisonError};

/// Counts the members that are done, and tells a hook.
#[derive(Default)]
pub(super) struct Progress<'a> {
    hook: Option<Box<dyn Fn(usize, usize) + Send + Sync + 'a>>,
    /// Members done and in total; locked while the hook is called.
    count: Mutex<(usize, usize)>,
}

impl<'a> Progress<'a> {
    pub(super) fn set_hook(&mut self, hook: impl Fn(usize, usize) + Send + Sync + 'a) {
        self.hook = Some(Box::new(hook));
    }

    pub(super) fn begin(&self, total: usize) {
        *self.count.lock().unwrap_or_else(PoisonError::into_inner) = (0, total);
    }

    pub(super) fn add(&self, members: usize) {
        if let Some(hook) = &self.hook {
            let mut count = self.count.lock().unwrap_or_else(PoisonError::into_inner);
            count.0 += members;
            hook(count.0, count.1);
        }
    }
}

impl fmt::Debug for Progress<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.hook.is_some() { "Progress(hook)" } else { "Progress" })
    }
}

/// A bar on standard error, made when it is first shown.
#[cfg(feature = "progress")]
#[derive(Debug, Default)]
pub(super) struct Bar(std::sync::OnceLock<indicatif::ProgressBar>);

#[cfg(feature = "progress")]
impl Bar {
    pub(super) fn show(&self, done: usize, total: usize) {
        use std::io::IsTerminal;
        let bar = self.0.get_or_init(|| match std::io::stderr().is_terminal() {
            true => indicatif::ProgressBar::new(total as u64),
            false => indicatif::ProgressBar::hidden(),
        });
        bar.set_position(done as u64);
        if done == total {
            bar.finish();
        }
    }
}
