use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Counts the members that are done, and tells a hook.
#[derive(Default)]
pub(super) struct Progress<'a> {
    hook: Option<Box<dyn Fn(usize, usize) + Send + Sync + 'a>>,
    count: Mutex<Count>,
}

#[derive(Default)]
struct Count {
    done: usize,
    total: usize,
    /// Somebody is in the hook, and will call it again if `done` grows meanwhile.
    is_telling: bool,
}

impl<'a> Progress<'a> {
    pub(super) fn set_hook(&mut self, hook: impl Fn(usize, usize) + Send + Sync + 'a) {
        self.hook = Some(Box::new(hook));
    }

    pub(super) fn begin(&self, total: usize) {
        *self.lock() = Count { done: 0, total, is_telling: false };
    }

    /// Nothing is locked while the hook is called: it may start parallel work, in which this very
    /// thread may finish other members.
    pub(super) fn add(&self, members: usize) {
        let Some(hook) = &self.hook else { return };
        let mut count = self.lock();
        count.done += members;
        if count.is_telling {
            return;
        }
        count.is_telling = true;
        let mut told = 0;
        while told != count.done {
            let (done, total) = (count.done, count.total);
            drop(count);
            hook(done, total);
            told = done;
            count = self.lock();
        }
        count.is_telling = false;
    }

    fn lock(&self) -> MutexGuard<'_, Count> {
        self.count.lock().unwrap_or_else(PoisonError::into_inner)
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, OnceLock};

    #[test]
    fn a_hook_in_which_other_members_are_done_is_called_again() {
        // As when the hook starts parallel work, and its thread takes over a chunk meanwhile.
        let (calls, slot) = (Arc::new(Mutex::new(Vec::new())), Arc::new(OnceLock::new()));
        let (mut progress, log, own) = (Progress::default(), calls.clone(), slot.clone());
        progress.set_hook(move |done, total| {
            log.lock().unwrap().push((done, total));
            if done < total {
                let progress: &Arc<Progress<'_>> = own.get().unwrap();
                progress.add(2);
                progress.add(1);
            }
        });
        let progress = Arc::new(progress);
        progress.begin(7);
        assert!(slot.set(progress.clone()).is_ok());
        progress.add(1);
        assert_eq!(*calls.lock().unwrap(), [(1, 7), (4, 7), (7, 7)]);
    }
}
