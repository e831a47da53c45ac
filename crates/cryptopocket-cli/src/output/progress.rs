use std::future::Future;
use std::io::{IsTerminal, Write};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use cryptopocket::{Runtime, TokioRuntime};

/// How long work may take before the spinner is drawn.
const DELAY: Duration = Duration::from_millis(500);
const FRAME: Duration = Duration::from_millis(100);
const FRAMES: [&str; 10] = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

/// A spinner on stderr for work that takes longer than half a second. It is drawn on a terminal only.
#[derive(Clone)]
pub(crate) struct Progress {
    label: Arc<Mutex<String>>,
    drawn: Arc<AtomicBool>,
    shown: bool,
}

impl Progress {
    /// Never drawn with `json`: a program is watching.
    pub(crate) fn new(label: &str, json: bool) -> Self {
        let shown = !json && std::io::stderr().is_terminal();
        Self {
            label: Arc::new(Mutex::new(label.to_owned())),
            drawn: Arc::default(),
            shown,
        }
    }

    /// Changes the label.
    pub(crate) fn label(&self, label: impl Into<String>) {
        *self.label.lock().unwrap_or_else(PoisonError::into_inner) = label.into();
    }

    /// Runs `work` to its end beside the spinner.
    pub(crate) async fn during<T>(&self, work: impl Future<Output = T>) -> T {
        if !self.shown {
            return work.await;
        }
        let mut work = pin!(work);
        let mut spinner = pin!(self.spin());
        let result = std::future::poll_fn(|context| {
            if let Poll::Ready(result) = work.as_mut().poll(context) {
                return Poll::Ready(result);
            }
            let _ = spinner.as_mut().poll(context);
            Poll::Pending
        })
        .await;
        if self.drawn.swap(false, Ordering::Relaxed) {
            clear();
        }
        result
    }

    async fn spin(&self) {
        TokioRuntime.sleep(DELAY).await;
        for frame in FRAMES.iter().cycle() {
            let label = self.label.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let mut stderr = std::io::stderr().lock();
            let _ = write!(stderr, "\r\u{1b}[2K{frame} {label}").and_then(|()| stderr.flush());
            drop(stderr);
            self.drawn.store(true, Ordering::Relaxed);
            TokioRuntime.sleep(FRAME).await;
        }
    }
}

fn clear() {
    let mut stderr = std::io::stderr().lock();
    let _ = write!(stderr, "\r\u{1b}[2K").and_then(|()| stderr.flush());
}
