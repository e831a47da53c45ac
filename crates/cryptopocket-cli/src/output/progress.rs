use std::convert::Infallible;
use std::future::Future;
use std::io::{IsTerminal, Write};
use std::sync::{Arc, Mutex, PoisonError};
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
    shown: bool,
}

impl Progress {
    /// Never drawn with `json`: a program is watching.
    pub(crate) fn new(label: &str, json: bool) -> Self {
        let shown = !json && std::io::stderr().is_terminal();
        Self {
            label: Arc::new(Mutex::new(label.to_owned())),
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
        let result = tokio::select! {
            biased;
            result = work => result,
            never = self.spin() => match never {},
        };
        // Also if it was never drawn: the line is empty then.
        draw("");
        result
    }

    async fn spin(&self) -> Infallible {
        TokioRuntime.sleep(DELAY).await;
        let mut frames = FRAMES.iter().cycle();
        loop {
            let label = self.label.lock().unwrap_or_else(PoisonError::into_inner).clone();
            draw(&format!("{} {label}", frames.next().unwrap_or(&"")));
            TokioRuntime.sleep(FRAME).await;
        }
    }
}

/// Replaces the line on stderr.
fn draw(line: &str) {
    let mut stderr = std::io::stderr().lock();
    let _ = write!(stderr, "\r\u{1b}[2K{line}").and_then(|()| stderr.flush());
}
